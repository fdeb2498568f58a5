//===- Views.h - Views of whole tensors -----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TILING_VIEWS_H
#define KILN_LIB_TILING_VIEWS_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln {

/// The value that `value` is a view of: reshapes move no data.
inline mlir::Value stripViews(mlir::Value value) {
  while (mlir::Operation *op = value.getDefiningOp()) {
    if (!mlir::isa<mlir::tensor::ExpandShapeOp, mlir::tensor::CollapseShapeOp,
                   mlir::tensor::CastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

} // namespace kiln

#endif // KILN_LIB_TILING_VIEWS_H
