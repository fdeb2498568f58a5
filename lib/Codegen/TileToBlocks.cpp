//===- TileToBlocks.cpp - The tiles of a block ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Codegen/Passes.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace kiln {
#define GEN_PASS_DEF_TILETOBLOCKS
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Axes that a reduction sums along and where the tile does not stand yet.
SmallVector<int> KernelTiler::getUnboundAxes(linalg::LinalgOp op) {
  SmallVector<int> unbound;
  for (auto [axis, kind] : llvm::zip_equal(space.getLoopAxes(op),
                                           op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction && axis != KernelSpace::kUnit &&
        !offsetOf[axis])
      unbound.push_back(axis);
  return unbound;
}

/// `op` and the reductions that go along with it in one pass over the same
/// axes: a value that several of them read is computed once.
SmallVector<linalg::LinalgOp>
KernelTiler::findJointReductions(linalg::LinalgOp op) {
  SmallVector<int> axes = getUnboundAxes(op);
  llvm::sort(axes);
  auto dependsOn = [](Operation *user, Operation *producer) {
    llvm::SetVector<Operation *> slice;
    BackwardSliceOptions options;
    options.omitBlockArguments = true;
    (void)getBackwardSlice(user, &slice, options);
    return slice.contains(producer);
  };
  auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
  SmallVector<linalg::LinalgOp> joint;
  for (linalg::LinalgOp other : space.getOps()) {
    if (other == op) {
      joint.push_back(other);
      continue;
    }
    if (other.getNumReductionLoops() == 0 ||
        (staged && other == staged->op))
      continue;
    SmallVector<int> otherAxes = getUnboundAxes(other);
    llvm::sort(otherAxes);
    auto isBound = [&](int axis) {
      return axis == KernelSpace::kUnit || offsetOf[axis];
    };
    if (otherAxes == axes && dependsOn(yield, other) &&
        llvm::all_of(space.getAxes(other->getResult(0)), isBound) &&
        llvm::none_of(space.getOps(), [&](linalg::LinalgOp third) {
          return third != other && (third == op || llvm::is_contained(joint, third)) &&
                 (dependsOn(third, other) || dependsOn(other, third));
        }))
      joint.push_back(other);
  }
  return joint;
}

/// A nest of loops over the tiles of `axes`, outermost first, that carries
/// `inits`; where the tile stands is known to `body`.
void KernelTiler::walk(
    ArrayRef<int> axes, ValueRange inits,
    function_ref<FailureOr<SmallVector<Value>>(ValueRange)> body,
    SmallVectorImpl<Value> &results, bool &failedBody) {
  if (axes.empty()) {
    FailureOr<SmallVector<Value>> made = body(inits);
    failedBody = failed(made);
    if (!failedBody)
      results.assign(made->begin(), made->end());
    return;
  }
  Location loc = kernel.getLoc();
  int axis = axes.front();
  const AxisTile &tile = plan.axes[axis];
  auto index = [&](int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value).getResult();
  };
  Value begin = index(0), end = index(tile.extent), step = index(tile.tile);
  auto loop = scf::ForOp::create(builder, loc, begin, end, step, inits);
  // Tiles that are made in the loop stay there.
  auto outside = tileOf;
  {
    OpBuilder::InsertionGuard guard(builder);
    if (inits.empty())
      builder.setInsertionPoint(loop.getBody()->getTerminator());
    else
      builder.setInsertionPointToEnd(loop.getBody());
    offsetOf[axis] = loop.getInductionVar();
    SmallVector<Value> inner;
    walk(axes.drop_front(), loop.getRegionIterArgs(), body, inner, failedBody);
    if (!inits.empty() && !failedBody)
      scf::YieldOp::create(builder, loc, inner);
    offsetOf[axis] = OpFoldResult();
  }
  tileOf = std::move(outside);
  results.assign(loop.getResults().begin(), loop.getResults().end());
}

/// Makes the reductions that `value` depends on and whose positions the tile
/// stands at already, before a loop in which they would be made again.
LogicalResult KernelTiler::hoistReductions(Value value) {
  llvm::SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  if (failed(getBackwardSlice(value, &slice, options)))
    return kernel.emitOpError("not supported: a result of unknown origin");
  for (linalg::LinalgOp op : space.getOps()) {
    if (!slice.contains(op) || op == value.getDefiningOp() ||
        op.getNumReductionLoops() == 0 ||
        (staged && op == staged->op) || getUnboundAxes(op).empty())
      continue;
    auto isBound = [&](int axis) {
      return axis == KernelSpace::kUnit || offsetOf[axis];
    };
    Value result = op->getResult(0);
    if (llvm::all_of(space.getAxes(result), isBound) &&
        failed(tileValue(result, getCoordinates(result))))
      return failure();
  }
  return success();
}

KernelTiler::Coordinates KernelTiler::getCoordinates(Value value) {
  Coordinates at;
  for (int axis : space.getAxes(value))
    at.push_back(axis == KernelSpace::kUnit ? builder.getAffineConstantExpr(0)
                                            : builder.getAffineDimExpr(axis));
  return at;
}

/// One pass over the axes that `op` and what goes along with it reduce.
LogicalResult KernelTiler::tileReductions(linalg::LinalgOp op) {
  if (failed(hoistReductions(op->getResult(0))))
    return failure();
  SmallVector<linalg::LinalgOp> reductions = findJointReductions(op);
  SmallVector<Value> inits;
  for (linalg::LinalgOp reduction : reductions)
    for (OpOperand &init : reduction.getDpsInitsMutable()) {
      FailureOr<Tile> tile = tileValue(
          init.get(), getCoordinates(reduction.getTiedOpResult(&init)));
      if (failed(tile))
        return failure();
      inits.push_back(tile->value);
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
  walk(getUnboundAxes(op), inits, body, totals, failedBody);
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
    offsetOf[axis] =
        tile == 1 ? number
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
  for (auto [expr, axis] : llvm::zip_equal(at, space.getAxes(result))) {
    offsets.push_back(getOffset(expr));
    inBounds.push_back(axis == KernelSpace::kUnit ||
                       !plan.axes[axis].isPadded());
  }
  FailureOr<Tile> tile = tileValue(result, at);
  if (failed(tile))
    return failure();
  if (tile->index != at)
    return kernel.emitOpError("not supported: a result that is one value "
                              "broadcast");
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
  if (!unbound.empty() && failed(hoistReductions(result)))
    return failure();
  SmallVector<Value> none;
  bool failedBody = false;
  walk(
      unbound, ValueRange{},
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
  numMasked += masked;
  return success();
}

namespace {
struct TileToBlocks : public kiln::impl::TileToBlocksBase<TileToBlocks> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() != "compute")
        return WalkResult::advance();
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
        KernelSpace::analyze(body, yield.getValues());
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
