//===- LoopRules.cpp - Loop schedules by rule -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "SearchSteps.h"

#include "kiln/Analysis/LoopScheduleFit.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// Threads of a block, at most.
static constexpr int64_t kThreads = 256;

namespace {
/// Chooses what lies along each axis of a kernel without a staged contraction.
class LoopRules {
public:
  /// For blocks of up to `threads` threads.
  LoopRules(const KernelSpace &space, ValueRange results, TargetAttr target,
            int64_t threads)
      : space(space), results(results), target(target), threads(threads),
        blocks(space.getBlockAxes(results)) {
    for (int axis : space.getAllAxes())
      if (!isBlock(axis))
        walked.push_back(axis);
  }

  LoopScheduleAttr select(MLIRContext *context);

private:
  struct Along {
    int64_t tile = 1, threads = 1, stride = 1, vector = 1;
  };

  bool isBlock(int axis) const { return llvm::is_contained(blocks, axis); }
  int64_t getExtent(int axis) const { return space.getAxis(axis).extent; }
  int findInnermost() const;
  void selectSplit();
  int64_t spread(int axis, int64_t most, int64_t stride);
  void addRegisters(int innermost);

  const KernelSpace &space;
  ValueRange results;
  TargetAttr target;
  int64_t threads;
  SmallVector<int> blocks, walked;
  /// Walked axes that threads are spread over.
  SmallVector<int> split;
  std::map<int, Along> along;
};
} // namespace

/// The axis along which the largest tensor that the kernel touches lies
/// contiguous in memory: neighbouring lanes belong there.
int LoopRules::findInnermost() const {
  int64_t most = 0;
  int innermost = KernelSpace::kUnit;
  auto consider = [&](ShapedType type, ArrayRef<int> axes) {
    if (!type.hasStaticShape() || type.getNumElements() <= most)
      return;
    for (int axis : llvm::reverse(axes))
      if (axis != KernelSpace::kUnit && getExtent(axis) > 1) {
        most = type.getNumElements();
        innermost = axis;
        return;
      }
  };
  for (Value result : results)
    consider(cast<ShapedType>(result.getType()), space.getAxes(result));
  for (linalg::LinalgOp op : space.getOps()) {
    SmallVector<int> loops = space.getLoopAxes(op);
    for (OpOperand *operand : op.getDpsInputOperands()) {
      auto type = dyn_cast<ShapedType>(operand->get().getType());
      if (!type || space.isAnchored(operand->get()))
        continue;
      SmallVector<int> axes;
      for (AffineExpr expr : op.getMatchingIndexingMap(operand).getResults()) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        axes.push_back(dim ? loops[dim.getPosition()] : KernelSpace::kUnit);
      }
      consider(type, axes);
    }
  }
  return innermost;
}

/// Long axes first. Two axes of one op cannot have the same threads, so that
/// only the longest of them gets any.
void LoopRules::selectSplit() {
  constexpr int64_t kShort = 4;
  llvm::stable_sort(walked,
                    [&](int a, int b) { return getExtent(a) > getExtent(b); });
  auto meet = [&](int a, int b) {
    auto hasBoth = [&](ArrayRef<int> axes) {
      return llvm::is_contained(axes, a) && llvm::is_contained(axes, b);
    };
    return llvm::any_of(results,
                        [&](Value v) { return hasBoth(space.getAxes(v)); }) ||
           llvm::any_of(space.getOps(), [&](linalg::LinalgOp op) {
             return hasBoth(space.getLoopAxes(op));
           });
  };
  for (int axis : walked)
    if (getExtent(axis) >= kShort && canSplit(space, axis) &&
        llvm::none_of(split, [&](int other) { return meet(axis, other); }))
      split.push_back(axis);
}

/// Gives an axis up to `most` threads; returns how many.
int64_t LoopRules::spread(int axis, int64_t most, int64_t stride) {
  Along &here = along[axis];
  here.threads = std::min<int64_t>(most, llvm::PowerOf2Ceil(getExtent(axis)));
  here.stride = stride;
  here.tile = here.threads;
  return here.threads;
}

/// Four values a thread along one axis, where enough tiles are left.
void LoopRules::addRegisters(int innermost) {
  constexpr int64_t kValues = 4;
  for (int axis : split)
    if (getExtent(axis) >= kValues * along[axis].threads)
      along[axis].tile *= kValues;
  if (!split.empty() || innermost == KernelSpace::kUnit || !isBlock(innermost))
    return;
  int64_t tiles = 1;
  for (int axis : blocks)
    tiles *= llvm::divideCeil(getExtent(axis), along[axis].tile);
  if (tiles < 4 * kValues * target.getSms() ||
      getExtent(innermost) % (kValues * along[innermost].threads) != 0)
    return;
  along[innermost].vector = kValues;
  along[innermost].tile *= kValues;
}

LoopScheduleAttr LoopRules::select(MLIRContext *context) {
  constexpr int64_t kLanes = 32;
  int innermost = findInnermost();
  selectSplit();
  for (int axis : space.getAllAxes())
    along[axis];
  // Lanes first along what lies contiguous, then along what the block walks,
  // then along its other axes from the innermost outwards.
  int64_t used = 1;
  bool lanesOnBlock = innermost != KernelSpace::kUnit && isBlock(innermost);
  if (lanesOnBlock)
    used *= spread(innermost, split.empty() ? threads : kLanes, used);
  int64_t widest = 1;
  for (int axis : split)
    widest = std::max(widest, spread(axis, threads / used, used));
  used *= widest;
  for (int axis : llvm::reverse(blocks))
    if (used < threads && !(lanesOnBlock && axis == innermost))
      used *= spread(axis, threads / used, used);
  addRegisters(innermost);

  SmallVector<int64_t> tile, vector;
  SmallVector<Mode> modes;
  for (int axis : space.getAllAxes()) {
    const Along &here = along[axis];
    tile.push_back(here.tile);
    vector.push_back(here.vector);
    modes.push_back(Mode({{here.threads, here.stride}}));
  }
  return LoopScheduleAttr::get(context, tile, modes, vector,
                               std::max<int64_t>(used, kLanes));
}

FailureOr<LoopScheduleAttr>
kiln::selectLoopSchedule(const KernelSpace &space, ValueRange results,
                         TargetAttr target, MLIRContext *context,
                         function_ref<InFlightDiagnostic()> emitError) {
  LoopScheduleAttr schedule =
      LoopRules(space, results, target, kThreads).select(context);
  // The rules' choice fits but for launches of too many blocks.
  KernelSchedule found = searchFitting(
      schedule,
      [&](KernelSchedule from) {
        return getLoopNeighbours(cast<LoopScheduleAttr>(from), space);
      },
      [&](KernelSchedule candidate, auto emit) {
        return checkLoopScheduleFits(cast<LoopScheduleAttr>(candidate), target,
                                     space, results, emit);
      },
      [&](KernelSchedule candidate) -> uint64_t {
        uint64_t tiles = 1;
        for (auto [place, axis] : llvm::enumerate(space.getAllAxes()))
          tiles = llvm::SaturatingMultiply<uint64_t>(
              tiles, llvm::divideCeil(
                         space.getAxis(axis).extent,
                         cast<LoopScheduleAttr>(candidate).getTile()[place]));
        return std::min(tiles, UINT64_MAX - 1);
      },
      emitError);
  if (!found)
    return failure();
  return cast<LoopScheduleAttr>(found);
}

LoopScheduleAttr kiln::selectLoopBaseline(const KernelSpace &space,
                                          ValueRange results, TargetAttr target,
                                          MLIRContext *context) {
  LoopScheduleAttr schedule =
      LoopRules(space, results, target, /*threads=*/128).select(context);
  bool refused = false;
  auto refuse = [&] {
    refused = true;
    return InFlightDiagnostic();
  };
  bool fits = succeeded(
      checkLoopScheduleFits(schedule, target, space, results, refuse));
  return fits && !refused ? schedule : LoopScheduleAttr();
}
