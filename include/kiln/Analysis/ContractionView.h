//===- ContractionView.h - One view of every contraction ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_CONTRACTIONVIEW_H
#define KILN_ANALYSIS_CONTRACTIONVIEW_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// A linalg op that sums products of two operands, as the multiply instruction
/// sees it: a convolution, a matrix product, a grouped or batched one, named or
/// generic, whatever the order of its dimensions. Loops are classified by
/// upstream's `inferConvolutionDims` and `inferContractionDims`:
///
///   batch   in both operands and the result (groups, batches of products)
///   m       in the second operand and the result (filters)
///   n       in the first operand and the result (images, rows, columns)
///   k       summed, in both operands (input channels)
///   window  summed, moves along an n loop in the first operand (taps)
///
/// The second operand is called the filter and lies on the m side of the
/// instruction; the first is called the image. A tile has several values along
/// one m loop and up to two n loops, called rows and columns, and one along all
/// other parallel loops.
struct ContractionView {
  /// An absent dimension or loop.
  static constexpr int64_t kNone = -1;

  mlir::linalg::LinalgOp op;
  /// Loops by class; `m` and `k` have one loop.
  llvm::SmallVector<unsigned> batch, n;
  int64_t m = kNone, k = kNone;
  /// Of the n loops, those that a tile has several values along.
  int64_t row = kNone, column = kNone;
  /// Taps along rows and columns.
  int64_t tapRow = kNone, tapColumn = kNone;

  /// Dimensions of the result, the image and the filter; absent ones are
  /// `kNone`.
  struct {
    int64_t f, h, w;
  } out;
  struct {
    int64_t c, h, w;
  } image;
  struct {
    int64_t f, c, h, w;
  } filter;
  /// Whether a tile must hold all filters: something behind the contraction
  /// needs a value that is reduced over them on each of them again, or leaves
  /// beside such a value. `KernelSpace` knows.
  bool needsAllFilters = false;
  int64_t strides[2] = {1, 1};   ///< rows, columns
  int64_t dilations[2] = {1, 1}; ///< rows, columns

  mlir::Value getImage() const { return op->getOperand(0); }
  mlir::Value getFilter() const { return op->getOperand(1); }
  mlir::Value getInit() const { return op->getOperand(2); }
  mlir::ShapedType getImageType() const;
  mlir::ShapedType getFilterType() const;
  mlir::ShapedType getOutType() const;
  mlir::AffineMap getImageMap() const { return getMap(0); }
  mlir::AffineMap getFilterMap() const { return getMap(1); }
  mlir::AffineMap getOutMap() const { return getMap(2); }

  int64_t getFilters() const { return getFilterType().getDimSize(filter.f); }
  int64_t getChannels() const { return getFilterType().getDimSize(filter.c); }
  int64_t getKernelRows() const { return getExtent(filter.h); }
  int64_t getKernelColumns() const { return getExtent(filter.w); }
  /// Rows and columns of the result; 1 where it has none.
  int64_t getOutRows() const;
  int64_t getOutColumns() const;
  /// Whether the image's channels lie next to one another in memory.
  bool isChannelInnermost() const {
    return image.c == getImageType().getRank() - 1;
  }
  /// Image rows (dim 0) or columns (dim 1) that `positions` outputs read.
  int64_t getWindow(int dim, int64_t positions) const {
    int64_t kernel = dim == 0 ? getKernelRows() : getKernelColumns();
    return (positions - 1) * strides[dim] + (kernel - 1) * dilations[dim] + 1;
  }
  /// Whether some multiply instruction takes the element types.
  bool hasInstruction() const;

  /// The contraction that `op` is, or failure for any other op. Summed loops
  /// must be one k and at most one tap each along rows and columns.
  static mlir::FailureOr<ContractionView> match(mlir::Operation *op);
  /// The only contraction in a region, or failure for none or several.
  static mlir::FailureOr<ContractionView> find(mlir::Region &region);

private:
  mlir::AffineMap getMap(int operand) const {
    mlir::linalg::LinalgOp linalgOp = op;
    return linalgOp.getIndexingMapsArray()[operand];
  }
  int64_t getExtent(int64_t filterDim) const {
    return filterDim < 0 ? 1 : getFilterType().getDimSize(filterDim);
  }
};

} // namespace kiln

#endif // KILN_ANALYSIS_CONTRACTIONVIEW_H
