//===- Rules.cpp - Schedules by rule --------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "ContractionSchedules.h"
#include "SearchSteps.h"

#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Machine/Occupancy.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// From the fastest to the one that needs the least shared memory: two stages
/// with whole warps of 64 channels are worth several channel tiles.
static SmallVector<Attempt> getAttempts(const ContractionView &conv,
                                        Contraction contraction) {
  bool mma = contraction != Contraction::FMA;
  int64_t taps = conv.getKernelRows() * conv.getKernelColumns();
  int64_t chunk = std::max<int64_t>(8, getInstructionShape(contraction).k);
  // Copies need time to land: with few k-steps a chunk they run two chunks
  // ahead, and one tap takes two k-steps at a time. 1x1 kernels gain 1.4 to 2
  // times, 2x2 ones 1.2.
  bool fewTaps = mma && taps <= 4;
  bool twoSteps = mma && taps == 1 && conv.getChannels() > chunk;
  SmallVector<Attempt> attempts;
  int64_t most = selectFilterTile(conv);
  int64_t positions = mma ? 64 : 32;
  auto addPipelined = [&](int64_t chunk) {
    for (int64_t filters = most; filters >= std::min<int64_t>(most, 64);
         filters /= 2) {
      if (fewTaps)
        attempts.push_back({filters, positions, 3, chunk});
      attempts.append(
          {{filters, positions, 2, chunk}, {filters, 32, 2, chunk}});
    }
  };
  if (twoSteps)
    addPipelined(2 * chunk);
  addPipelined(chunk);
  for (int64_t filters = most; filters >= 16; filters /= 2)
    attempts.append({{filters, positions, 1, chunk}, {filters, 16, 1, chunk}});
  // Strides and dilations spread a patch that has to be small.
  for (int64_t warps : {4, 2, 1})
    attempts.push_back({16, 8, 1, chunk, warps});
  return attempts;
}

/// Warps that a multiprocessor needs to keep its tensor cores busy: two for
/// each of its four partitions.
static constexpr int64_t kBusyWarps = 8;

/// Whether the stores of a tile are short beside its multiplies. A
/// multiprocessor stores about 32 bytes a cycle, and so a tile of 128 x 256
/// outputs takes a fifth of its main loop's time with 40 k-steps for each byte
/// of an output.
static bool isMainLoopLong(const ContractionView &conv, int64_t chunk,
                           int64_t elementBytes) {
  int64_t steps = llvm::divideCeil(conv.getChannels(), chunk) *
                  conv.getKernelRows() * conv.getKernelColumns();
  return steps >= 40 * elementBytes;
}

/// For a result that keeps its channels: every thread stores all that it
/// computes, which nothing hides in a block alone. Two blocks of four warps
/// store and multiply beside each other; where the stores are short, eight
/// warps share a tile and copy less.
static SmallVector<Attempt> getStoringAttempts(const ContractionView &conv,
                                               const Choice &choice) {
  int64_t chunk = choice.contraction == Contraction::TF32 ? 8 : 16;
  int64_t taps = conv.getKernelRows() * conv.getKernelColumns();
  // Two k-steps in all are no loop: copied at once they take 0.031 ms, one
  // behind the other 0.043 (1x1, 32 to 192 channels in f16, H100).
  if (taps == 1 && conv.getChannels() > chunk &&
      conv.getChannels() <= 2 * chunk)
    chunk *= 2;
  // Blocks that are not persistent copy nothing for the next tile: of one chunk
  // nothing runs ahead.
  int64_t stages = std::min<int64_t>(
      taps <= 4 ? 3 : 2, llvm::divideCeil(conv.getChannels(), chunk));
  int64_t most = selectFilterTile(conv);
  int64_t least = std::min<int64_t>(most, 64);
  // Rows of 64 floats are runs of 256 bytes, which in hand-written kernels on
  // an H100 cost 1 % beside whole rows of an image; of 32 they cost 8 % more.
  // 16-bit results have the narrower halo.
  SmallVector<int64_t> widths = {32};
  if (conv.out.w == conv.getOutType().getRank() - 1 &&
      choice.elementBytes >= 4) {
    widths.insert(widths.begin(), 64);
    // One chunk has a short main loop, and stores bind: whole rows of 126
    // floats leave in 0.214 ms, their halves in 0.285 (8 to 64 channels, H100).
    if (stages == 1)
      widths.insert(widths.begin(), 128);
  }
  SmallVector<Attempt> attempts;
  if (isMainLoopLong(conv, chunk, choice.elementBytes))
    for (int64_t filters = most; filters >= least; filters /= 2)
      for (int64_t columns : widths)
        attempts.push_back({filters, 64, stages, chunk, 8, columns});
  for (; stages > 0; --stages)
    for (int64_t warps : {4, 2})
      for (int64_t positions : {64, 32}) {
        // A transposition waits for copies and barriers: half the accumulators
        // let twice the warps hide it.
        if (choice.transpose && positions == 64)
          continue;
        for (int64_t columns : widths)
          for (int64_t filters = most; filters >= least; filters /= 2)
            attempts.push_back(
                {filters, positions, stages, chunk, warps, columns});
      }
  return attempts;
}

BlockResources kiln::estimateResources(ScheduleAttr schedule, TargetAttr target,
                                       const ContractionView &conv) {
  BlockResources block;
  block.threads = schedule.getThreads();
  block.registersPerThread =
      countAccumulators(schedule) <= 64 ? 128 : target.getRegistersPerThread();
  block.sharedBytes = getSharedBytes(schedule, conv);
  return block;
}

bool kiln::fits(ScheduleAttr schedule, TargetAttr target,
                const ContractionView &conv) {
  auto ignore = [] { return InFlightDiagnostic(); };
  return succeeded(checkScheduleFits(schedule, target, conv, ignore));
}

/// The schedules of getAttempts.
static SmallVector<ScheduleAttr> getShrinking(const ContractionView &conv,
                                              const Choice &choice) {
  SmallVector<ScheduleAttr> schedules;
  for (const Attempt &attempt : getAttempts(conv, choice.contraction))
    for (int64_t ring : {0, 3, 2})
      if (ScheduleAttr schedule = buildSchedule(conv, choice, attempt, ring))
        schedules.push_back(schedule);
  return schedules;
}

/// Those of getStoringAttempts; none where the kernel reduces.
static SmallVector<ScheduleAttr> getStoring(const ContractionView &conv,
                                            const Choice &choice) {
  SmallVector<ScheduleAttr> schedules;
  if (!choice.stores)
    return schedules;
  for (const Attempt &attempt : getStoringAttempts(conv, choice))
    for (int64_t ring : {0, 3})
      if (ScheduleAttr schedule = buildSchedule(conv, choice, attempt, ring))
        schedules.push_back(schedule);
  return schedules;
}

/// The first schedule that keeps every multiprocessor busy; where the result is
/// too small for that, the one with most tiles; null if there is none of
/// either.
static ScheduleAttr selectStoring(const ContractionView &conv,
                                  TargetAttr target, const Choice &choice) {
  ScheduleAttr small;
  uint64_t mostTiles = 0;
  for (ScheduleAttr schedule : getStoring(conv, choice)) {
    if (!fits(schedule, target, conv))
      continue;
    uint64_t tiles = countTiles(schedule, conv);
    if (tiles < uint64_t(target.getSms())) {
      if (tiles > mostTiles) {
        small = schedule;
        mostTiles = tiles;
      }
    } else if (computeOccupancy(target,
                                estimateResources(schedule, target, conv))
                   .warpsPerSm >= kBusyWarps) {
      return schedule;
    }
  }
  return small;
}

SmallVector<ScheduleAttr> kiln::getTried(const ContractionView &conv,
                                         Precision precision) {
  FailureOr<Choice> choice =
      selectChoice(conv, precision, [] { return InFlightDiagnostic(); });
  if (failed(choice))
    return {};
  SmallVector<ScheduleAttr> schedules;
  auto add = [&](const Choice &kind) {
    schedules.append(getStoring(conv, kind));
    schedules.append(getShrinking(conv, kind));
  };
  add(*choice);
  // What the rules would try if the kernel stored where it reduces, or reduced
  // where it stores.
  if (choice->contraction != Contraction::FMA)
    add(selectChoice(conv, choice->contraction, choice->elementBytes,
                     !choice->stores));
  return schedules;
}

FailureOr<ScheduleAttr>
kiln::selectSchedule(const ContractionView &conv, TargetAttr target,
                     Precision precision,
                     function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<Choice> selected = selectChoice(conv, precision, emitError);
  if (failed(selected))
    return failure();
  const Choice &choice = *selected;
  if (ScheduleAttr schedule = selectStoring(conv, target, choice))
    return schedule;
  ScheduleAttr smallest;
  for (ScheduleAttr schedule : getShrinking(conv, choice)) {
    smallest = schedule;
    if (fits(schedule, target, conv))
      return schedule;
  }
  // What fits may lie between the sizes that the rules try, or beyond them.
  KernelSchedule found = searchFitting(
      smallest,
      [&](KernelSchedule schedule) {
        SmallVector<KernelSchedule> next = getContractionNeighbours(
            cast<ScheduleAttr>(schedule), conv, /*leastWarps=*/1);
        // What has no say in whether a schedule fits stays as the rules set it.
        llvm::erase_if(next, [&](KernelSchedule neighbour) {
          auto sized = cast<ScheduleAttr>(neighbour);
          bool ahead = sized.getContraction() != Contraction::FMA &&
                       sized.getStages() > 1;
          return sized.getPersistent() != smallest.getPersistent() ||
                 ahead != (sized.getLookahead() > 0);
        });
        return next;
      },
      [&](KernelSchedule schedule, auto emit) {
        return checkScheduleFits(cast<ScheduleAttr>(schedule), target, conv,
                                 emit);
      },
      [&](KernelSchedule schedule) -> uint64_t {
        auto sized = cast<ScheduleAttr>(schedule);
        return countAccumulators(sized) > kMostAccumulators
                   ? UINT64_MAX
                   : std::min(getSharedDemand(sized, target, conv),
                              UINT64_MAX - 1);
      },
      emitError);
  if (!found)
    return failure();
  return cast<ScheduleAttr>(found);
}
