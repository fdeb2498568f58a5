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

int64_t kiln::getMostWarpPositions(Contraction contraction) {
  return contraction == Contraction::FMA || contraction == Contraction::TF32x3
             ? 32
             : 64;
}

/// Whether tiles of 256 channels pay: one tap needs no halo, so that tiles of
/// fewer positions cost little, and channels-last images are copied in short
/// runs, filters in long ones. 1x1 kernels, products and channel maxima of 256
/// channels and more gain 3 to 43 % (nine programs, H100).
static bool isWide(const ContractionView &conv, Contraction contraction) {
  return contraction != Contraction::FMA &&
         contraction != Contraction::TF32x3 &&
         conv.getKernelRows() * conv.getKernelColumns() == 1 &&
         conv.getFilters() % 256 == 0;
}

/// A warp has 128 channels and 32 positions; where it stores adjacent channels
/// 64 and 64: 0.015 and 0.019 ms (128 to 512 channels, f16, H100).
static Attempt getWide(int64_t stages, int64_t chunk, int64_t warps,
                       Channels channels = Channels::Plain) {
  int64_t warpFilters = channels == Channels::Adjacent ? 64 : 128;
  return {/*filters=*/256,
          /*warpPositions=*/64 * 64 / warpFilters,
          stages,
          chunk,
          warps,
          /*columns=*/32,
          warpFilters};
}

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
  int64_t positions = getMostWarpPositions(contraction);
  // Where a quarter of the channels is padding and more, each warp has all
  // channels, and knows which fragments nobody reads: 0.134 and 0.170 ms (64 to
  // 96 channels 3x3, maximum, tf32, H100).
  bool padded = contraction == Contraction::TF32 && most == 128 &&
                conv.getFilters() * 4 <= most * 3;
  auto addPipelined = [&](int64_t chunk) {
    if (isWide(conv, contraction) && !conv.needsAllFilters)
      attempts.push_back(getWide(fewTaps ? 3 : 2, chunk, 8));
    if (padded)
      attempts.push_back({most, 32, fewTaps ? 3 : 2, chunk, 8, 32, most});
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
  // Four warps with all accumulators before eight with few: 0.059 and 0.094 ms
  // (the 7x7 stem of a ResNet, tf32, H100).
  for (int64_t filters = most; filters >= 16; filters /= 2) {
    attempts.push_back({filters, positions, 1, chunk});
    if (mma)
      attempts.push_back({filters, positions, 1, chunk, 4});
    attempts.push_back({filters, 16, 1, chunk});
  }
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

namespace {
/// What is tried for a result that keeps its channels: every thread stores all
/// that it computes, which nothing hides in a block alone. Two blocks of four
/// warps store and multiply beside each other; where the stores are short,
/// eight warps share a tile and copy less.
class StoringAttempts {
public:
  StoringAttempts(const ContractionView &conv, const Choice &choice)
      : conv(conv), choice(choice),
        taps(conv.getKernelRows() * conv.getKernelColumns()),
        chunk(multipliesTF32(choice.contraction) ? 8 : 16),
        filters(selectStoredFilterTile(conv)),
        mostPositions(getMostWarpPositions(choice.contraction)) {
    // Two k-steps in all are no loop: copied at once they take 0.031 ms, one
    // behind the other 0.043 (1x1, 32 to 192 channels in f16, H100).
    if (taps == 1 && conv.getChannels() > chunk &&
        conv.getChannels() <= 2 * chunk)
      chunk *= 2;
    // Blocks that are not persistent copy nothing for the next tile: of one
    // chunk nothing runs ahead.
    stages = std::min<int64_t>(taps <= 4 ? 3 : 2,
                               llvm::divideCeil(conv.getChannels(), chunk));
    rows = conv.out.w == conv.getOutType().getRank() - 1 &&
           choice.elementBytes >= 4;
    wholeRows = rows && stages == 1 &&
                conv.getOutColumns() * choice.elementBytes % 32 != 0;
  }

  SmallVector<Attempt> get() const;

private:
  SmallVector<int64_t> getWidths() const;
  SmallVector<int64_t> getWarpPositions(int64_t width) const;
  /// Positions that tiles of four warps cover, with so many for a warp.
  uint64_t countCovered(int64_t positions, int64_t width) const;

  const ContractionView &conv;
  const Choice &choice;
  int64_t taps, chunk, filters, mostPositions, stages;
  bool rows;      ///< of floats lie along the columns of a tile
  bool wholeRows; ///< leave at once
};
} // namespace

/// Columns of a tile, at most. Rows of 64 floats are runs of 256 bytes, which
/// in hand-written kernels on an H100 cost 1 % beside whole rows of an image;
/// of 32 they cost 8 % more. 16-bit results have the narrower halo.
SmallVector<int64_t> StoringAttempts::getWidths() const {
  // Squarer tiles have the narrower halo: 0.126 and 0.127, 0.135 and 0.144 ms.
  if (stages == 1 && choice.channels == Channels::Adjacent &&
      conv.strides[1] == 1)
    return {16};
  SmallVector<int64_t> widths = {32};
  if (rows)
    widths.insert(widths.begin(), 64);
  // With one chunk stores bind: whole rows of 126 floats leave in 0.214 ms,
  // their halves in 0.285 (8 to 64 channels, H100). Rows of whole sectors may
  // be cut.
  if (wholeRows)
    widths.insert(widths.begin(), 128);
  return widths;
}

uint64_t StoringAttempts::countCovered(int64_t positions, int64_t width) const {
  ScheduleAttr schedule =
      buildSchedule(conv, choice, {filters, positions, 1, chunk, 4, width}, 0);
  ArrayRef<int64_t> tile = schedule.getTile();
  return llvm::alignTo(conv.getOutRows(), tile[1]) *
         llvm::alignTo(conv.getOutColumns(), tile[2]);
}

/// Positions of a warp. With one chunk only other blocks hide what a block
/// waits for: more and smaller tiles, the smallest where these pad an eighth
/// less. 0.033 and 0.035 ms (3 to 32 channels 3x3, f16), 0.031 and 0.035 (5 to
/// 48, tf32), 0.017 and 0.026 (24 to 144 channels 1x1, f16).
SmallVector<int64_t> StoringAttempts::getWarpPositions(int64_t width) const {
  SmallVector<int64_t> sizes = {64, 32};
  if (stages == 1 && !wholeRows && !choice.transpose && filters >= 32) {
    sizes = {32, 64};
    if (countCovered(16, width) * 8 <= countCovered(32, width) * 7)
      sizes.insert(sizes.begin(), 16);
  }
  // A transposition waits for copies and barriers: half the accumulators let
  // twice the warps hide it.
  int64_t most = choice.transpose ? 32 : mostPositions;
  llvm::erase_if(sizes, [&](int64_t size) { return size > most; });
  return sizes;
}

SmallVector<Attempt> StoringAttempts::get() const {
  SmallVector<int64_t> widths = getWidths();
  int64_t least = std::min<int64_t>(filters, 64);
  bool isLong = isMainLoopLong(conv, chunk, choice.elementBytes);
  SmallVector<Attempt> attempts;
  if (isWide(conv, choice.contraction))
    attempts.push_back(getWide(stages, chunk, isLong ? 8 : 4, choice.channels));
  // Two tiles of 64 channels, of which a warp has two rows of 32 columns, beat
  // one of 128 by 1 to 4 % where rows are 64 wide (KernelBench 1, 4 and 52,
  // tf32, H100), and lose 15 % where they are 32.
  Attempt twoRows = {64, 64, stages, chunk, 4, 64, 64, 32};
  if (rows && filters == 128 && taps > 1 && stages > 1 && mostPositions == 64)
    if (ScheduleAttr schedule = buildSchedule(conv, choice, twoRows, 0);
        schedule && schedule.getTile()[2] == 64)
      attempts.push_back(twoRows);
  if (isLong && filters >= 64)
    for (int64_t some = filters; some >= least; some /= 2)
      for (int64_t width : widths)
        attempts.push_back({some, mostPositions, stages, chunk, 8, width});
  for (int64_t slots = stages; slots > 0; --slots)
    for (int64_t warps : {4, 2})
      for (int64_t positions : getWarpPositions(widths.front()))
        for (int64_t width : widths)
          for (int64_t some = filters; some >= least; some /= 2)
            attempts.push_back({some, positions, slots, chunk, warps, width});
  return attempts;
}

int64_t kiln::estimateRegisters(ScheduleAttr schedule) {
  uint64_t accumulators = countAccumulators(schedule);
  if (accumulators > 64)
    return 255;
  if (!schedule.getInstruction().splitsToTF32())
    return 128;
  return accumulators > 32 ? 208 : 168;
}

BlockResources kiln::estimateResources(ScheduleAttr schedule, TargetAttr target,
                                       const ContractionView &conv) {
  BlockResources block;
  block.threads = schedule.getThreads();
  block.registersPerThread = std::min<int64_t>(estimateRegisters(schedule),
                                               target.getRegistersPerThread());
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

/// Those of StoringAttempts; none where the kernel reduces.
static SmallVector<ScheduleAttr> getStoring(const ContractionView &conv,
                                            const Choice &choice) {
  SmallVector<ScheduleAttr> schedules;
  if (!choice.stores)
    return schedules;
  for (const Attempt &attempt : StoringAttempts(conv, choice).get())
    for (int64_t ring : {0, 3})
      if (ScheduleAttr schedule = buildSchedule(conv, choice, attempt, ring))
        schedules.push_back(schedule);
  return schedules;
}

/// Multiply instructions of a k-step.
static int64_t countMultiplies(ScheduleAttr schedule) {
  InstructionShape shape = schedule.getInstruction().getShape();
  ArrayRef<int64_t> tile = schedule.getTile();
  return tile[0] * tile[1] * tile[2] / (shape.m * shape.n);
}

/// The first schedule that keeps every multiprocessor busy; where the result is
/// too small for that, the one with most tiles; null if there is none of
/// either.
static ScheduleAttr selectStoring(const ContractionView &conv,
                                  TargetAttr target, const Choice &choice) {
  ScheduleAttr small, usual;
  uint64_t mostTiles = 0;
  for (ScheduleAttr schedule : getStoring(conv, choice)) {
    if (!fits(schedule, target, conv))
      continue;
    uint64_t tiles = countTiles(schedule, conv);
    // An eighth of the multiprocessors may be left over: 128 tiles of 256 x 128
    // take 0.054 ms on 132, 256 of half the size 0.071 (2048 x 2048 x 2048,
    // f16, H100).
    if (tiles * 8 < uint64_t(target.getSms()) * 7) {
      // Eight warps share a tile of twice the size.
      if (!usual && schedule.getThreads() <= 128) {
        usual = schedule;
        if (ScheduleAttr filling =
                selectForSmallGrid(conv, target, choice, usual))
          return filling;
      }
      // The tuner's baseline has four warps, each of a multiply at least.
      if (tiles > mostTiles && countMultiplies(schedule) >= 4) {
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
    if (!fits(schedule, target, conv))
      continue;
    ScheduleAttr filling = selectForSmallGrid(conv, target, choice, schedule);
    return filling ? filling : schedule;
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
