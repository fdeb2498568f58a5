//===- LoopScheduleFit.cpp - Does a loop schedule fit a kernel? -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/LoopScheduleFit.h"

#include "Refusal.h"

#include "kiln/Analysis/Combiner.h"
#include "kiln/Analysis/SharedPlacement.h"
#include "kiln/Analysis/TilePlan.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

bool kiln::canSplit(const KernelSpace &space, int axis) {
  for (linalg::LinalgOp op : space.getOps()) {
    bool reduces = false;
    for (auto [loop, kind] :
         llvm::zip_equal(space.getLoopAxes(op), op.getIteratorTypesArray()))
      reduces |= loop == axis && kind == utils::IteratorType::reduction;
    if (!reduces)
      continue;
    // A value and its index are combined by what the whole body does, which a
    // split would have to keep: they run in order.
    if (op->getNumResults() != 1 || !Combiner::match(op))
      return false;
  }
  return true;
}

/// Threads and registers of a tile over `axes`, which are walked at one time.
static LogicalResult checkTile(LoopScheduleAttr schedule,
                               const KernelSpace &space, ArrayRef<int> axes,
                               function_ref<InFlightDiagnostic()> emitError) {
  SmallVector<int> all = space.getAllAxes();
  int64_t values = 1;
  uint64_t threads = 0;
  for (int axis : axes) {
    if (axis == KernelSpace::kUnit)
      continue;
    int64_t place = llvm::find(all, axis) - all.begin();
    Mode::Part part = schedule.getThreadsOf(place);
    values *= schedule.getTile()[place] / part.size;
    uint64_t bits = uint64_t(part.size - 1) * part.stride;
    if (threads & bits)
      return emitError() << "axis " << place << " has threads " << part.size
                         << ":" << part.stride
                         << " that another axis of the same op has";
    threads |= bits;
  }
  if (values > kMostLoopValues)
    return emitError() << "a thread has " << values
                       << " values of a tile, at most " << kMostLoopValues
                       << " are supported";
  return success();
}

/// The shared memory in which warps exchange what they have of a reduction's
/// results. Ops that do not fit beside one another use it one after the other
/// (kiln-allocate-scratch), so each is looked at alone.
static LogicalResult
checkScratch(LoopScheduleAttr schedule, TargetAttr target,
             const KernelSpace &space, linalg::LinalgOp op,
             function_ref<InFlightDiagnostic()> emitError) {
  SmallVector<unsigned> reduced;
  op.getReductionDims(reduced);
  SmallVector<int64_t> dims(reduced.begin(), reduced.end());
  LayoutAttr input = getLoopLayout(schedule, space, space.getLoopAxes(op));
  LayoutAttr output = getReducedLayout(input, dims, /*halving=*/false);
  SmallVector<SharedBuffer> buffers;
  for (Value init : op.getDpsInits())
    buffers.push_back({getReductionScratchBytes(
        input, output, dims, getElementTypeOrSelf(init.getType()))});
  int64_t bytes = placeSharedBuffers(buffers).bytes;
  if (bytes > target.getSharedPerBlock())
    return emitError() << "the warps of a block exchange " << bytes
                       << " bytes of a reduction's results in shared memory, "
                       << target.getName() << " has "
                       << target.getSharedPerBlock()
                       << " a block; take smaller tiles along what the results "
                          "keep, or fewer threads along what is reduced";
  return success();
}

static LogicalResult checkFits(LoopScheduleAttr schedule, TargetAttr target,
                               const KernelSpace &space, ValueRange results,
                               function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<TilePlan> plan = getTilePlan(schedule, space, results, emitError);
  if (failed(plan))
    return failure();
  if (schedule.getBlock() > target.getThreadsPerBlock())
    return emitError() << "block = " << schedule.getBlock() << " threads, "
                       << target.getName() << " allows "
                       << target.getThreadsPerBlock();
  uint64_t tiles = 1;
  for (int axis : plan->blocks)
    tiles = llvm::SaturatingMultiply<uint64_t>(
        tiles,
        llvm::divideCeil(plan->axes[axis].extent, plan->axes[axis].tile));
  if (tiles > uint64_t(INT32_MAX))
    return emitError() << "the tiles make " << tiles
                       << " blocks, a launch has at most " << INT32_MAX;
  for (auto [place, axis] : llvm::enumerate(space.getAllAxes()))
    if (plan->axes[axis].kind == AxisTile::Kind::Walked &&
        plan->axes[axis].tile > 1 && !canSplit(space, axis))
      return emitError() << "tile " << plan->axes[axis].tile << " of axis "
                         << place
                         << ": a reduction over it has no combiner with a "
                            "neutral element and runs a position at a time";
  for (linalg::LinalgOp op : space.getOps())
    if (failed(checkTile(schedule, space, space.getLoopAxes(op), emitError)) ||
        failed(checkScratch(schedule, target, space, op, emitError)))
      return failure();
  for (Value result : results)
    if (failed(checkTile(schedule, space, space.getAxes(result), emitError)))
      return failure();
  return success();
}

LogicalResult
kiln::checkLoopScheduleFits(LoopScheduleAttr schedule, TargetAttr target,
                            const KernelSpace &space, ValueRange results,
                            function_ref<InFlightDiagnostic()> emitError) {
  return failIfRefused(emitError, [&](auto refuse) {
    return checkFits(schedule, target, space, results, refuse);
  });
}
