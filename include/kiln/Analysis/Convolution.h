//===- Convolution.h - One view of every 2-D convolution ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_CONVOLUTION_H
#define KILN_ANALYSIS_CONVOLUTION_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// A 2-D convolution with the place of each of its dimensions in the output,
/// the image and the filter, whatever the named op's layout is.
struct Convolution {
  mlir::linalg::LinalgOp op;
  struct {
    int64_t n, f, h, w;
  } out; ///< dimensions of the result
  struct {
    int64_t n, c, h, w;
  } image;
  struct {
    int64_t f, c, h, w;
  } filter;
  int64_t strides[2];   ///< rows, columns
  int64_t dilations[2]; ///< rows, columns

  mlir::Value getImage() const { return op->getOperand(0); }
  mlir::Value getFilter() const { return op->getOperand(1); }
  mlir::Value getInit() const { return op->getOperand(2); }
  mlir::ShapedType getImageType() const;
  mlir::ShapedType getFilterType() const;
  mlir::ShapedType getOutType() const;

  int64_t getFilters() const { return getFilterType().getDimSize(filter.f); }
  int64_t getChannels() const { return getFilterType().getDimSize(filter.c); }
  int64_t getKernelRows() const { return getFilterType().getDimSize(filter.h); }
  int64_t getKernelColumns() const {
    return getFilterType().getDimSize(filter.w);
  }
  /// Image rows (dim 0) or columns (dim 1) that `positions` outputs read.
  int64_t getWindow(int dim, int64_t positions) const {
    int64_t kernel = dim == 0 ? getKernelRows() : getKernelColumns();
    return (positions - 1) * strides[dim] + (kernel - 1) * dilations[dim] + 1;
  }

  /// The convolution that `op` is, or failure for any other op.
  static mlir::FailureOr<Convolution> match(mlir::Operation *op);
  /// The only convolution in a region, or failure for none or several.
  static mlir::FailureOr<Convolution> find(mlir::Region &region);
};

} // namespace kiln

#endif // KILN_ANALYSIS_CONVOLUTION_H
