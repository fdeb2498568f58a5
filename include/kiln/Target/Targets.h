//===- Targets.h - The cards that Kiln knows --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_TARGETS_H
#define KILN_TARGET_TARGETS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The facts of the card `name`, or null where it is unknown.
TargetAttr lookupTarget(mlir::MLIRContext *context, llvm::StringRef name);

/// "rtx4090, h100, h200", for messages.
std::string getTargetNames();

/// The `kiln.target` of `module`, or null.
TargetAttr getTarget(mlir::ModuleOp module);

} // namespace kiln

#endif // KILN_TARGET_TARGETS_H
