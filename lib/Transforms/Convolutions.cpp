//===- Convolutions.cpp - Named convolutions with f32 accumulators --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AffineExpr.h"

using namespace mlir;
using namespace kiln;

namespace {

/// `value`, or what a widening cast gives it from.
Value throughCast(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtFOp, arith::ExtSIOp>(op))
    return op->getOperand(0);
  return value;
}

/// Whether the body is `out + cast(image) * cast(filter)`, in any order.
bool multipliesAndAdds(linalg::GenericOp op) {
  Block *body = op.getBody();
  Value image = body->getArgument(0), filter = body->getArgument(1),
        out = body->getArgument(2);
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add))
    return false;
  Value product = add->getOperand(add->getOperand(0) == out ? 1 : 0);
  if (add->getOperand(add->getOperand(0) == out ? 0 : 1) != out)
    return false;
  Operation *mul = product.getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(mul))
    return false;
  Value lhs = throughCast(mul->getOperand(0));
  Value rhs = throughCast(mul->getOperand(1));
  return (lhs == image && rhs == filter) || (lhs == filter && rhs == image);
}

std::optional<unsigned> getDim(AffineExpr expr) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dim.getPosition();
  return std::nullopt;
}

/// Matches `dim` or `dim * factor`.
std::optional<std::pair<unsigned, int64_t>> getScaledDim(AffineExpr expr) {
  if (std::optional<unsigned> dim = getDim(expr))
    return std::make_pair(*dim, int64_t(1));
  auto mul = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!mul || mul.getKind() != AffineExprKind::Mul)
    return std::nullopt;
  auto factor = dyn_cast<AffineConstantExpr>(mul.getRHS());
  std::optional<unsigned> dim = getDim(mul.getLHS());
  if (!dim || !factor)
    return std::nullopt;
  return std::make_pair(*dim, factor.getValue());
}

/// Matches `out * stride + tap * dilation`.
bool matchWindow(AffineExpr expr, unsigned out, unsigned tap, int64_t &stride,
                 int64_t &dilation) {
  auto sum = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return false;
  auto lhs = getScaledDim(sum.getLHS()), rhs = getScaledDim(sum.getRHS());
  if (!lhs || !rhs)
    return false;
  if (lhs->first == tap)
    std::swap(lhs, rhs);
  if (lhs->first != out || rhs->first != tap)
    return false;
  stride = lhs->second;
  dilation = rhs->second;
  return stride > 0 && dilation > 0;
}

/// Positions of the dimensions in the three tensors of a named convolution.
struct NamedLayout {
  unsigned imageC, imageH, outputF, outputH;
  unsigned filterF, filterC, filterH;
};
constexpr NamedLayout kNchwFchw = {1, 2, 1, 2, 0, 1, 2};
constexpr NamedLayout kNhwcHwcf = {3, 1, 3, 1, 3, 2, 0};
constexpr NamedLayout kNhwcFhwc = {3, 1, 3, 1, 0, 3, 1};

/// Strides and dilations when the maps are those of a convolution in `layout`,
/// whatever the order of the loops.
struct Window {
  SmallVector<int64_t, 2> strides{1, 1}, dilations{1, 1};
};
std::optional<Window> matchLayout(ArrayRef<AffineMap> maps,
                                  const NamedLayout &layout) {
  auto dimOf = [&](unsigned map, unsigned result) {
    return getDim(maps[map].getResult(result));
  };
  std::optional<unsigned> n = dimOf(2, 0), f = dimOf(2, layout.outputF),
                          oh = dimOf(2, layout.outputH),
                          ow = dimOf(2, layout.outputH + 1),
                          c = dimOf(1, layout.filterC),
                          kh = dimOf(1, layout.filterH),
                          kw = dimOf(1, layout.filterH + 1);
  if (!n || !f || !oh || !ow || !c || !kh || !kw)
    return std::nullopt;
  llvm::SmallDenseSet<unsigned> distinct{*n, *f, *oh, *ow, *c, *kh, *kw};
  Window window;
  if (distinct.size() != 7 || dimOf(0, 0) != n ||
      dimOf(0, layout.imageC) != c || dimOf(1, layout.filterF) != f ||
      !matchWindow(maps[0].getResult(layout.imageH), *oh, *kh,
                   window.strides[0], window.dilations[0]) ||
      !matchWindow(maps[0].getResult(layout.imageH + 1), *ow, *kw,
                   window.strides[1], window.dilations[1]))
    return std::nullopt;
  return window;
}

struct NameConvolution : OpRewritePattern<linalg::GenericOp> {
  NameConvolution(MLIRContext *context, unsigned &count)
      : OpRewritePattern(context), count(count) {}

  template <typename ConvOp>
  LogicalResult replace(linalg::GenericOp op, const Window &window,
                        PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<ConvOp>(
        op, op.getResultTypes(), op.getInputs(), op.getOutputs(),
        rewriter.getI64TensorAttr(window.strides),
        rewriter.getI64TensorAttr(window.dilations));
    ++count;
    return success();
  }

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumLoops() != 7 ||
        op.getNumReductionLoops() != 3 || op.getNumDpsInputs() != 2 ||
        op.getNumDpsInits() != 1 || !multipliesAndAdds(op))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    if (llvm::any_of(maps,
                     [](AffineMap map) { return map.getNumResults() != 4; }))
      return failure();
    if (auto window = matchLayout(maps, kNchwFchw))
      return replace<linalg::Conv2DNchwFchwOp>(op, *window, rewriter);
    if (auto window = matchLayout(maps, kNhwcHwcf))
      return replace<linalg::Conv2DNhwcHwcfOp>(op, *window, rewriter);
    if (auto window = matchLayout(maps, kNhwcFhwc))
      return replace<linalg::Conv2DNhwcFhwcOp>(op, *window, rewriter);
    return failure();
  }

  unsigned &count;
};

/// An all-parallel generic that casts every element of `source`.
template <typename CastOp>
Value castTensor(PatternRewriter &rewriter, Location loc, Value source,
                 Type elementType) {
  auto type = cast<RankedTensorType>(source.getType());
  Value empty = tensor::EmptyOp::create(
      rewriter, loc, tensor::getMixedSizes(rewriter, loc, source), elementType);
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             rewriter, loc, empty.getType(), source, empty,
             ArrayRef<AffineMap>{identity, identity}, iterators,
             [&](OpBuilder &builder, Location nested, ValueRange args) {
               Value cast =
                   CastOp::create(builder, nested, elementType, args[0]);
               linalg::YieldOp::create(builder, nested, cast);
             })
      .getResult(0);
}

/// Tensor cores accumulate f16 and bf16 products in f32, so the program says
/// so: the rounding to the narrow type happens once, after the last product.
template <typename ConvOp>
struct WidenAccumulator : OpRewritePattern<ConvOp> {
  WidenAccumulator(MLIRContext *context, unsigned &count)
      : OpRewritePattern<ConvOp>(context), count(count) {}

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    auto narrow = dyn_cast<FloatType>(type.getElementType());
    if (!narrow || narrow.getWidth() >= 32)
      return failure();
    Location loc = op.getLoc();
    Type f32 = rewriter.getF32Type();
    Value init = op.getOutputs()[0], wide;
    if (auto fill = init.getDefiningOp<linalg::FillOp>()) {
      Value start = arith::ExtFOp::create(rewriter, loc, f32, fill.value());
      Value empty = tensor::EmptyOp::create(
          rewriter, loc, tensor::getMixedSizes(rewriter, loc, init), f32);
      wide = linalg::FillOp::create(rewriter, loc, start, empty).getResult(0);
    } else {
      wide = castTensor<arith::ExtFOp>(rewriter, loc, init, f32);
    }
    auto conv =
        ConvOp::create(rewriter, loc, TypeRange(wide.getType()), op.getInputs(),
                       wide, op.getStridesAttr(), op.getDilationsAttr());
    rewriter.replaceOp(op, castTensor<arith::TruncFOp>(
                               rewriter, loc, conv.getResult(0), narrow));
    ++count;
    return success();
  }

  unsigned &count;
};

} // namespace

void kiln::populateNameConvolutionPatterns(RewritePatternSet &patterns,
                                           unsigned &count) {
  patterns.add<NameConvolution>(patterns.getContext(), count);
}

void kiln::populateWidenAccumulatorPatterns(RewritePatternSet &patterns,
                                            unsigned &count) {
  patterns.add<WidenAccumulator<linalg::Conv2DNchwFchwOp>,
               WidenAccumulator<linalg::Conv2DNhwcHwcfOp>,
               WidenAccumulator<linalg::Conv2DNhwcFhwcOp>>(
      patterns.getContext(), count);
}
