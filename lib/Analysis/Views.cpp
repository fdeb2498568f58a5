//===- Views.cpp - Where a view reads its source --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Views.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace kiln;

bool kiln::isStaticView(Operation *op) {
  return isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp,
             tensor::ExtractSliceOp>(op);
}

SmallVector<AffineExpr>
kiln::getViewCoordinates(Operation *view, ArrayRef<AffineExpr> coordinates,
                         unsigned numDims) {
  AffineExpr zero = getAffineConstantExpr(0, view->getContext());
  SmallVector<AffineExpr> source;
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(view)) {
    // The row-major number of a group taken apart.
    ArrayRef<int64_t> shape = collapse.getSrcType().getShape();
    source.resize(shape.size());
    for (auto [expr, group] :
         llvm::zip(coordinates, collapse.getReassociationIndices())) {
      AffineExpr rest = expr;
      for (int64_t dim : llvm::reverse(group)) {
        source[dim] = dim == group.front() ? rest : rest % shape[dim];
        rest = rest.floorDiv(shape[dim]);
      }
    }
    for (AffineExpr &expr : source) // of a value of one element
      if (!expr)
        expr = zero;
  } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(view)) {
    ArrayRef<int64_t> shape = expand.getResultType().getShape();
    for (const ReassociationIndices &group : expand.getReassociationIndices()) {
      AffineExpr number = zero;
      for (int64_t dim : group)
        number = number * shape[dim] + coordinates[dim];
      source.push_back(number);
    }
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(view)) {
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    const auto *next = coordinates.begin();
    for (auto [dim, offset, stride] :
         llvm::enumerate(slice.getStaticOffsets(), slice.getStaticStrides()))
      source.push_back(dropped[dim] ? zero + offset
                                    : *next++ * stride + offset);
  } else {
    source.assign(coordinates.begin(), coordinates.end());
  }
  for (AffineExpr &expr : source)
    expr = simplifyAffineExpr(expr, numDims, 0);
  return source;
}
