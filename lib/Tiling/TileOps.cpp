//===- TileOps.cpp - Linalg ops of a kernel on tiles ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Analysis/Combiner.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace kiln;

FailureOr<KernelTiler::Tile>
KernelTiler::tileOp(linalg::LinalgOp op, unsigned resultNumber,
                    const Coordinates &coordinates) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(resultNumber));
  Coordinates loops(op.getNumLoops(), builder.getAffineConstantExpr(0));
  SmallVector<int> axes = space.getLoopAxes(op);
  if (!axes.empty() || op.getNumLoops() == 0) {
    // An anchored op has positions of its own.
    for (auto [loop, axis] : llvm::zip(loops, axes))
      if (axis != KernelSpace::kUnit)
        loop = builder.getAffineDimExpr(axis);
  } else {
    for (auto [expr, coordinate] :
         llvm::zip_equal(map.getResults(), coordinates))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        loops[dim.getPosition()] = coordinate;
  }
  if (!getWalkedAxes(op).empty()) {
    if (failed(tileReductions(op)))
      return failure();
    return tileSlot(op->getResult(resultNumber), coordinates);
  }
  FailureOr<SmallVector<Tile>> tiles = emitOp(op, loops);
  if (failed(tiles))
    return failure();
  // The other results stand at the same loops.
  for (auto [number, tile] : llvm::enumerate(*tiles)) {
    AffineMap other = op.getMatchingIndexingMap(op.getDpsInitOperand(number));
    Coordinates at;
    for (AffineExpr expr : other.getResults())
      at.push_back(expr.replaceDims(loops));
    tileSlot(op->getResult(number), at) = tile;
  }
  return (*tiles)[resultNumber];
}

/// Whether the loops of an op are the dimensions of its tile: whole axes, each
/// at most once.
static bool arePlain(ArrayRef<AffineExpr> loops) {
  llvm::SmallDenseSet<AffineExpr> seen;
  return llvm::all_of(loops, [&](AffineExpr expr) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return constant.getValue() == 0;
    return isa<AffineDimExpr>(expr) && seen.insert(expr).second;
  });
}

/// The op on the tile whose loops stand at `loops`; what it reduces into is
/// `carried`, where that is given.
FailureOr<SmallVector<KernelTiler::Tile>>
KernelTiler::emitOp(linalg::LinalgOp op, const Coordinates &loops,
                    ValueRange carried) {
  Location loc = op->getLoc();
  bool plain = arePlain(loops);
  // The dimensions of the tile's iteration space. Reduced axes of one position
  // at a time are no dimension: the body runs once for each of them, in order.
  Coordinates iteration = plain ? loops : getAxesOf(loops);
  SmallVector<utils::IteratorType> iterators(iteration.size(),
                                             utils::IteratorType::parallel);
  // From the op's loops to those dimensions.
  SmallVector<AffineExpr> renumber(op.getNumLoops(),
                                   builder.getAffineConstantExpr(0));
  bool ordered = false;
  if (plain) {
    iterators = op.getIteratorTypesArray();
    ordered = isa<LoopScheduleAttr>(schedule) && op.getNumReductionLoops() > 0;
    for (auto [expr, kind] : llvm::zip_equal(iteration, iterators))
      ordered &= kind == utils::IteratorType::parallel || getSize(expr) == 1;
    Coordinates kept;
    for (auto [loop, expr] : llvm::enumerate(loops)) {
      if (ordered && iterators[loop] == utils::IteratorType::reduction)
        continue;
      renumber[loop] = builder.getAffineDimExpr(kept.size());
      kept.push_back(expr);
    }
    if (ordered)
      iterators.assign(kept.size(), utils::IteratorType::parallel);
    iteration = kept;
  }

  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  SmallVector<Tile> results;
  bool isClone = plain && !ordered;
  auto readsAt = [&](const Coordinates &index) {
    SmallVector<AffineExpr> exprs;
    for (AffineExpr expr : index) {
      auto found = llvm::find(iteration, expr);
      exprs.push_back(
          isa<AffineConstantExpr>(expr) || found == iteration.end()
              ? builder.getAffineConstantExpr(0)
              : builder.getAffineDimExpr(found - iteration.begin()));
    }
    return AffineMap::get(iteration.size(), 0, exprs, builder.getContext());
  };
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!isa<RankedTensorType>(operand.get().getType())) {
      Value scalar = operand.get();
      if (Operation *def = scalar.getDefiningOp())
        scalar = builder.clone(*def)->getResult(0);
      operands.push_back(scalar);
      maps.push_back(
          AffineMap::get(iteration.size(), 0, {}, builder.getContext()));
      continue;
    }
    Coordinates at;
    for (AffineExpr expr : map.getResults())
      at.push_back(
          simplifyAffineExpr(expr.replaceDims(loops), plan.axes.size(), 0));
    Tile tile;
    if (!carried.empty() && op.isDpsInit(&operand)) {
      tile = {carried[operand.getOperandNumber() - op.getNumDpsInputs()], at};
    } else if (op.isDpsInit(&operand) && !plain) {
      // Nothing is read but its type.
      Type element = getElementTypeOrSelf(operand.get().getType());
      tile = {tensor::EmptyOp::create(
                  builder, loc, getTileType(iteration, element), ValueRange()),
              iteration};
      if (op.payloadUsesValueFromOperand(&operand)) {
        FailureOr<Tile> made = tileValue(operand.get(), at);
        if (failed(made))
          return failure();
        tile = *made;
      }
    } else {
      FailureOr<Tile> made = tileValue(operand.get(), at);
      if (failed(made))
        return failure();
      tile = *made;
    }
    operands.push_back(tile.value);
    // A window of one tap or one position is a sum only by name: the tile is
    // read at one axis.
    bool natural =
        tile.index == at &&
        llvm::all_of(map.getResults(),
                     llvm::IsaPred<AffineDimExpr, AffineConstantExpr>);
    isClone &= natural;
    maps.push_back(plain && natural ? map.replaceDimsAndSymbols(
                                          renumber, {}, iteration.size(), 0)
                                    : readsAt(tile.index));
    if (op.isDpsInit(&operand))
      results.push_back({Value(), tile.index});
  }

  // A loop that stands at one position has no extent where no tile has a
  // dimension of it: it is no dimension of the iteration space.
  llvm::SmallBitVector covered(iteration.size());
  for (AffineMap map : maps)
    for (AffineExpr expr : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        covered.set(dim.getPosition());
  if (!covered.all()) {
    isClone = false;
    Coordinates kept;
    SmallVector<AffineExpr> places;
    SmallVector<utils::IteratorType> kinds;
    for (auto [dim, expr] : llvm::enumerate(iteration)) {
      places.push_back(covered[dim] ? builder.getAffineDimExpr(kept.size())
                                    : builder.getAffineConstantExpr(0));
      if (!covered[dim])
        continue;
      kept.push_back(expr);
      kinds.push_back(iterators[dim]);
    }
    for (AffineMap &map : maps)
      map = map.replaceDimsAndSymbols(places, {}, kept.size(), 0);
    iteration = kept;
    iterators = kinds;
  }

  Operation *tiled;
  if (isClone) {
    IRMapping mapping;
    tiled = builder.clone(*op, mapping);
    tiled->setOperands(operands);
    for (auto [result, init] :
         llvm::zip_equal(tiled->getResults(),
                         ValueRange(operands).take_back(op.getNumDpsInits())))
      result.setType(init.getType());
  } else {
    ValueRange all(operands);
    ValueRange inputs = all.take_front(op.getNumDpsInputs()),
               inits = all.drop_front(op.getNumDpsInputs());
    auto generic = linalg::GenericOp::create(builder, loc, TypeRange(inits),
                                             inputs, inits, maps, iterators);
    IRMapping mapping;
    op->getRegion(0).cloneInto(&generic.getRegion(), mapping);
    tiled = generic;
  }
  if (failed(cloneBody(op, tiled, loops, iteration)))
    return failure();
  if (failed(maskPadding(cast<linalg::LinalgOp>(tiled), iteration)))
    return failure();
  if (isa<LoopScheduleAttr>(schedule) && !ordered &&
      op.getNumReductionLoops() > 0) {
    tiled = splitReduction(cast<linalg::LinalgOp>(tiled), iteration);
    if (!tiled)
      return emitSourceError(op,
                             "not supported: a reduction of several positions "
                             "at a time needs one combiner");
  }
  for (auto [tile, result] : llvm::zip_equal(results, tiled->getResults()))
    tile.value = result;
  return results;
}

/// Scalars and constants of the body come along, and an index counts within
/// the whole tensor.
LogicalResult KernelTiler::cloneBody(linalg::LinalgOp op, Operation *tiled,
                                     const Coordinates &loops,
                                     ArrayRef<AffineExpr> iteration) {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(tiled->getRegions(), captured);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(tiled);
    for (Value value : captured)
      if (Operation *def = value.getDefiningOp();
          def && def->getBlock() == &kernel.getBody().front()) {
        Value copy = builder.clone(*def)->getResult(0);
        replaceAllUsesInRegionWith(value, copy, tiled->getRegion(0));
      }
  }
  bool isClone = ArrayRef<AffineExpr>(loops) == iteration;
  SmallVector<linalg::IndexOp> indices;
  tiled->walk([&](linalg::IndexOp index) { indices.push_back(index); });
  for (linalg::IndexOp index : indices) {
    AffineExpr expr = loops[index.getDim()];
    OpBuilder::InsertionGuard guard(builder);
    if (isClone) {
      auto offset = dyn_cast_if_present<Value>(getOffset(expr));
      if (!offset)
        continue;
      builder.setInsertionPointAfter(index);
      auto sum = arith::AddIOp::create(builder, index.getLoc(), index, offset);
      index->getResult(0).replaceAllUsesExcept(sum, sum);
      continue;
    }
    builder.setInsertionPoint(index);
    SmallVector<OpFoldResult> positions(plan.axes.size(),
                                        builder.getIndexAttr(0));
    for (unsigned axis = 0; axis < plan.axes.size(); ++axis) {
      if (!expr.isFunctionOfDim(axis))
        continue;
      AffineExpr dim = builder.getAffineDimExpr(axis);
      auto found = llvm::find(iteration, dim);
      positions[axis] = getOffset(dim);
      if (found == iteration.end())
        continue;
      Value local = linalg::IndexOp::create(builder, index.getLoc(),
                                            found - iteration.begin());
      positions[axis] = affine::makeComposedFoldedAffineApply(
          builder, index.getLoc(),
          builder.getAffineDimExpr(0) + builder.getAffineDimExpr(1),
          {OpFoldResult(local), positions[axis]});
    }
    Value position = getValueOrCreateConstantIndexOp(
        builder, index.getLoc(),
        affine::makeComposedFoldedAffineApply(
            builder, index.getLoc(), AffineMap::get(plan.axes.size(), 0, expr),
            positions));
    index->getResult(0).replaceAllUsesWith(position);
    index->erase();
  }
  return success();
}

/// The loops of a reduction with the parallel ones in the order of its result.
static SmallVector<unsigned> orderAsResult(linalg::LinalgOp reduction) {
  SmallVector<unsigned> parallel, order;
  reduction.getParallelDims(parallel);
  llvm::SetVector<unsigned> wanted;
  for (AffineExpr expr :
       reduction.getMatchingIndexingMap(reduction.getDpsInitOperand(0))
           .getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      wanted.insert(dim.getPosition());
  wanted.insert(parallel.begin(), parallel.end());
  order = llvm::to_vector(llvm::seq<unsigned>(0, reduction.getNumLoops()));
  for (auto [place, loop] : llvm::zip_equal(parallel, wanted))
    order[place] = loop;
  return order;
}

/// What a reduction combines, as a tile of its own in the layout of its
/// iteration space, and the reduction of that tile; null without one combiner.
/// Dimensions that are kept lie as in the result.
linalg::LinalgOp KernelTiler::splitReduction(linalg::LinalgOp reduction,
                                             const Coordinates &iteration) {
  std::optional<Combiner> combiner = Combiner::match(reduction);
  if (!combiner)
    return nullptr;
  Location loc = reduction.getLoc();
  Block *body = reduction.getBlock();
  int64_t loops = iteration.size();
  AffineMap identity = builder.getMultiDimIdentityMap(loops);
  SmallVector<unsigned> order = orderAsResult(reduction);
  AffineMap ordered = AffineMap::getPermutationMap(order, builder.getContext());
  Coordinates places;
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop : order) {
    places.push_back(iteration[loop]);
    iterators.push_back(reduction.getIteratorTypesArray()[loop]);
  }
  SmallVector<AffineMap> maps = reduction.getIndexingMapsArray();
  SmallVector<AffineMap> resultMaps;
  for (AffineMap map :
       llvm::ArrayRef(maps).take_back(reduction.getNumDpsInits()))
    resultMaps.push_back(map.compose(inversePermutation(ordered)));
  maps.resize(reduction.getNumDpsInputs());
  SmallVector<Value> empties;
  for (Value combined : combiner->getCombined()) {
    RankedTensorType type = getTileType(places, combined.getType());
    empties.push_back(
        tensor::EmptyOp::create(builder, loc, type, ValueRange()));
    maps.push_back(ordered);
  }
  SmallVector<utils::IteratorType> parallel(loops,
                                            utils::IteratorType::parallel);
  size_t numInputs = reduction.getNumDpsInputs();
  auto input = linalg::GenericOp::create(
      builder, loc, TypeRange(ValueRange(empties)), reduction.getDpsInputs(),
      empties, maps, parallel,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(body->getArguments().take_front(numInputs),
                    arguments.take_front(numInputs));
        for (Operation &inner : body->without_terminator())
          if (!combiner->combines(&inner))
            b.clone(inner, mapping);
        linalg::YieldOp::create(
            b, loc, llvm::map_to_vector(combiner->getCombined(), [&](Value v) {
              return mapping.lookupOrDefault(v);
            }));
      });
  // The reduction takes the tile in place of its inputs.
  SmallVector<AffineMap> sumMaps(input->getNumResults(), identity);
  sumMaps.append(resultMaps);
  size_t count = input->getNumResults();
  auto sum = linalg::GenericOp::create(
      builder, loc, reduction->getResultTypes(), input.getResults(),
      reduction.getDpsInits(), sumMaps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(b, loc,
                                combiner->append(b, loc,
                                                 arguments.drop_front(count),
                                                 arguments.take_front(count)));
      });
  reduction->erase();
  return sum;
}

/// Positions beyond the last must not take part in a reduction: what is
/// combined for them is the combiner's neutral element, whatever the body
/// computes before.
LogicalResult KernelTiler::maskPadding(linalg::LinalgOp reduction,
                                       ArrayRef<AffineExpr> iteration) {
  for (auto [dim, kind] : llvm::enumerate(reduction.getIteratorTypesArray())) {
    auto axisExpr = dyn_cast<AffineDimExpr>(iteration[dim]);
    if (kind != utils::IteratorType::reduction || !axisExpr)
      continue;
    unsigned axis = axisExpr.getPosition();
    if (!plan.axes[axis].isPadded())
      continue;
    std::optional<Combiner> combiner = Combiner::match(reduction);
    if (!combiner)
      return emitSourceError(reduction, "not supported: a reduction over ")
             << plan.axes[axis].extent
             << " elements, padded to the tile, must combine each result by "
                "one "
                "operation with a neutral element, or a value and its index";
    Location loc = reduction->getLoc();
    OpBuilder::InsertionGuard guard(builder);
    for (auto [result, combined, neutral] :
         llvm::enumerate(combiner->getCombined(), combiner->getNeutral())) {
      auto isCombining = [&](OpOperand &use) {
        return combiner->combines(use.getOwner(), result);
      };
      Operation *first = nullptr;
      for (OpOperand &use : combined.getUses())
        if (isCombining(use) &&
            (!first || use.getOwner()->isBeforeInBlock(first)))
          first = use.getOwner();
      if (!first)
        continue;
      builder.setInsertionPoint(first);
      Value index = linalg::IndexOp::create(builder, loc, dim);
      if (auto offset = dyn_cast_if_present<Value>(getOffset(axisExpr)))
        index = arith::AddIOp::create(builder, loc, index, offset);
      Value extent =
          arith::ConstantIndexOp::create(builder, loc, plan.axes[axis].extent);
      Value valid = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::ult, index, extent);
      Value filler = arith::ConstantOp::create(builder, loc, neutral);
      Value select =
          arith::SelectOp::create(builder, loc, valid, combined, filler);
      Value(combined).replaceUsesWithIf(select, isCombining);
    }
    ++masked;
  }
  return success();
}
