//===- LoopRules.cpp - Loop schedules by rule -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "SearchSteps.h"

#include "kiln/Analysis/LoopScheduleFit.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// Threads of a block, at most.
static constexpr int64_t kThreads = 256;
/// Bytes of the widest load and store.
static constexpr int64_t kWordBytes = 16;
/// Values that a thread holds between two passes over them, at most.
static constexpr int64_t kMostHeld = 64;
static constexpr int64_t kLanes = 32;
/// Loads that a thread has in flight, where there are as many.
static constexpr int64_t kLoads = 4;

namespace {
/// Chooses what lies along each axis of a kernel without a staged contraction.
class LoopRules {
public:
  /// For blocks of up to `threads` threads.
  LoopRules(const KernelSpace &space, ValueRange results, TargetAttr target,
            int64_t threads)
      : space(space), results(results), target(target), threads(threads),
        blocks(space.getBlockAxes(results)) {
    for (int axis : space.getAllAxes()) {
      along[axis];
      if (!isBlock(axis))
        walked.push_back(axis);
    }
  }

  LoopScheduleAttr select(MLIRContext *context);

private:
  struct Along {
    int64_t threads = 1, stride = 1, vector = 1;
    /// Vectors of a thread.
    int64_t count = 1;

    int64_t getValues() const { return vector * count; }
    int64_t getTile() const { return threads * getValues(); }
  };
  /// Taps along an axis of the results: neighbouring positions of it read the
  /// same elements.
  struct Window {
    int taps, positions; ///< axes
    bool overlaps;
  };

  bool isBlock(int axis) const { return llvm::is_contained(blocks, axis); }
  bool isSplit(int axis) const { return llvm::is_contained(split, axis); }
  bool isWindow(int axis) const {
    return llvm::any_of(windows,
                        [&](const Window &w) { return w.taps == axis; });
  }
  int64_t getExtent(int axis) const { return space.getAxis(axis).extent; }
  /// Positions along an axis, in vectors.
  int64_t getVectors(int axis) {
    return llvm::divideCeil(getExtent(axis), along[axis].vector);
  }
  int64_t getPositions() const;
  bool areEnough(int64_t values) const;
  void readOperands();
  int readCoordinate(AffineExpr expr, ArrayRef<int> loops);
  void selectSplit();
  void selectVector();
  void selectRegisters();
  int64_t spread(int axis, int64_t most, int64_t least, int64_t stride);
  int64_t spreadSplit(int64_t used);
  void spreadThreads();

  const KernelSpace &space;
  ValueRange results;
  TargetAttr target;
  int64_t threads;
  SmallVector<int> blocks, walked;
  /// The axis along which the largest tensor that the kernel touches lies
  /// contiguous in memory, and the bytes of its elements: neighbouring lanes
  /// belong there.
  int innermost = KernelSpace::kUnit;
  int64_t elementBytes = 4, largest = 0;
  SmallVector<Window> windows;
  /// Walked axes that threads are spread over.
  SmallVector<int> split;
  std::map<int, Along> along;
  int64_t used = 1;
};
} // namespace

/// Of the results, on all axes that blocks lie along and the longest that
/// threads walk.
int64_t LoopRules::getPositions() const {
  int64_t positions = 1, longest = 1;
  for (int axis : blocks)
    positions *= getExtent(axis);
  for (int axis : split)
    longest = std::max(longest, getExtent(axis));
  return llvm::SaturatingMultiply<uint64_t>(positions, longest);
}

/// Whether the card is full with so many values a thread.
bool LoopRules::areEnough(int64_t values) const {
  constexpr int64_t kBlocks = 2; // of each multiprocessor
  return getPositions() >= values * threads * kBlocks * target.getSms();
}

/// What the kernel touches, and through which windows.
void LoopRules::readOperands() {
  auto consider = [&](Value value, ArrayRef<int> axes) {
    auto type = cast<ShapedType>(value.getType());
    if (!type.hasStaticShape() || type.getNumElements() <= largest)
      return;
    for (int axis : llvm::reverse(axes))
      if (axis != KernelSpace::kUnit && getExtent(axis) > 1) {
        largest = type.getNumElements();
        innermost = axis;
        elementBytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
        return;
      }
  };
  for (Value result : results)
    consider(result, space.getAxes(result));
  for (linalg::LinalgOp op : space.getOps()) {
    SmallVector<int> loops = space.getLoopAxes(op);
    for (OpOperand *operand : op.getDpsInputOperands()) {
      if (!isa<ShapedType>(operand->get().getType()) ||
          space.isAnchored(operand->get()))
        continue;
      SmallVector<int> axes;
      for (AffineExpr expr : op.getMatchingIndexingMap(operand).getResults())
        axes.push_back(readCoordinate(expr, loops));
      consider(operand->get(), axes);
    }
  }
}

/// The axis that a coordinate of an operand moves along. Of a window it is that
/// of the results, and the window is noted.
int LoopRules::readCoordinate(AffineExpr expr, ArrayRef<int> loops) {
  SmallVector<int64_t> factors;
  if (failed(getFlattenedAffineExpr(expr, loops.size(), 0, &factors)) ||
      factors.size() != loops.size() + 1)
    return KernelSpace::kUnit; // no sum of multiples
  int found = KernelSpace::kUnit;
  int64_t step = 0;
  for (auto [axis, factor] : llvm::zip(loops, factors))
    if (factor != 0 && axis != KernelSpace::kUnit &&
        (found == KernelSpace::kUnit || isBlock(axis))) {
      found = axis;
      step = std::abs(factor);
    }
  for (auto [axis, factor] : llvm::zip(loops, factors))
    if (factor != 0 && axis != KernelSpace::kUnit && axis != found &&
        isBlock(found) && !isBlock(axis) && !isWindow(axis))
      windows.push_back(
          {axis, found, step < getExtent(axis) * std::abs(factor)});
  return found;
}

/// Long axes first. Two axes of one op cannot have the same threads, so that
/// only the longest of them gets any. Where the results keep all threads busy,
/// each walks the taps of its windows alone, and all else that is read once and
/// does not lie contiguous.
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
  int64_t numReductions =
      llvm::count_if(space.getOps(), [](linalg::LinalgOp op) {
        return op.getNumReductionLoops() > 0;
      });
  auto isLeft = [&](int axis) {
    return areEnough(1) &&
           (isWindow(axis) || (numReductions == 1 && axis != innermost));
  };
  for (int axis : walked)
    if (getExtent(axis) >= kShort && canSplit(space, axis) && !isLeft(axis) &&
        llvm::none_of(split, [&](int other) { return meet(axis, other); }))
      split.push_back(axis);
}

/// As many neighbours a thread as one load takes, where the innermost axis is a
/// multiple of them and the card stays full.
void LoopRules::selectVector() {
  if (innermost == KernelSpace::kUnit ||
      !(isBlock(innermost) || isSplit(innermost)))
    return;
  int64_t vector = 1, extent = getExtent(innermost);
  // A row that a warp has to walk anyway keeps its lanes.
  auto isFull = [&](int64_t values) {
    return areEnough(values) ||
           (isSplit(innermost) && extent >= kLanes * values);
  };
  while (2 * vector * elementBytes <= kWordBytes &&
         extent % (2 * vector) == 0 && isFull(2 * vector))
    vector *= 2;
  along[innermost].vector = vector;
  // Other axes that are walked over the same tensor.
  if (isSplit(innermost))
    for (int axis : split)
      if (getExtent(axis) == getExtent(innermost))
        along[axis].vector = vector;
}

/// Taps become registers, the innermost first, as far as a thread has room:
/// each element of a window is then loaded once. A thread has several rows of
/// the results where their windows overlap.
void LoopRules::selectRegisters() {
  if (!split.empty())
    return;
  int64_t values = along[innermost].getValues();
  // Without vectors more rows.
  constexpr int64_t kFew = 8;
  const int64_t most = values == 1 ? kLoads : 2;
  auto fits = [&](int64_t more) { return values * more <= kMostLoopValues; };
  SmallVector<Window> inRegisters;
  for (const Window &window : llvm::reverse(windows)) {
    int64_t taps = llvm::PowerOf2Ceil(getExtent(window.taps));
    if (!canSplit(space, window.taps) || !fits(taps))
      continue;
    values *= taps;
    along[window.taps].count = taps;
    inRegisters.push_back(window);
  }
  for (const Window &window : inRegisters)
    if (Along &rows = along[window.positions];
        window.overlaps && window.positions != innermost &&
        rows.getValues() == 1 && fits(most) &&
        (getExtent(window.positions) % most == 0 ||
         getExtent(window.positions) > kFew * most) &&
        areEnough(most * along[innermost].getValues())) {
      rows.vector = most;
      values *= most;
      break;
    }
  // Loads in flight along what is left.
  if (values == 1 && innermost != KernelSpace::kUnit && isBlock(innermost) &&
      areEnough(kLoads))
    values = along[innermost].count = kLoads;
  for (int axis : walked)
    while (!isWindow(axis) && canSplit(space, axis) &&
           along[axis].count < kLoads && values * 2 <= kMostHeld &&
           getExtent(axis) >= 2 * along[axis].count) {
      along[axis].count *= 2;
      values *= 2;
    }
}

/// Gives an axis up to `most` threads and at least `least`, so that few lie
/// beyond its end; returns how many.
int64_t LoopRules::spread(int axis, int64_t most, int64_t least,
                          int64_t stride) {
  // Lanes that idle cost less than lanes that lie apart in memory.
  double full = axis == innermost ? 0.85 : 0.95;
  int64_t vectors = getVectors(axis);
  auto getFill = [&](int64_t count) {
    return double(vectors) / llvm::alignTo(vectors, count);
  };
  int64_t count = std::min<int64_t>(most, llvm::PowerOf2Ceil(vectors));
  int64_t best = count;
  for (; count >= least && getFill(best) < full; count /= 2)
    if (getFill(count) > getFill(best))
      best = count;
  Along &here = along[axis];
  here.threads = best;
  here.stride = stride;
  return best;
}

/// Threads along what the block walks: as few as leave a thread several loads
/// in flight, where rows are enough; returns how many. What a thread has room
/// for is held, so that memory is read once.
int64_t LoopRules::spreadSplit(int64_t used) {
  int64_t widest = 1;
  for (int axis : split) {
    Along &here = along[axis];
    int64_t vectors = getVectors(axis), most = threads / used;
    int64_t count = std::min<int64_t>(most, llvm::PowerOf2Ceil(vectors));
    int64_t line = 128 / (here.vector * elementBytes);
    while (count > line && areEnough(2 * here.vector * vectors / count) &&
           2 * vectors <= kLoads * count)
      count /= 2;
    here.threads = count;
    here.stride = used;
    widest = std::max(widest, count);
    int64_t whole = llvm::PowerOf2Ceil(llvm::divideCeil(vectors, count));
    int64_t others = isSplit(innermost) ? 1 : along[innermost].getValues();
    here.count = whole * here.vector * others <= kMostHeld ? whole : kLoads;
  }
  return widest;
}

/// Lanes first along what lies contiguous, then along what the block walks,
/// then along its other axes from the innermost outwards.
void LoopRules::spreadThreads() {
  constexpr int64_t kSegment = 64;
  SmallVector<int> outwards;
  if (!results.empty())
    outwards = space.getAxes(results.front());
  std::reverse(outwards.begin(), outwards.end());
  llvm::append_range(outwards, llvm::reverse(blocks));
  bool lanesOnBlock = innermost != KernelSpace::kUnit && isBlock(innermost);
  if (lanesOnBlock)
    used *= spread(
        innermost, split.empty() ? threads : kLanes,
        std::max<int64_t>(1, kSegment / elementBytes / along[innermost].vector),
        used);
  used *= spreadSplit(used);
  for (int axis : outwards)
    if (axis != KernelSpace::kUnit && isBlock(axis) && used < threads &&
        along[axis].threads == 1 && !(lanesOnBlock && axis == innermost))
      used *= spread(axis, threads / used, 1, used);
}

LoopScheduleAttr LoopRules::select(MLIRContext *context) {
  readOperands();
  selectSplit();
  selectVector();
  selectRegisters();
  spreadThreads();

  SmallVector<int64_t> tile, vector;
  SmallVector<Mode> modes;
  for (int axis : space.getAllAxes()) {
    const Along &here = along[axis];
    tile.push_back(here.getTile());
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
  auto ignore = [] { return InFlightDiagnostic(); };
  bool fits = succeeded(
      checkLoopScheduleFits(schedule, target, space, results, ignore));
  return fits ? schedule : LoopScheduleAttr();
}
