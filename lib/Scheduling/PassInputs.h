//===- PassInputs.h - What every pass here asks of its module ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_PASSINPUTS_H
#define KILN_LIB_SCHEDULING_PASSINPUTS_H

#include "kiln/Scheduling/Rules.h"

#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The `kiln.target` of `module`, or an error there.
mlir::FailureOr<TargetAttr> getRequiredTarget(mlir::ModuleOp module);

/// The precision that an option names, or an error at `module`.
mlir::FailureOr<Precision> getPrecision(mlir::ModuleOp module,
                                        llvm::StringRef option);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_PASSINPUTS_H
