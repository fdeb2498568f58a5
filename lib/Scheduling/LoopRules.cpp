//===- LoopRules.cpp - Loop schedules by rule -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "LoopOperands.h"
#include "SearchSteps.h"

#include "kiln/Analysis/LoopScheduleFit.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// Threads of a block, at most.
static constexpr int64_t kThreads = 256;
/// Bytes of the widest load and store.
static constexpr int64_t kWordBytes = 16;
/// Values of 32 bits that a thread holds between two passes over them, at most.
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
        operands(readLoopOperands(space, results)),
        innermost(operands.innermost),
        mostHeld(kMostHeld * 4 / std::max<int64_t>(4, operands.elementBytes)),
        blocks(space.getBlockAxes(results)) {
    for (int axis : space.getAllAxes()) {
      along[axis];
      if (!isBlock(axis))
        walked.push_back(axis);
    }
    // What lies contiguous first, then long axes.
    llvm::stable_sort(walked, [&](int a, int b) {
      return std::pair(a == innermost, getExtent(a)) >
             std::pair(b == innermost, getExtent(b));
    });
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

  bool isBlock(int axis) const { return llvm::is_contained(blocks, axis); }
  bool isSplit(int axis) const { return llvm::is_contained(split, axis); }
  int64_t getExtent(int axis) const { return space.getAxis(axis).extent; }
  /// Positions along an axis, in vectors.
  int64_t getVectors(int axis) {
    return llvm::divideCeil(getExtent(axis), along[axis].vector);
  }
  int64_t getPositions() const;
  bool areEnough(int64_t values) const;
  bool meet(int a, int b) const;
  void selectSplit();
  void selectVector();
  void selectWindows();
  void selectLoads();
  int64_t spread(int axis, int64_t most, int64_t least);
  void spreadSplit();
  void spreadThreads();

  const KernelSpace &space;
  ValueRange results;
  TargetAttr target;
  int64_t threads;
  LoopOperands operands;
  /// Neighbouring lanes belong along it.
  int innermost;
  int64_t mostHeld;
  SmallVector<int> blocks, walked;
  /// Walked axes that threads are spread over, and those that each thread holds
  /// whole.
  SmallVector<int> split, held;
  std::map<int, Along> along;
  /// Values of a thread, and threads that have been given out.
  int64_t values = 1, used = 1;
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

/// Whether two axes are walked at one time.
bool LoopRules::meet(int a, int b) const {
  auto hasBoth = [&](ArrayRef<int> axes) {
    return llvm::is_contained(axes, a) && llvm::is_contained(axes, b);
  };
  return llvm::any_of(results,
                      [&](Value v) { return hasBoth(space.getAxes(v)); }) ||
         llvm::any_of(space.getOps(), [&](linalg::LinalgOp op) {
           return hasBoth(space.getLoopAxes(op));
         });
}

/// Two axes of one op cannot have the same threads, so that only the first of
/// them gets any here. Where the results keep all threads busy, each walks the
/// taps of its windows alone, and what does not lie contiguous if it is read
/// once or held.
void LoopRules::selectSplit() {
  constexpr int64_t kShort = 4;
  // Passes over what is walked: reductions, and results along such axes.
  int64_t passes = llvm::count_if(space.getOps(),
                                  [](linalg::LinalgOp op) {
                                    return op.getNumReductionLoops() > 0;
                                  }) +
                   llvm::count_if(results, [&](Value result) {
                     return llvm::any_of(space.getAxes(result), [&](int axis) {
                       return axis != KernelSpace::kUnit && !isBlock(axis);
                     });
                   });
  bool busy = areEnough(1);
  // Taps are few: lanes among them would be idle or far apart.
  bool warps = getPositions() >= kLanes * target.getSms();
  for (int axis : walked) {
    if (getExtent(axis) < kShort || !canSplit(space, axis))
      continue;
    if ((warps && operands.isTaps(axis)) ||
        (busy && passes == 1 && axis != innermost))
      continue;
    if (busy && axis != innermost && getExtent(axis) <= mostHeld &&
        llvm::none_of(walked, [&](int other) {
          return other != axis && meet(axis, other);
        }))
      held.push_back(axis);
    else if (llvm::none_of(split, [&](int other) { return meet(axis, other); }))
      split.push_back(axis);
  }
}

/// As many neighbours a thread as one load takes, where the innermost axis is a
/// multiple of them and the card stays full. Where another tensor lies
/// contiguous along another axis, a thread has as many along that, too: each
/// tensor is moved by words.
void LoopRules::selectVector() {
  for (int axis : held) {
    along[axis].count = llvm::PowerOf2Ceil(getExtent(axis));
    values = std::max(values, along[axis].count);
  }
  if (innermost == KernelSpace::kUnit ||
      !(isBlock(innermost) || isSplit(innermost)))
    return;
  // What is not loaded once is loaded by neighbouring lanes.
  if (llvm::any_of(operands.windows, [&](const LoopOperands::Window &window) {
        return window.positions == innermost && !canSplit(space, window.taps);
      }))
    return;
  // A row that a warp has to walk anyway keeps its lanes.
  int64_t row = 1;
  if (isSplit(innermost))
    for (int axis : walked)
      if (axis == innermost || meet(axis, innermost))
        row *= getExtent(axis);
  int64_t positions = 1; // of a thread
  auto widen = [&](int axis, bool mayStarve) {
    int64_t &vector = along[axis].vector;
    while (2 * vector * operands.elementBytes <= kWordBytes &&
           getExtent(axis) % (2 * vector) == 0 && 2 * values <= mostHeld &&
           (areEnough(2 * positions) || mayStarve)) {
      vector *= 2;
      values *= 2;
      positions *= 2;
      mayStarve &= row >= kLanes * 2 * vector;
    }
  };
  widen(innermost, row >= kLanes * 2);
  if (isBlock(innermost) && split.empty() && isBlock(operands.turned))
    widen(operands.turned, false);
  // Other axes that are walked over the same tensor.
  if (isSplit(innermost))
    for (int axis : split)
      if (getExtent(axis) == getExtent(innermost))
        along[axis].vector = along[innermost].vector;
}

/// Taps become registers, the innermost first, as far as a thread has room:
/// each element of a window is then loaded once. A thread has several rows of
/// the results where their windows overlap, more of them without vectors.
void LoopRules::selectWindows() {
  constexpr int64_t kFew = 8;
  int64_t room = split.empty() ? kMostLoopValues : mostHeld;
  int64_t rows = along[innermost].vector == 1 ? kLoads : 2;
  auto fits = [&](int64_t more) { return values * more <= room; };
  SmallVector<LoopOperands::Window> inRegisters;
  for (const auto &window : llvm::reverse(operands.windows)) {
    int64_t taps = llvm::PowerOf2Ceil(getExtent(window.taps));
    if (isSplit(window.taps) || !canSplit(space, window.taps) || !fits(taps))
      continue;
    values *= taps;
    along[window.taps].count = taps;
    inRegisters.push_back(window);
  }
  for (const auto &window : inRegisters) {
    int64_t extent = getExtent(window.positions);
    if (window.overlaps && window.positions != innermost &&
        along[window.positions].vector == 1 && fits(rows) &&
        (extent % rows == 0 || extent > kFew * rows) &&
        areEnough(rows * along[innermost].vector)) {
      along[window.positions].vector = rows;
      values *= rows;
      return;
    }
  }
}

/// Loads in flight along what no thread shares.
void LoopRules::selectLoads() {
  if (values == 1 && innermost != KernelSpace::kUnit && isBlock(innermost) &&
      areEnough(kLoads))
    values = along[innermost].count = kLoads;
  for (int axis : walked)
    while (along[axis].threads == 1 && !isSplit(axis) &&
           !operands.isTaps(axis) && canSplit(space, axis) &&
           along[axis].count < kLoads && values * 2 <= mostHeld &&
           getExtent(axis) >= 2 * along[axis].count) {
      along[axis].count *= 2;
      values *= 2;
    }
}

/// Gives an axis up to `most` threads and at least `least`, so that few lie
/// beyond its end.
int64_t LoopRules::spread(int axis, int64_t most, int64_t least) {
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
  along[axis].threads = best;
  along[axis].stride = used;
  return best;
}

/// Threads along what the block walks: as few as leave a thread several loads
/// in flight, where rows are enough. What a thread has room for is held, so
/// that memory is read once. The lanes that a short row leaves go to other axes
/// of it.
void LoopRules::spreadSplit() {
  constexpr int64_t kManyRows = 16;
  int64_t widest = 1, most = threads / used;
  int64_t others =
      isSplit(innermost) ? values / along[innermost].vector : values;
  for (int axis : split) {
    Along &here = along[axis];
    int64_t vectors = getVectors(axis);
    int64_t count = std::min<int64_t>(most, llvm::PowerOf2Ceil(vectors));
    int64_t line = 128 / (here.vector * operands.elementBytes);
    while (count > line && areEnough(2 * here.vector * vectors / count) &&
           2 * vectors <= kLoads * count)
      count /= 2;
    here.threads = count;
    here.stride = used;
    widest = std::max(widest, count);
    int64_t whole = llvm::PowerOf2Ceil(llvm::divideCeil(vectors, count));
    here.count = whole * here.vector * others <= mostHeld
                     ? whole
                     : std::min(whole, kLoads);
    if (here.getValues() * others > kMostLoopValues)
      here.count = 1;
    values = std::max(values, here.getValues() * others);
  }
  used *= widest;
  if (split.empty())
    return;
  // A warp of its own is enough for each of many rows.
  int64_t rows = 1;
  for (int axis : blocks)
    rows *= getExtent(axis);
  int64_t wanted = rows >= kManyRows * target.getSms() ? kLanes : threads;
  for (int axis : walked) {
    if (isSplit(axis) || operands.isTaps(axis) || used >= wanted ||
        !canSplit(space, axis))
      continue;
    used *= spread(axis, wanted / used, 1);
    int64_t whole = llvm::PowerOf2Ceil(
        llvm::divideCeil(getExtent(axis), along[axis].threads));
    along[axis].count =
        std::min(whole, std::max<int64_t>(1, mostHeld / values));
    values *= along[axis].count;
  }
}

/// Lanes first along what lies contiguous, then along what the block walks,
/// then along its other axes from the innermost outwards.
void LoopRules::spreadThreads() {
  constexpr int64_t kSegment = 64, kTurnedLanes = 8;
  SmallVector<int> outwards;
  if (!results.empty())
    outwards = space.getAxes(results.front());
  std::reverse(outwards.begin(), outwards.end());
  llvm::append_range(outwards, llvm::reverse(blocks));
  bool lanesOnBlock = innermost != KernelSpace::kUnit && isBlock(innermost);
  bool turned = lanesOnBlock && along[operands.turned].vector > 1;
  if (lanesOnBlock) {
    int64_t segment = kSegment / operands.elementBytes;
    used *= spread(innermost,
                   turned          ? kTurnedLanes
                   : split.empty() ? threads
                                   : kLanes,
                   std::max<int64_t>(1, segment / along[innermost].vector));
  }
  if (turned)
    used *= spread(operands.turned, threads / used, 1);
  spreadSplit();
  for (int axis : outwards)
    if (axis != KernelSpace::kUnit && isBlock(axis) && used < threads &&
        along[axis].threads == 1 && !(lanesOnBlock && axis == innermost))
      used *= spread(axis, threads / used, 1);
}

LoopScheduleAttr LoopRules::select(MLIRContext *context) {
  selectSplit();
  selectVector();
  selectWindows();
  spreadThreads();
  selectLoads();

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
