//===- ConvolutionLayouts.cpp - Transposes around convolutions ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Exporters that know one layout transpose image and filter into it and the
// result back. The convolution in the layout of the arguments does without: the
// transposes of image and filter vanish, the one of the result moves behind the
// convolution, where elementwise fusion turns it into an indexing map.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace kiln;

namespace {

/// The dimensions of image and filter in order; those of the output are the
/// image's with f for c.
struct Layout {
  StringRef image, filter;
};
constexpr Layout kLayouts[] = {
    {"nchw", "fchw"}, {"nhwc", "hwcf"}, {"nhwc", "fhwc"}};

/// A tensor and the permutation that was applied to it: dimension i of the
/// result is dimension `permutation[i]` of the source.
struct Transposed {
  Value source;
  SmallVector<int64_t> permutation;
};

/// Matches a generic that only permutes the dimensions of its input.
std::optional<Transposed> matchTranspose(Value value) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !llvm::hasSingleElement(*op.getBody()) ||
      op.getBody()->getTerminator()->getOperand(0) !=
          op.getBody()->getArgument(0))
    return std::nullopt;
  AffineMap read = op.getIndexingMapsArray()[0];
  AffineMap write = op.getIndexingMapsArray()[1];
  if (!read.isPermutation() || !write.isPermutation())
    return std::nullopt;
  Transposed result{op.getInputs()[0], {}};
  for (AffineExpr expr : write.getResults())
    result.permutation.push_back(*read.getResultPosition(expr));
  return result;
}

Value transpose(PatternRewriter &rewriter, Location loc, Value value,
                ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(type.getDimSize(dim));
  Value empty =
      tensor::EmptyOp::create(rewriter, loc, shape, type.getElementType());
  AffineMap write = rewriter.getMultiDimIdentityMap(type.getRank());
  AffineMap read = inversePermutation(
      AffineMap::getPermutationMap(permutation, rewriter.getContext()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             rewriter, loc, empty.getType(), value, empty,
             ArrayRef<AffineMap>{read, write}, iterators,
             [](OpBuilder &builder, Location nested, ValueRange args) {
               linalg::YieldOp::create(builder, nested, args[0]);
             })
      .getResult(0);
}

/// The pad of the tensor before it was transposed.
Value padSource(PatternRewriter &rewriter, tensor::PadOp pad,
                const Transposed &transposed) {
  SmallVector<OpFoldResult> low(4), high(4);
  SmallVector<int64_t> shape(4);
  for (auto [dim, source] : llvm::enumerate(transposed.permutation)) {
    low[source] = rewriter.getIndexAttr(pad.getStaticLow()[dim]);
    high[source] = rewriter.getIndexAttr(pad.getStaticHigh()[dim]);
    shape[source] = pad.getResultType().getDimSize(dim);
  }
  auto type =
      RankedTensorType::get(shape, pad.getResultType().getElementType());
  return tensor::PadOp::create(rewriter, pad.getLoc(), type, transposed.source,
                               low, high, pad.getConstantPaddingValue());
}

/// The names of the source's dimensions, given those of the transposed tensor.
std::string nameSource(StringRef names, const Transposed &transposed) {
  std::string source(names.size(), ' ');
  for (auto [dim, position] : llvm::enumerate(transposed.permutation))
    source[position] = names[dim];
  return source;
}

template <typename ConvOp>
struct FoldTransposes : OpRewritePattern<ConvOp> {
  FoldTransposes(MLIRContext *context, Layout layout)
      : OpRewritePattern<ConvOp>(context), layout(layout) {}

  template <typename NewOp>
  static Value create(PatternRewriter &rewriter, ConvOp op, Value image,
                      Value filter, Value init) {
    return NewOp::create(rewriter, op.getLoc(), TypeRange(init.getType()),
                         ValueRange{image, filter}, init, op.getStridesAttr(),
                         op.getDilationsAttr())
        .getResult(0);
  }

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.hasDynamicShape())
      return failure();
    Value image = op.getInputs()[0], filter = op.getInputs()[1];
    auto pad = image.template getDefiningOp<tensor::PadOp>();
    if (pad && (!pad.getConstantPaddingValue() || !pad.getLow().empty() ||
                !pad.getHigh().empty()))
      return failure();
    auto turnedImage = matchTranspose(pad ? pad.getSource() : image);
    auto turnedFilter = matchTranspose(filter);
    if (!turnedImage && !turnedFilter)
      return failure();
    std::string imageNames = turnedImage
                                 ? nameSource(layout.image, *turnedImage)
                                 : layout.image.str();
    std::string filterNames = turnedFilter
                                  ? nameSource(layout.filter, *turnedFilter)
                                  : layout.filter.str();
    auto target = llvm::find_if(kLayouts, [&](const Layout &other) {
      return other.image == imageNames && other.filter == filterNames;
    });
    if (target == std::end(kLayouts))
      return failure();

    if (turnedImage)
      image =
          pad ? padSource(rewriter, pad, *turnedImage) : turnedImage->source;
    if (turnedFilter)
      filter = turnedFilter->source;
    SmallVector<int64_t> toNew, toOld;
    for (char name : target->image)
      toNew.push_back(layout.image.find(name));
    for (char name : layout.image)
      toOld.push_back(target->image.find(name));
    bool turned = target->image != layout.image;
    Value init = op.getOutputs()[0];
    if (turned)
      init = transpose(rewriter, op.getLoc(), init, toNew);
    Value result;
    if (target == kLayouts)
      result =
          create<linalg::Conv2DNchwFchwOp>(rewriter, op, image, filter, init);
    else if (target == kLayouts + 1)
      result =
          create<linalg::Conv2DNhwcHwcfOp>(rewriter, op, image, filter, init);
    else
      result =
          create<linalg::Conv2DNhwcFhwcOp>(rewriter, op, image, filter, init);
    if (turned)
      result = transpose(rewriter, op.getLoc(), result, toOld);
    rewriter.replaceOp(op, result);
    return success();
  }

  Layout layout;
};

/// The transpose of a fill is a fill.
struct FoldTransposedFill : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op->getNumResults() != 1)
      return failure();
    auto transposed = matchTranspose(op.getResult(0));
    auto fill = transposed ? transposed->source.getDefiningOp<linalg::FillOp>()
                           : linalg::FillOp();
    if (!fill)
      return failure();
    rewriter.replaceOpWithNewOp<linalg::FillOp>(op, fill.value(),
                                                op.getOutputs()[0]);
    return success();
  }
};

} // namespace

void kiln::populateConvolutionLayoutPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FoldTransposes<linalg::Conv2DNchwFchwOp>>(context, kLayouts[0]);
  patterns.add<FoldTransposes<linalg::Conv2DNhwcHwcfOp>>(context, kLayouts[1]);
  patterns.add<FoldTransposes<linalg::Conv2DNhwcFhwcOp>>(context, kLayouts[2]);
  patterns.add<FoldTransposedFill>(context);
}
