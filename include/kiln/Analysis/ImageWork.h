//===- ImageWork.h - Elementwise work before a contraction ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// An image that is computed elementwise is staged as it lies in memory; the
// work is done on each element that is loaded from there. That takes work on
// one tensor, which needs to know nothing but the element.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_IMAGEWORK_H
#define KILN_ANALYSIS_IMAGEWORK_H

#include "kiln/Analysis/ContractionView.h"

namespace kiln {

/// The tensor that `op` computes its only result from, element by element, with
/// nothing but constants besides; null for any other op.
mlir::Value getWorkedTensor(mlir::Operation *op);

/// What `op` makes of `element`, at the builder's place; constants come along.
mlir::Value cloneWork(mlir::OpBuilder &builder, mlir::linalg::LinalgOp op,
                      mlir::Value element);

/// What `op` makes of an element; null where folding does not tell.
mlir::TypedAttr foldWork(mlir::linalg::LinalgOp op, mlir::TypedAttr element);

/// `work`, the last op first, on a tile of what the first op reads.
mlir::linalg::GenericOp
createTileWork(mlir::OpBuilder &builder,
               mlir::ArrayRef<mlir::linalg::LinalgOp> work, mlir::Value tile);

/// The box of memory that a tiled contraction's image is, and the work on it;
/// null where there is none.
struct ImageTile {
  ExtractTileOp box;
  mlir::linalg::GenericOp work;

  explicit ImageTile(const ContractionView &conv);
  /// Erases both, which nobody reads any more.
  void erase();
};

} // namespace kiln

#endif // KILN_ANALYSIS_IMAGEWORK_H
