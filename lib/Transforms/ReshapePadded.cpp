//===- ReshapePadded.cpp - Reshapes move in front of padding --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace {
bool isZero(OpFoldResult value) { return getConstantIntValue(value) == 0; }

/// Exporters pad an image and then split its channels into groups:
/// `reshape(pad(x))` becomes `pad(reshape(x))` where no dimension that is split
/// or merged is padded, so that the reshape meets the argument.
template <typename ReshapeOp>
struct ReshapeBeforePad : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern<ReshapeOp>::OpRewritePattern;
  static constexpr bool expands =
      std::is_same_v<ReshapeOp, tensor::ExpandShapeOp>;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getSrc().template getDefiningOp<tensor::PadOp>();
    if (!pad || pad.getNofold() || !pad.getConstantPaddingValue() ||
        !pad.getSourceType().hasStaticShape() ||
        !op.getResultType().hasStaticShape())
      return failure();
    SmallVector<OpFoldResult> low = pad.getMixedLowPad(),
                              high = pad.getMixedHighPad();
    // Of a group the one side has one dimension, the other one or more.
    SmallVector<int64_t> shape;
    SmallVector<OpFoldResult> newLow, newHigh;
    OpFoldResult none = rewriter.getIndexAttr(0);
    for (auto [single, group] : llvm::enumerate(op.getReassociationIndices())) {
      ArrayRef<int64_t> source = pad.getSourceType().getShape();
      if (group.size() == 1) {
        int64_t from = expands ? int64_t(single) : group.front();
        shape.push_back(source[from]);
        newLow.push_back(low[from]);
        newHigh.push_back(high[from]);
        continue;
      }
      int64_t extent = 1;
      for (int64_t dim : group) {
        int64_t from = expands ? int64_t(single) : dim;
        if (!isZero(low[from]) || !isZero(high[from]))
          return failure();
        if (!expands) {
          extent *= source[dim];
          continue;
        }
        shape.push_back(op.getResultType().getShape()[dim]);
        newLow.push_back(none);
        newHigh.push_back(none);
      }
      if (!expands) {
        shape.push_back(extent);
        newLow.push_back(none);
        newHigh.push_back(none);
      }
    }
    auto type =
        RankedTensorType::get(shape, op.getResultType().getElementType());
    Value reshaped =
        ReshapeOp::create(rewriter, op.getLoc(), type, pad.getSource(),
                          op.getReassociationIndices());
    rewriter.replaceOpWithNewOp<tensor::PadOp>(op, op.getResultType(), reshaped,
                                               newLow, newHigh,
                                               pad.getConstantPaddingValue());
    return success();
  }
};
} // namespace

void kiln::populateReshapePaddedPatterns(RewritePatternSet &patterns) {
  patterns.add<ReshapeBeforePad<tensor::ExpandShapeOp>,
               ReshapeBeforePad<tensor::CollapseShapeOp>>(
      patterns.getContext());
}
