//===- ImageWork.h - Elementwise work before a contraction ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// An image that is computed elementwise is staged as it lies in memory; the
// work is done on each element that is loaded from there. That takes work that
// needs to know nothing but the elements of tensors at its position.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_IMAGEWORK_H
#define KILN_ANALYSIS_IMAGEWORK_H

#include "kiln/Analysis/ContractionView.h"

namespace kiln {

/// The tensors that `op` computes its only result from, position by position,
/// with nothing but constants besides; none for any other op.
llvm::SmallVector<mlir::Value> getWorkedTensors(mlir::Operation *op);

/// The only one of them; null for none or several.
mlir::Value getWorkedTensor(mlir::Operation *op);

/// What `op` makes of `elements`, one of each tensor, at the builder's place;
/// constants come along.
mlir::Value cloneWork(mlir::OpBuilder &builder, mlir::linalg::LinalgOp op,
                      mlir::ValueRange elements);

/// What `op` makes of elements; null where folding does not tell.
mlir::TypedAttr foldWork(mlir::linalg::LinalgOp op,
                         llvm::ArrayRef<mlir::TypedAttr> elements);

/// Work that cannot be done on the way from memory, and why.
struct ChainFault {
  size_t place;
  std::string reason;
};
/// The first work of a chain of work and padding, the last op first, that
/// cannot be done on tiles of `element` type: they are zero where the image has
/// nothing, which work must keep in front of padding and make a number of.
std::optional<ChainFault> findChainFault(llvm::ArrayRef<mlir::Operation *> ops,
                                         mlir::Type element);

/// `work`, the last op first, on tiles of what the first op reads.
mlir::linalg::GenericOp
createTileWork(mlir::OpBuilder &builder,
               mlir::ArrayRef<mlir::linalg::LinalgOp> work,
               mlir::ValueRange tiles);

/// The boxes of memory that a tiled contraction's image is computed from, and
/// the work on them; null where there is none.
struct ImageTile {
  /// None where the image is anything else.
  llvm::SmallVector<ExtractTileOp> boxes;
  mlir::linalg::GenericOp work;

  explicit ImageTile(const ContractionView &conv);
  /// Erases them, which nobody reads any more.
  void erase();
};

} // namespace kiln

#endif // KILN_ANALYSIS_IMAGEWORK_H
