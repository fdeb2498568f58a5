//===- TileToBlocks.cpp - The tiles of a block ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Tiling/Passes.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"

namespace kiln {
#define GEN_PASS_DEF_TILETOBLOCKS
#include "kiln/Tiling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Axes that `op` reduces in loops of the block.
SmallVector<int> KernelTiler::getWalkedAxes(linalg::LinalgOp op) const {
  SmallVector<int> walked;
  if (staged && op == staged->op)
    return walked; // its chunks are walked later
  for (auto [axis, kind] :
       llvm::zip_equal(space.getLoopAxes(op), op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction && axis != KernelSpace::kUnit &&
        plan.axes[axis].kind == AxisTile::Kind::Walked)
      walked.push_back(axis);
  llvm::sort(walked);
  return walked;
}

/// The coordinates of a value on the axes that are its own.
KernelTiler::Coordinates KernelTiler::getCoordinates(Value result) {
  Coordinates at;
  for (int axis : space.getAxes(result))
    at.push_back(axis == KernelSpace::kUnit ? builder.getAffineConstantExpr(0)
                                            : builder.getAffineDimExpr(axis));
  return at;
}

/// The ops that `values` are computed by.
static llvm::SetVector<Operation *> getSlice(ValueRange values) {
  llvm::SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = true;
  for (Value value : values)
    if (Operation *op = value.getDefiningOp())
      (void)getBackwardSlice(op, &slice, options);
  return slice;
}

/// Reductions that `values` need and whose tiles are the same all along loops
/// over `walked`, but are not there yet; in the order of the kernel.
SmallVector<linalg::LinalgOp>
KernelTiler::findReductions(ValueRange values, ArrayRef<int> walked) {
  llvm::SetVector<Operation *> slice = getSlice(values);
  auto isFixed = [&](int axis) {
    return axis == KernelSpace::kUnit ||
           (offsetOf[axis] && !llvm::is_contained(walked, axis));
  };
  SmallVector<linalg::LinalgOp> found;
  for (linalg::LinalgOp op : space.getOps())
    if (slice.contains(op) && !getWalkedAxes(op).empty() &&
        llvm::all_of(op->getResults(), [&](Value result) {
          return llvm::all_of(space.getAxes(result), isFixed) &&
                 !tileSlot(result, getCoordinates(result)).value;
        }))
      found.push_back(op);
  return found;
}

LogicalResult KernelTiler::tileReductionsOf(ValueRange values,
                                            ArrayRef<int> walked) {
  // One pass may bring several of them.
  for (linalg::LinalgOp op : findReductions(values, walked))
    if (failed(tileValue(op->getResult(0), getCoordinates(op->getResult(0)))))
      return failure();
  return success();
}

/// `op` and the reductions that go along with it in one pass over the same
/// axes: a value that several of them read is computed once.
SmallVector<linalg::LinalgOp>
KernelTiler::findJointReductions(linalg::LinalgOp op) {
  SmallVector<int> axes = getWalkedAxes(op);
  auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
  SmallVector<linalg::LinalgOp> joint;
  for (linalg::LinalgOp other : findReductions(yield.getValues(), axes))
    // What other reductions it needs has been found before.
    if (getWalkedAxes(other) == axes &&
        (other == op || findReductions(other->getOperands(), axes).empty()))
      joint.push_back(other);
  return joint;
}

/// A nest of loops over the tiles of `axes`, outermost first, that carries
/// `inits`; where the tile stands is known to `body`, which computes what needs
/// the values `needed`. Reductions among them that are the same for all
/// iterations come before the loop.
void KernelTiler::walk(
    ArrayRef<int> axes, ValueRange needed, ValueRange inits,
    function_ref<FailureOr<SmallVector<Value>>(ValueRange)> body,
    SmallVectorImpl<Value> &results, bool &failedBody) {
  if (axes.empty()) {
    FailureOr<SmallVector<Value>> made = body(inits);
    failedBody = failed(made);
    if (!failedBody)
      results.assign(made->begin(), made->end());
    return;
  }
  failedBody = failed(tileReductionsOf(needed, axes));
  if (failedBody)
    return;
  Location loc = kernel.getLoc();
  int axis = axes.front();
  const AxisTile &tile = plan.axes[axis];
  if (tile.tile >= tile.extent) {
    // One tile: no loop, and what is made of it may be used again.
    OpFoldResult offset = offsetOf[axis];
    offsetOf[axis] = builder.getIndexAttr(0);
    walk(axes.drop_front(), needed, inits, body, results, failedBody);
    offsetOf[axis] = offset;
    return;
  }
  auto index = [&](int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value).getResult();
  };
  Value begin = index(0), end = index(tile.extent), step = index(tile.tile);
  auto loop = scf::ForOp::create(builder, loc, begin, end, step, inits);
  // Tiles that are made in the loop stay there, and those of a loop around it
  // over the same axis stand elsewhere.
  auto outside = tileOf;
  std::erase_if(tileOf, [&](const auto &entry) {
    return llvm::any_of(entry.first.second, [&](const void *expr) {
      return AffineExpr::getFromOpaquePointer(expr).isFunctionOfDim(axis);
    });
  });
  OpFoldResult offset = offsetOf[axis];
  {
    OpBuilder::InsertionGuard guard(builder);
    if (inits.empty())
      builder.setInsertionPoint(loop.getBody()->getTerminator());
    else
      builder.setInsertionPointToEnd(loop.getBody());
    offsetOf[axis] = loop.getInductionVar();
    SmallVector<Value> inner;
    walk(axes.drop_front(), needed, loop.getRegionIterArgs(), body, inner,
         failedBody);
    if (!inits.empty() && !failedBody)
      scf::YieldOp::create(builder, loc, inner);
  }
  offsetOf[axis] = offset;
  tileOf = std::move(outside);
  results.assign(loop.getResults().begin(), loop.getResults().end());
}

/// One pass over the axes that `op` and what goes along with it reduce.
LogicalResult KernelTiler::tileReductions(linalg::LinalgOp op) {
  SmallVector<int> axes = getWalkedAxes(op);
  if (failed(tileReductionsOf(op->getOperands(), axes)))
    return failure();
  // They may have brought it along.
  if (tileSlot(op->getResult(0), getCoordinates(op->getResult(0))).value)
    return success();
  SmallVector<linalg::LinalgOp> reductions = findJointReductions(op);
  SmallVector<Value> inits, needed;
  for (linalg::LinalgOp reduction : reductions) {
    llvm::append_range(needed, reduction.getDpsInputs());
    for (OpOperand &init : reduction.getDpsInitsMutable()) {
      FailureOr<Tile> tile = tileValue(
          init.get(), getCoordinates(reduction.getTiedOpResult(&init)));
      if (failed(tile))
        return failure();
      inits.push_back(tile->value);
    }
  }
  auto body = [&](ValueRange carried) -> FailureOr<SmallVector<Value>> {
    SmallVector<Value> partials;
    for (linalg::LinalgOp reduction : reductions) {
      Coordinates loops;
      for (int axis : space.getLoopAxes(reduction))
        loops.push_back(axis == KernelSpace::kUnit
                            ? builder.getAffineConstantExpr(0)
                            : builder.getAffineDimExpr(axis));
      int64_t count = reduction.getNumDpsInits();
      FailureOr<SmallVector<Tile>> tiles =
          emitOp(reduction, loops, carried.take_front(count));
      if (failed(tiles))
        return failure();
      carried = carried.drop_front(count);
      for (const Tile &tile : *tiles)
        partials.push_back(tile.value);
    }
    return partials;
  };
  SmallVector<Value> totals;
  bool failedBody = false;
  walk(axes, needed, inits, body, totals, failedBody);
  if (failedBody)
    return failure();
  auto total = totals.begin();
  for (linalg::LinalgOp reduction : reductions)
    for (Value result : reduction->getResults()) {
      Coordinates at = getCoordinates(result);
      tileSlot(result, at) = {*total++, at};
    }
  return success();
}

/// Tiles are numbered along the axes of the plan.
scf::ForallOp KernelTiler::createBlocks() {
  Location loc = kernel.getLoc();
  SmallVector<OpFoldResult> counts;
  for (int axis : plan.blocks)
    counts.push_back(builder.getIndexAttr(
        llvm::divideCeil(plan.axes[axis].extent, plan.axes[axis].tile)));
  if (counts.empty())
    counts.push_back(builder.getIndexAttr(1));
  auto forall =
      scf::ForallOp::create(builder, loc, counts, ValueRange{}, std::nullopt);
  builder.setInsertionPoint(forall.getTerminator());
  for (auto [number, axis] :
       llvm::zip(forall.getInductionVars(), plan.blocks)) {
    int64_t tile = plan.axes[axis].tile;
    AffineExpr d0 = builder.getAffineDimExpr(0);
    offsetOf[axis] = tile == 1
                         ? number
                         : affine::AffineApplyOp::create(
                               builder, loc, AffineMap::get(1, 0, d0 * tile),
                               ValueRange{number})
                               .getResult();
  }
  return forall;
}

LogicalResult KernelTiler::storeTile(Value result, Value memory) {
  Coordinates at = getCoordinates(result);
  SmallVector<OpFoldResult> offsets;
  SmallVector<bool> inBounds;
  for (auto [axis, coordinate] : llvm::zip_equal(space.getAxes(result), at)) {
    offsets.push_back(getOffset(coordinate));
    inBounds.push_back(axis == KernelSpace::kUnit ||
                       !plan.axes[axis].isPadded());
  }
  FailureOr<Tile> tile = tileValue(result, at);
  if (failed(tile))
    return failure();
  if (tile->index != at)
    tile = broadcastTile(*tile, at);
  Location loc = kernel.getLoc();
  StoreTileOp::create(builder, loc, tile->value, memory,
                      getValueOrCreateConstantIndexOp(builder, loc, offsets),
                      inBounds);
  return success();
}

/// A result is stored in loops over the axes that the block walks.
LogicalResult KernelTiler::storeResult(Value result, Value memory) {
  SmallVector<int> unbound;
  for (int axis : space.getAxes(result))
    if (axis != KernelSpace::kUnit && !offsetOf[axis])
      unbound.push_back(axis);
  SmallVector<Value> none;
  bool failedBody = false;
  walk(
      unbound, result, ValueRange{},
      [&](ValueRange) -> FailureOr<SmallVector<Value>> {
        if (failed(storeTile(result, memory)))
          return failure();
        return SmallVector<Value>();
      },
      none, failedBody);
  return failure(failedBody);
}

LogicalResult KernelTiler::run(int64_t &numMasked) {
  Block &body = kernel.getBody().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  SmallVector<Value> results(yield.getValues());
  builder.setInsertionPointToStart(&body);
  SmallVector<Value> memory;
  for (auto [index, result] : llvm::enumerate(results)) {
    auto type = cast<RankedTensorType>(result.getType());
    memory.push_back(OutputOp::create(
        builder, kernel.getLoc(),
        MemRefType::get(type.getShape(), type.getElementType()), index));
  }
  builder.setInsertionPoint(yield);
  scf::ForallOp forall = createBlocks();
  for (auto [result, out] : llvm::zip_equal(results, memory))
    if (failed(storeResult(result, out)))
      return failure();
  yield->setOperands({});
  // The whole-tensor ops are dead now.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (&op != yield && &op != forall && isOpTriviallyDead(&op))
      op.erase();
  if (isa<LoopScheduleAttr>(schedule)) {
    // Two axes over one argument, each in one tile, read the same.
    IRRewriter rewriter(builder.getContext());
    DominanceInfo dominance;
    eliminateCommonSubExpressions(rewriter, dominance, kernel);
  }
  numMasked += masked;
  return success();
}

namespace {
struct TileToBlocks : public kiln::impl::TileToBlocksBase<TileToBlocks> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      return failed(tile(kernel)) ? WalkResult::interrupt()
                                  : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult tile(KernelOp kernel) {
    KernelSchedule schedule = kernel.getScheduleAttr();
    if (!schedule)
      return kernel.emitOpError("needs a schedule");
    Block &body = kernel.getBody().front();
    auto yield = cast<YieldOp>(body.getTerminator());
    FailureOr<KernelSpace> space =
        KernelSpace::analyze(body, yield.getValues(),
                             /*aroundContraction=*/isa<ScheduleAttr>(schedule));
    if (failed(space))
      return failure();
    FailureOr<TilePlan> plan =
        getTilePlan(schedule, *space, yield.getValues(),
                    [&] { return kernel.emitOpError(); });
    if (failed(plan))
      return failure();
    int64_t masked = 0;
    if (failed(KernelTiler(kernel, *space, *plan).run(masked)))
      return failure();
    ++numTiled;
    numMasked += masked;
    return success();
  }
};
} // namespace
