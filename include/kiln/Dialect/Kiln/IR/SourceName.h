//===- SourceName.h - What the user called an op ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Normalisation turns `linalg.softmax` or `linalg.reduce` into
// `linalg.generic`, and a user who wrote none cannot tell which is meant. So
// the name of the op as it was written goes into its location, as metadata of a
// fused location: rewrites, upstream's among them, hand locations on.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_SOURCENAME_H
#define KILN_DIALECT_KILN_IR_SOURCENAME_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"

namespace kiln {

/// Keeps the name of `op` in its location.
void keepSourceName(mlir::Operation *op);

/// The name that the op had from which `op` was made: the last reader's, where
/// several became one. Its own where none was kept, or it is no generic.
llvm::StringRef getSourceName(mlir::Operation *op);

/// An error at `op`, as `emitOpError` begins it, with the source's name.
mlir::InFlightDiagnostic emitSourceError(mlir::Operation *op,
                                         const llvm::Twine &message = {});

} // namespace kiln

#endif // KILN_DIALECT_KILN_IR_SOURCENAME_H
