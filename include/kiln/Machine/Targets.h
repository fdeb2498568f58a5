//===- Targets.h - The cards that Kiln knows --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MACHINE_TARGETS_H
#define KILN_MACHINE_TARGETS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The facts of the card `name`, or null where it is unknown.
TargetAttr lookupTarget(mlir::MLIRContext *context, llvm::StringRef name);

/// The facts of a card by name, or those of a file that holds one
/// `#kiln.target<...>` and nothing else: `target` is a path where it has a '/'
/// or a '.'. What is wrong is an error at `loc`, or in the file.
mlir::FailureOr<TargetAttr> loadTarget(mlir::Location loc,
                                       llvm::StringRef target);

/// The same, and an error where the card cannot run kernels for sm_89.
mlir::FailureOr<TargetAttr> loadKernelTarget(mlir::Location loc,
                                             llvm::StringRef target);

/// The names of all cards in the order of the table; those that run Kiln's
/// kernels if `runKernels`.
llvm::SmallVector<llvm::StringRef> getTargets(bool runKernels = false);

/// "rtx4090, h100, h200, ...", those that run Kiln's kernels, for messages.
std::string getTargetNames();

/// A table of all cards with their main facts, for `--target=help`.
std::string formatTargets(mlir::MLIRContext *context);

/// The `kiln.target` of `module`, or null.
TargetAttr getTarget(mlir::ModuleOp module);

} // namespace kiln

#endif // KILN_MACHINE_TARGETS_H
