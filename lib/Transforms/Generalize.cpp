//===- Generalize.cpp - One form for elementwise ops, and their fusion ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"
#include "kiln/Analysis/ContractionView.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace kiln;

unsigned kiln::dropAsserts(Operation *root) {
  SmallVector<cf::AssertOp> asserts;
  root->walk([&](cf::AssertOp op) { asserts.push_back(op); });
  for (cf::AssertOp op : asserts) {
    remark::analysis(
        op.getLoc(),
        remark::RemarkOpts::name("AssertDropped").category("kiln-normalize"))
        << ("assertion dropped: " + op.getMsg()).str();
    op.erase();
  }
  return asserts.size();
}

namespace {

struct GeneralizeNamed : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op) ||
        !op.hasPureTensorSemantics())
      return failure();
    if (!isa<linalg::MapOp, linalg::BroadcastOp, linalg::TransposeOp,
             linalg::CopyOp, linalg::ReduceOp, linalg::ElementwiseOp>(op) &&
        !linalg::isElementwise(op))
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};

/// Aggregated ops, such as softmax, as the structured ops that they stand for.
struct Decompose : OpInterfaceRewritePattern<linalg::AggregatedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::AggregatedOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!isa<linalg::SoftmaxOp>(op) ||
        !llvm::all_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>))
      return failure();
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return failure();
    rewriter.replaceOp(op, *results);
    return success();
  }
};

/// An init that is a constant tensor of one value is a fill.
struct FillConstantInit : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    for (OpOperand &init : op.getDpsInitsMutable()) {
      SplatElementsAttr splat;
      auto type = dyn_cast<RankedTensorType>(init.get().getType());
      if (!type || !type.hasStaticShape() || !type.getNumElements() ||
          !matchPattern(init.get(), m_Constant(&splat)) || !splat)
        continue;
      auto value = dyn_cast<TypedAttr>(splat.getSplatValue<Attribute>());
      if (!value || !isa<FloatAttr, IntegerAttr>(value))
        continue;
      Location loc = op.getLoc();
      Value scalar = arith::ConstantOp::create(rewriter, loc, value);
      Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                            type.getElementType());
      Value fill =
          linalg::FillOp::create(rewriter, loc, scalar, empty).getResult(0);
      rewriter.modifyOpInPlace(op, [&] { init.set(fill); });
      return success();
    }
    return failure();
  }
};

/// `truncf` of a constant, which upstream folds only where it is exact. The
/// source asks for this very rounding.
struct RoundConstant : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<FloatType>(op.getType());
    APFloat value(0.0);
    if (!type || op.getRoundingmode() ||
        !matchPattern(op.getIn(), m_ConstantFloat(&value)))
      return failure();
    bool inexact;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &inexact);
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, type, rewriter.getFloatAttr(type, value));
    return success();
  }
};

/// `tensor.extract` in a body, at positions that are affine in the op's loops,
/// is an operand read through a map.
struct ExtractToOperand : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  /// `value` as an expression of the loops; nothing for what is not affine.
  static AffineExpr getExpr(Value value) {
    MLIRContext *context = value.getContext();
    Attribute constant;
    if (matchPattern(value, m_Constant(&constant))) {
      auto integer = dyn_cast<IntegerAttr>(constant);
      return integer ? getAffineConstantExpr(integer.getInt(), context)
                     : AffineExpr();
    }
    Operation *op = value.getDefiningOp();
    if (auto index = dyn_cast_or_null<linalg::IndexOp>(op))
      return getAffineDimExpr(index.getDim(), context);
    if (!isa_and_nonnull<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
      return {};
    AffineExpr left = getExpr(op->getOperand(0)),
               right = getExpr(op->getOperand(1));
    if (!left || !right)
      return {};
    if (isa<arith::AddIOp>(op))
      return left + right;
    if (isa<arith::SubIOp>(op))
      return left - right;
    return isa<AffineConstantExpr>(left) || isa<AffineConstantExpr>(right)
               ? left * right
               : AffineExpr();
  }

  /// Whether `expr` stays within `extent` over all loops.
  static bool staysWithin(AffineExpr expr, ArrayRef<int64_t> ranges,
                          int64_t extent) {
    SmallVector<std::optional<int64_t>> least(ranges.size(), 0), most;
    for (int64_t range : ranges)
      most.push_back(range - 1);
    std::optional<int64_t> low = getBoundForAffineExpr(
        expr, ranges.size(), 0, least, most, /*isUpper=*/false);
    std::optional<int64_t> high = getBoundForAffineExpr(
        expr, ranges.size(), 0, least, most, /*isUpper=*/true);
    return low && high && *low >= 0 && *high < extent;
  }

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.hasDynamicShape())
      return failure();
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    for (auto extract : op.getBody()->getOps<tensor::ExtractOp>()) {
      RankedTensorType type = extract.getTensor().getType();
      if (!type.hasStaticShape() ||
          extract.getTensor().getParentRegion() != op->getParentRegion())
        continue;
      SmallVector<AffineExpr> results;
      for (auto [position, extent] :
           llvm::zip_equal(extract.getIndices(), type.getShape()))
        if (AffineExpr expr = getExpr(position);
            expr && staysWithin(expr, ranges, extent))
          results.push_back(expr);
      if (static_cast<int64_t>(results.size()) != type.getRank())
        continue;
      SmallVector<Value> inputs(op.getInputs());
      SmallVector<AffineMap> maps = op.getIndexingMapsArray();
      maps.insert(
          maps.begin() + inputs.size(),
          AffineMap::get(op.getNumLoops(), 0, results, rewriter.getContext()));
      inputs.push_back(extract.getTensor());
      auto made = linalg::GenericOp::create(
          rewriter, op.getLoc(), op.getResultTypes(), inputs, op.getOutputs(),
          maps, op.getIteratorTypesArray());
      rewriter.inlineRegionBefore(op.getRegion(), made.getRegion(),
                                  made.getRegion().begin());
      BlockArgument argument = made.getBody()->insertArgument(
          inputs.size() - 1, type.getElementType(), extract.getLoc());
      rewriter.replaceOp(extract, argument);
      rewriter.replaceOp(op, made.getResults());
      return success();
    }
    return failure();
  }
};

/// An input that the body does not read only gives loops their extent: what
/// computes it is not needed for that.
struct DropUnreadInput : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto type = dyn_cast<RankedTensorType>(input->get().getType());
      if (!type || !type.hasStaticShape() ||
          op.payloadUsesValueFromOperand(input) ||
          input->get().getDefiningOp<tensor::EmptyOp>())
        continue;
      Value empty = tensor::EmptyOp::create(
          rewriter, op.getLoc(), type.getShape(), type.getElementType());
      rewriter.modifyOpInPlace(op, [&] { input->set(empty); });
      return success();
    }
    return failure();
  }
};

/// `acc - x` in a reduction is `acc + (-x)` to the bit (but for the sign of a
/// NaN), and sums can be formed in parts.
struct SubtractToAdd : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumReductionLoops() == 0)
      return failure();
    Operation *yield = op.getBody()->getTerminator();
    for (auto [accumulator, yielded] :
         llvm::zip_equal(op.getRegionOutputArgs(), yield->getOperands())) {
      Operation *difference = yielded.getDefiningOp();
      if (!isa_and_nonnull<arith::SubFOp, arith::SubIOp>(difference) ||
          difference->getOperand(0) != accumulator ||
          !accumulator.hasOneUse() || !yielded.hasOneUse())
        continue;
      rewriter.setInsertionPoint(difference);
      Location loc = difference->getLoc();
      Value taken = difference->getOperand(1);
      if (auto floats = dyn_cast<arith::SubFOp>(difference)) {
        Value negated =
            arith::NegFOp::create(rewriter, loc, taken, floats.getFastmath());
        rewriter.replaceOpWithNewOp<arith::AddFOp>(
            difference, accumulator, negated, floats.getFastmath());
        return success();
      }
      Value zero = arith::ConstantOp::create(
          rewriter, loc, rewriter.getZeroAttr(taken.getType()));
      Value negated = arith::SubIOp::create(rewriter, loc, zero, taken);
      rewriter.replaceOpWithNewOp<arith::AddIOp>(difference, accumulator,
                                                 negated);
      return success();
    }
    return failure();
  }
};

/// A reduction writes its dimensions in the order of its loops: `kiln.reduce`
/// leaves what it keeps as it lies in the tile. What an instruction multiplies
/// keeps its loops: later passes ask its maps.
struct OrderReductionLoops : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumReductionLoops() == 0 || !op.hasPureTensorSemantics())
      return failure();
    if (FailureOr<ContractionView> view = ContractionView::match(op);
        succeeded(view) && view->hasInstruction())
      return failure();
    SmallVector<unsigned> written;
    for (AffineExpr expr :
         op.getMatchingIndexingMap(op.getDpsInitOperand(0)).getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        written.push_back(dim.getPosition());
    SmallVector<unsigned> places(written);
    llvm::sort(places);
    if (written == places ||
        std::adjacent_find(places.begin(), places.end()) != places.end())
      return failure();
    // The loops that are written change places among themselves.
    SmallVector<unsigned> order =
        llvm::to_vector(llvm::seq<unsigned>(op.getNumLoops()));
    for (auto [place, loop] : llvm::zip_equal(places, written))
      order[place] = loop;
    return linalg::interchangeGenericOp(rewriter, op, order);
  }
};

/// Whether the body only passes inputs on.
bool movesOnly(linalg::GenericOp op) {
  return llvm::hasSingleElement(*op.getBody());
}

bool mayFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer ||
      producer.getNumParallelLoops() != producer.getNumLoops() ||
      consumer.getNumParallelLoops() != consumer.getNumLoops())
    return false;
  if (movesOnly(producer))
    return true;
  // A smaller producer would run again for each element that reads it.
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  return producer->hasOneUse() && map.isPermutation();
}

} // namespace

void kiln::populateGeneralizePatterns(RewritePatternSet &patterns) {
  patterns
      .add<Decompose, DropUnreadInput, ExtractToOperand, FillConstantInit,
           GeneralizeNamed, OrderReductionLoops, RoundConstant, SubtractToAdd>(
          patterns.getContext());
  linalg::populateElementwiseToLinalgConversionPatterns(patterns);
}

void kiln::populateFuseElementwisePatterns(RewritePatternSet &patterns) {
  linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
}
