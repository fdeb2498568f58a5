//===- Contractions.cpp - One form for contractions -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "kiln/Analysis/ContractionView.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace kiln;

namespace {

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

/// Whether `op` adds products of two operands up, on tensor cores or not.
bool sumsProducts(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0 ||
      op.getBlock()->getOps<arith::MulFOp>().empty())
    return false;
  return linalg::isaContractionOpInterface(op) ||
         linalg::isaConvolutionOpInterface(op);
}

/// Sums of f16 and bf16 products are accumulated in f32, as tensor cores do,
/// and the program says so: the rounding to the narrow type happens once, after
/// the last product.
struct WidenAccumulator : OpInterfaceRewritePattern<linalg::LinalgOp> {
  WidenAccumulator(MLIRContext *context, unsigned &count)
      : OpInterfaceRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !sumsProducts(op))
      return failure();
    auto narrow =
        dyn_cast<FloatType>(getElementTypeOrSelf(op->getResult(0).getType()));
    if (!narrow || narrow.getWidth() >= 32)
      return failure();
    // Nothing is made for a body that then stays.
    bool isGeneric = isa<linalg::GenericOp>(op);
    if (isGeneric && !getProduct(op))
      return rewriter.notifyMatchFailure(op, "a body of unknown form");
    Location loc = op.getLoc();
    Type f32 = rewriter.getF32Type();
    Value init = op.getDpsInits()[0], wide;
    if (auto fill = init.getDefiningOp<linalg::FillOp>()) {
      Value start = arith::ExtFOp::create(rewriter, loc, f32, fill.value());
      Value empty = tensor::EmptyOp::create(
          rewriter, loc, tensor::getMixedSizes(rewriter, loc, init), f32);
      wide = linalg::FillOp::create(rewriter, loc, start, empty).getResult(0);
    } else {
      wide = castTensor<arith::ExtFOp>(rewriter, loc, init, f32);
    }
    Operation *widened = isGeneric ? widenGeneric(op, wide, rewriter)
                                   : widenNamed(op, wide, rewriter);
    rewriter.replaceOp(op, castTensor<arith::TruncFOp>(
                               rewriter, loc, widened->getResult(0), narrow));
    ++count;
    return success();
  }

  /// The same op with another init: its body casts the operands to the type
  /// that it sums in.
  static Operation *widenNamed(linalg::LinalgOp op, Value init,
                               PatternRewriter &rewriter) {
    OperationState state(op.getLoc(), op->getName());
    state.addOperands(op.getDpsInputs());
    state.addOperands(init);
    state.addTypes(init.getType());
    state.addAttributes(op->getAttrs());
    state.addRegion();
    Operation *widened = rewriter.create(state);
    SmallVector<Type> types;
    SmallVector<Location> locations;
    for (Value operand : widened->getOperands()) {
      types.push_back(getElementTypeOrSelf(operand.getType()));
      locations.push_back(op.getLoc());
    }
    OpBuilder::InsertionGuard guard(rewriter);
    Block *body =
        rewriter.createBlock(&widened->getRegion(0), {}, types, locations);
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    op.getRegionBuilder()(builder, *body, op->getAttrs(),
                          [&] { return op->emitError(); });
    return widened;
  }

  /// The product of the operands that the body adds; null for other bodies.
  static arith::MulFOp getProduct(linalg::LinalgOp op) {
    Block *body = op.getBlock();
    Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
    if (!isa_and_nonnull<arith::AddFOp>(add))
      return {};
    bool first = add->getOperand(0) == body->getArgument(2);
    auto product =
        add->getOperand(first ? 1 : 0).getDefiningOp<arith::MulFOp>();
    if (!product || add->getOperand(first ? 0 : 1) != body->getArgument(2))
      return {};
    auto isOperand = [&](Value value) {
      return value == body->getArgument(0) || value == body->getArgument(1);
    };
    if (!isOperand(product.getLhs()) || !isOperand(product.getRhs()))
      return {};
    return product;
  }

  /// `out + a * b` in the wide type, the operands cast.
  static Operation *widenGeneric(linalg::LinalgOp op, Value init,
                                 PatternRewriter &rewriter) {
    arith::MulFOp product = getProduct(op);
    Type wide = getElementTypeOrSelf(init.getType());
    return linalg::GenericOp::create(
        rewriter, op.getLoc(), TypeRange(init.getType()), op.getDpsInputs(),
        ValueRange{init}, op.getIndexingMapsArray(), op.getIteratorTypesArray(),
        [&](OpBuilder &b, Location loc, ValueRange arguments) {
          auto extend = [&](Value value) -> Value {
            unsigned number = cast<BlockArgument>(value).getArgNumber();
            return arith::ExtFOp::create(b, loc, wide, arguments[number]);
          };
          Value left = extend(product.getLhs()),
                right = extend(product.getRhs());
          Value sum = arith::AddFOp::create(
              b, loc, arguments[2], arith::MulFOp::create(b, loc, left, right));
          linalg::YieldOp::create(b, loc, sum);
        });
  }

  unsigned &count;
};

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

/// The pad of the tensor before it was transposed.
Value padSource(PatternRewriter &rewriter, tensor::PadOp pad,
                const Transposed &transposed) {
  size_t rank = transposed.permutation.size();
  SmallVector<OpFoldResult> low(rank), high(rank);
  SmallVector<int64_t> shape(rank);
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

/// A contraction reads its operands in any order of dimensions, so that a
/// transposed operand is its source, read through another map.
struct FoldTransposes : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || failed(ContractionView::match(op)))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<Value> inputs(op.getDpsInputs());
    bool any = false;
    for (auto [number, input] : llvm::enumerate(inputs)) {
      auto pad = input.getDefiningOp<tensor::PadOp>();
      if (pad && (!pad.getConstantPaddingValue() || !pad.getLow().empty() ||
                  !pad.getHigh().empty()))
        continue;
      auto turned = matchTranspose(pad ? pad.getSource() : input);
      if (!turned)
        continue;
      input = pad ? padSource(rewriter, pad, *turned) : turned->source;
      SmallVector<AffineExpr> results(turned->permutation.size());
      for (auto [dim, source] : llvm::enumerate(turned->permutation))
        results[source] = maps[number].getResult(dim);
      maps[number] = AffineMap::get(maps[number].getNumDims(), 0, results,
                                    rewriter.getContext());
      any = true;
    }
    if (!any)
      return failure();
    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes(), inputs, op.getDpsInits(),
        maps, op.getIteratorTypesArray());
    IRMapping mapping;
    op->getRegion(0).cloneInto(&generic.getRegion(), mapping);
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
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

void kiln::populateContractionPatterns(RewritePatternSet &patterns,
                                       unsigned &widened) {
  patterns.add<WidenAccumulator>(patterns.getContext(), widened);
  patterns.add<FoldTransposes, FoldTransposedFill>(patterns.getContext());
}
