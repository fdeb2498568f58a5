//===- ReferenceMath.h - Math functions in float64 -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_REFERENCEMATH_H
#define KILN_LIB_REFERENCE_REFERENCEMATH_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace kiln {

/// Whether the reference on a GPU can compute `op` without a vendor's library.
bool isSupportedInReference(mlir::Operation *op);

/// Turns the math ops on f64 within `root` into what has instructions. Emits an
/// error at an op that has no lowering.
mlir::LogicalResult lowerReferenceMath(mlir::Operation *root);

/// Emits the function of one f64 that `op` names; null if it is not one that is
/// written out (exponentials, logarithms, tanh, erf).
mlir::Value emitReferenceFunction(mlir::OpBuilder &builder,
                                  mlir::Operation *op);

} // namespace kiln

#endif // KILN_LIB_REFERENCE_REFERENCEMATH_H
