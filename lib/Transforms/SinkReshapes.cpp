//===- SinkReshapes.cpp - Reshapes and unit dimensions move downward ------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace kiln;

namespace {

bool isZero(AffineExpr expr) {
  auto constant = dyn_cast<AffineConstantExpr>(expr);
  return constant && constant.getValue() == 0;
}

/// The grouping that merges each dropped unit dimension with the kept one
/// before it (or after it, for leading ones).
SmallVector<ReassociationIndices>
groupDropped(const llvm::SmallBitVector &dropped) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (unsigned dim = 0; dim < dropped.size(); ++dim) {
    if (!dropped[dim]) {
      groups.push_back(std::move(leading));
      leading.clear();
      groups.back().push_back(dim);
    } else if (groups.empty()) {
      leading.push_back(dim);
    } else {
      groups.back().push_back(dim);
    }
  }
  return groups;
}

RankedTensorType dropDims(RankedTensorType type,
                          const llvm::SmallBitVector &dropped) {
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    if (!dropped[dim])
      shape.push_back(size);
  return RankedTensorType::get(shape, type.getElementType());
}

AffineMap dropResults(AffineMap map, const llvm::SmallBitVector &dropped) {
  SmallVector<AffineExpr> kept;
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (!dropped[position])
      kept.push_back(expr);
  return AffineMap::get(map.getNumDims(), 0, kept, map.getContext());
}

/// Whether some map reads each loop directly, so that its bounds are known.
bool coverLoops(ArrayRef<AffineMap> maps, unsigned numLoops) {
  llvm::SmallBitVector covered(numLoops);
  for (AffineMap map : maps)
    for (AffineExpr expr : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        covered.set(dim.getPosition());
  return covered.all();
}

/// A generic with new operands and maps takes the body of `op`.
linalg::GenericOp rebuild(PatternRewriter &rewriter, linalg::GenericOp op,
                          ValueRange inputs, ValueRange outputs,
                          ArrayRef<AffineMap> maps,
                          ArrayRef<utils::IteratorType> iterators) {
  auto result =
      linalg::GenericOp::create(rewriter, op.getLoc(), TypeRange(outputs),
                                inputs, outputs, maps, iterators);
  rewriter.inlineRegionBefore(op.getRegion(), result.getRegion(),
                              result.getRegion().begin());
  return result;
}

/// Replaces `op` by `results`, each expanded to the type it had.
void replaceExpanded(PatternRewriter &rewriter, linalg::GenericOp op,
                     ValueRange results,
                     ArrayRef<llvm::SmallBitVector> dropped) {
  SmallVector<Value> expanded;
  for (auto [result, type, drop] :
       llvm::zip_equal(results, op.getResultTypes(), dropped)) {
    if (drop.none())
      expanded.push_back(result);
    else
      expanded.push_back(tensor::ExpandShapeOp::create(
          rewriter, op.getLoc(), type, result, groupDropped(drop)));
  }
  rewriter.replaceOp(op, expanded);
}

/// The init without its unit dimensions.
Value collapse(PatternRewriter &rewriter, Location loc, Value value,
               const llvm::SmallBitVector &dropped) {
  if (dropped.none())
    return value;
  auto type = dropDims(cast<RankedTensorType>(value.getType()), dropped);
  return tensor::CollapseShapeOp::create(rewriter, loc, type, value,
                                         groupDropped(dropped));
}

bool isStaticOnTensors(linalg::GenericOp op) {
  return op.hasPureTensorSemantics() && !op.hasDynamicShape();
}

/// `keepdim` output maps `(d0, 0, d2, d3)` become `(d0, d2, d3)` and an
/// expand_shape behind the op.
struct DropKeepdim : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!isStaticOnTensors(op))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<llvm::SmallBitVector> dropped;
    bool any = false;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      AffineMap &map = maps[init.getOperandNumber()];
      llvm::SmallBitVector drop(map.getNumResults());
      for (auto [position, expr] : llvm::enumerate(map.getResults()))
        if (isZero(expr) && op.getShape(&init)[position] == 1)
          drop.set(position);
      any |= drop.any();
      map = dropResults(map, drop);
      dropped.push_back(drop);
    }
    if (!any)
      return failure();
    SmallVector<Value> outputs;
    for (auto [init, drop] : llvm::zip_equal(op.getOutputs(), dropped))
      outputs.push_back(collapse(rewriter, op.getLoc(), init, drop));
    auto result = rebuild(rewriter, op, op.getInputs(), outputs, maps,
                          op.getIteratorTypesArray());
    replaceExpanded(rewriter, op, result.getResults(), dropped);
    return success();
  }
};

/// Reads the source of an expand_shape that only adds unit dimensions.
struct ReadThroughExpand : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  /// The unit dimensions that `expand` adds; none when it does more.
  static llvm::SmallBitVector addedUnits(tensor::ExpandShapeOp expand,
                                         AffineMap map) {
    ArrayRef<int64_t> shape = expand.getResultType().getShape();
    llvm::SmallBitVector added(shape.size());
    for (const ReassociationIndices &group : expand.getReassociationIndices()) {
      // Of several unit dimensions the one that a loop walks is kept.
      auto kept =
          llvm::find_if(group, [&](int64_t d) { return shape[d] != 1; });
      if (kept == group.end())
        kept = llvm::find_if(
            group, [&](int64_t d) { return !isZero(map.getResult(d)); });
      if (kept == group.end())
        kept = group.begin();
      for (int64_t dim : group)
        if (dim != *kept) {
          if (shape[dim] != 1)
            return llvm::SmallBitVector(shape.size());
          added.set(dim);
        }
    }
    if (expand.getSrcType().getRank() == 0)
      added.set();
    return added;
  }

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!isStaticOnTensors(op))
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto expand = input->get().getDefiningOp<tensor::ExpandShapeOp>();
      if (!expand)
        continue;
      AffineMap &map = maps[input->getOperandNumber()];
      llvm::SmallBitVector added = addedUnits(expand, map);
      AffineMap old = map;
      map = dropResults(map, added);
      if (added.none() || !coverLoops(maps, op.getNumLoops())) {
        map = old;
        continue;
      }
      rewriter.modifyOpInPlace(op, [&] {
        input->set(expand.getSrc());
        op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
      });
      return success();
    }
    return failure();
  }
};

/// A computed value that is read at 0 of a dimension of extent 1 is read at a
/// loop of that extent, where there is one: the loop is that dimension, as a
/// kernel around a contraction must know.
struct WalkUnits : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!isStaticOnTensors(op) || op.getNumParallelLoops() != op.getNumLoops())
      return failure();
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    bool any = false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto producer = input->get().getDefiningOp<linalg::LinalgOp>();
      if (!producer || isa<linalg::FillOp>(producer))
        continue;
      AffineMap &map = maps[input->getOperandNumber()];
      SmallVector<AffineExpr> results(map.getResults());
      for (auto [position, expr] : llvm::enumerate(results)) {
        if (!isZero(expr) || op.getShape(input)[position] != 1)
          continue;
        auto isFree = [&](unsigned loop) {
          return loop < ranges.size() && ranges[loop] == 1 &&
                 llvm::none_of(
                     results,
                     [&](AffineExpr other) {
                       return other.isFunctionOfDim(loop);
                     });
        };
        // The same place is the likeliest to be the same dimension.
        unsigned loop = isFree(position) ? position : 0;
        while (loop < ranges.size() && !isFree(loop))
          ++loop;
        if (loop == ranges.size())
          continue;
        results[position] = rewriter.getAffineDimExpr(loop);
        any = true;
      }
      map = AffineMap::get(map.getNumDims(), 0, results, op.getContext());
    }
    if (!any)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return success();
  }
};

/// Elementwise work on a reduced value runs without the unit dimension that
/// `keepdim` gave it; its result is expanded instead.
struct DropUnitLoop : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Whether some computed input does without the unit loop but spans all
  /// others, and no computed input walks it.
  static bool isAddedUnit(linalg::GenericOp op, unsigned loop,
                          ArrayRef<int64_t> ranges) {
    bool found = false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (!input->get().getDefiningOp<linalg::LinalgOp>())
        continue;
      AffineMap map = op.getMatchingIndexingMap(input);
      if (map.isFunctionOfDim(loop))
        return false;
      bool spans = true;
      for (unsigned other = 0; other < ranges.size(); ++other)
        spans &= ranges[other] == 1 || map.isFunctionOfDim(other);
      found |= spans;
    }
    return found;
  }

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    unsigned numLoops = op.getNumLoops();
    if (!isStaticOnTensors(op) || op.getNumParallelLoops() != numLoops)
      return failure();
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    unsigned loop = 0;
    while (loop < numLoops &&
           (ranges[loop] != 1 || !isAddedUnit(op, loop, ranges)))
      ++loop;
    if (loop == numLoops)
      return failure();

    // Loops behind the dropped one move up; reads of it become 0.
    MLIRContext *context = op.getContext();
    SmallVector<AffineExpr> renumber;
    for (unsigned dim = 0; dim < numLoops; ++dim)
      renumber.push_back(dim == loop
                             ? getAffineConstantExpr(0, context)
                             : getAffineDimExpr(dim - (dim > loop), context));
    SmallVector<AffineMap> maps;
    SmallVector<llvm::SmallBitVector> dropped;
    SmallVector<Value> outputs;
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand).replaceDimsAndSymbols(
          renumber, {}, numLoops - 1, 0);
      if (op.isDpsInit(&operand)) {
        llvm::SmallBitVector drop(map.getNumResults());
        for (auto [position, expr] : llvm::enumerate(map.getResults()))
          if (isZero(expr) && op.getShape(&operand)[position] == 1)
            drop.set(position);
        map = dropResults(map, drop);
        outputs.push_back(collapse(rewriter, op.getLoc(), operand.get(), drop));
        dropped.push_back(drop);
      }
      maps.push_back(map);
    }
    SmallVector<utils::IteratorType> iterators(numLoops - 1,
                                               utils::IteratorType::parallel);
    auto result =
        rebuild(rewriter, op, op.getInputs(), outputs, maps, iterators);
    SmallVector<linalg::IndexOp> indices(
        result.getBody()->getOps<linalg::IndexOp>());
    for (linalg::IndexOp index : indices) {
      rewriter.setInsertionPoint(index);
      if (index.getDim() == loop)
        rewriter.replaceOpWithNewOp<arith::ConstantIndexOp>(index, 0);
      else if (index.getDim() > loop)
        rewriter.replaceOpWithNewOp<linalg::IndexOp>(index, index.getDim() - 1);
    }
    rewriter.setInsertionPointAfter(result);
    replaceExpanded(rewriter, op, result.getResults(), dropped);
    return success();
  }
};

/// A reshape of a tensor without content is another such tensor.
template <typename ReshapeOp>
struct FoldEmptyReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern<ReshapeOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getResultType());
    if (!op.getSrc().template getDefiningOp<tensor::EmptyOp>() ||
        !type.hasStaticShape())
      return failure();
    rewriter.replaceOpWithNewOp<tensor::EmptyOp>(op, type.getShape(),
                                                 type.getElementType());
    return success();
  }
};

} // namespace

void kiln::populateSinkReshapePatterns(RewritePatternSet &patterns) {
  // Before a loop is dropped that such a read could use.
  patterns.add<WalkUnits>(patterns.getContext(), /*benefit=*/2);
  patterns.add<DropKeepdim, ReadThroughExpand, DropUnitLoop,
               FoldEmptyReshape<tensor::CollapseShapeOp>,
               FoldEmptyReshape<tensor::ExpandShapeOp>>(patterns.getContext());
  // A collapse of a computed tensor moves behind its elementwise consumer. The
  // pattern set could also pull reshapes up, which the control function
  // forbids.
  linalg::populateFoldReshapeOpsByExpansionPatterns(
      patterns, [](OpOperand *operand) {
        auto collapse = operand->get().getDefiningOp<tensor::CollapseShapeOp>();
        return collapse && isa<linalg::GenericOp>(operand->getOwner()) &&
               collapse.getSrc().getDefiningOp<linalg::LinalgOp>();
      });
}
