//===- Rules.cpp - Schedules by rule --------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Scheduling/KernelResult.h"
#include "kiln/Machine/Occupancy.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

static FailureOr<Contraction>
selectContraction(Type element, Precision precision,
                  function_ref<InFlightDiagnostic()> emitError) {
  if (element.isF32())
    return precision == Precision::F32 ? Contraction::FMA : Contraction::TF32;
  if (element.isF16())
    return Contraction::F16;
  if (element.isBF16())
    return Contraction::BF16;
  return emitError() << "no multiply instruction takes " << element
                     << "; supported are f32, f16 and bf16";
}

/// Even and odd columns alternate where neighbouring columns are neighbours in
/// memory and taps move by one column: 64-bit loads then serve two taps.
static Columns selectColumns(const ContractionView &conv,
                             Contraction contraction) {
  bool rowsContiguous = conv.image.w == conv.getImageType().getRank() - 1;
  bool wide = conv.getOutColumns() > 8;
  return contraction == Contraction::TF32 && rowsContiguous && wide &&
                 conv.strides[1] == 1 && conv.dilations[1] == 1
             ? Columns::EvenOdd
             : Columns::Plain;
}

/// Output channels of the largest tile: up to 128 all of them, padded to a
/// power of two; beyond, 128 or 64, whichever pads less. Tiles of 256 have half
/// the positions, and with 1x1 and 3x3 kernels were 10 % slower than two of
/// 128.
static int64_t selectFilterTile(const ContractionView &conv) {
  int64_t filters = conv.getFilters();
  int64_t all = std::max<int64_t>(16, llvm::PowerOf2Ceil(filters));
  if (all <= 128 || conv.needsAllFilters)
    return all;
  return llvm::alignTo(filters, 64) < llvm::alignTo(filters, 128) ? 64 : 128;
}

/// Columns of a tile of `positions` positions, at most 32, and at least those
/// of a warp.
static int64_t selectTileColumns(const ContractionView &conv, int64_t positions,
                                 int64_t warpColumns) {
  int64_t outColumns = conv.getOutColumns();
  return std::clamp<int64_t>(
      llvm::PowerOf2Ceil(outColumns), warpColumns,
      std::max(warpColumns, std::min<int64_t>(32, positions)));
}

/// The same for a tile that is stored: wide tiles store long runs, so a
/// narrower one has to cover an eighth fewer positions.
static int64_t selectStoredColumns(const ContractionView &conv,
                                   int64_t positions) {
  int64_t outRows = conv.getOutRows();
  int64_t outColumns = conv.getOutColumns();
  auto countCovered = [&](int64_t columns) {
    int64_t rows = std::min<int64_t>(std::max<int64_t>(1, positions / columns),
                                     llvm::PowerOf2Ceil(outRows));
    return llvm::alignTo(outRows, rows) * llvm::alignTo(outColumns, columns);
  };
  int64_t best = std::clamp<int64_t>(positions, 8, 32);
  for (int64_t columns = best / 2; columns >= 8; columns /= 2)
    if (countCovered(columns) <= countCovered(best) / 8 * 7)
      best = columns;
  return best;
}

/// Tile and warps for `warps` warps that compute `filters` output channels at a
/// time, up to 64 each: a warp owns `warpPositions` positions, at least
/// `warpColumns` columns wide; `selectColumns` gives the columns of a tile of
/// so many positions.
static void placeWarps(const ContractionView &conv, int64_t warps,
                       int64_t filters, int64_t warpPositions,
                       int64_t warpColumns,
                       function_ref<int64_t(int64_t)> selectColumns,
                       int64_t tile[3], int64_t grid[3]) {
  int64_t warpFilters = std::min<int64_t>(64, filters);
  grid[0] = filters / warpFilters;
  int64_t positionWarps = std::max<int64_t>(1, warps / grid[0]);
  tile[0] = filters;
  tile[2] = selectColumns(positionWarps * warpPositions);
  grid[2] =
      std::min(positionWarps, std::max<int64_t>(1, tile[2] / warpColumns));
  grid[1] = positionWarps / grid[2];
  int64_t warpRows = std::max<int64_t>(1, warpPositions / (tile[2] / grid[2]));
  // Rows beyond the image's are wasted work.
  int64_t rows = llvm::PowerOf2Ceil(conv.getOutRows());
  while (warpRows > 1 && grid[1] * warpRows > rows)
    warpRows /= 2;
  grid[1] = std::min(grid[1], rows);
  tile[1] = grid[1] * warpRows;
}

/// The schedule with everything that pays for this choice; null where a ring
/// would not make the staged filter smaller.
static ScheduleAttr getSchedule(const ContractionView &conv,
                                Contraction contraction, ArrayRef<int64_t> tile,
                                int64_t chunk, ArrayRef<int64_t> warps,
                                int64_t stages, bool persistent,
                                Columns columns, int64_t ring, bool transpose) {
  Weights weights = canPackFilter(conv) ? Weights::Packed : Weights::Strided;
  if (ring && weights == Weights::Strided)
    return ScheduleAttr();
  auto get = [&](int64_t lookahead, int64_t spread, bool peel) {
    return ScheduleAttr::get(
        conv.op->getContext(), contraction, tile, chunk, warps, stages,
        persistent, columns, weights, ring, transpose, lookahead,
        /*early_barrier=*/lookahead > 0, spread, peel, /*halving=*/true,
        /*paired_stores=*/true);
  };
  ScheduleAttr plain = get(/*lookahead=*/0, /*spread=*/1, /*peel=*/false);
  // Two slots let copies, fragments and multiplies overlap.
  if (contraction == Contraction::FMA || stages < 2)
    return ring ? ScheduleAttr() : plain;
  int64_t steps = conv.getKernelRows() * conv.getKernelColumns() * chunk /
                  plain.getInstructionK();
  // The spread is the measured optimum: of the 9 k-steps of a chunk 6 for tf32,
  // 5 for transposed 16-bit operands and 7 for others, which gain 2 % by a
  // peeled loop; of a ring's 3 all, or 2 beside a transposition, which other
  // blocks hide where blocks are not persistent.
  bool peel = contraction != Contraction::TF32 && !transpose && !ring;
  bool beside = transpose && persistent;
  int64_t spread = steps * (peel ? 7 : beside ? 5 : 6) / 9;
  if (ring) {
    int64_t parts = getRingParts(plain, conv);
    if (ring >= 2 * parts)
      return ScheduleAttr();
    spread = steps / parts * (beside ? 2 : 3) / 3;
  }
  return get(/*lookahead=*/1, std::max<int64_t>(1, spread), peel);
}

namespace {
/// The size of a schedule that is tried.
struct Attempt {
  int64_t filters, warpPositions, stages, chunk, warps = 8;
};
} // namespace

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
                                               Contraction contraction,
                                               bool transpose,
                                               int64_t elementBytes) {
  int64_t chunk = contraction == Contraction::TF32 ? 8 : 16;
  int64_t taps = conv.getKernelRows() * conv.getKernelColumns();
  // Blocks that are not persistent copy nothing for the next tile: of one chunk
  // nothing runs ahead.
  int64_t stages = std::min<int64_t>(
      taps <= 4 ? 3 : 2, llvm::divideCeil(conv.getChannels(), chunk));
  int64_t most = selectFilterTile(conv);
  int64_t least = std::min<int64_t>(most, 64);
  SmallVector<Attempt> attempts;
  if (isMainLoopLong(conv, chunk, elementBytes))
    for (int64_t filters = most; filters >= least; filters /= 2)
      attempts.push_back({filters, 64, stages, chunk, 8});
  for (; stages > 0; --stages)
    for (int64_t warps : {4, 2})
      for (int64_t positions : {64, 32}) {
        // A transposition waits for copies and barriers: half the accumulators
        // let twice the warps hide it.
        if (transpose && positions == 64)
          continue;
        for (int64_t filters = most; filters >= least; filters /= 2)
          attempts.push_back({filters, positions, stages, chunk, warps});
      }
  return attempts;
}

int64_t kiln::countTiles(ScheduleAttr schedule, const ContractionView &conv) {
  ArrayRef<int64_t> tile = schedule.getTile();
  int64_t tiles = 1;
  for (auto [dim, extent] : llvm::enumerate(conv.getOutType().getShape())) {
    int64_t place = dim;
    tiles *= place == conv.out.f   ? llvm::divideCeil(extent, tile[0])
             : place == conv.out.h ? llvm::divideCeil(extent, tile[1])
             : place == conv.out.w ? llvm::divideCeil(extent, tile[2])
                                   : extent;
  }
  return tiles;
}

/// Warps of a multiprocessor. Threads with up to 64 accumulators take 128
/// registers, others all.
static int64_t countResidentWarps(ScheduleAttr schedule, TargetAttr target,
                                  const ContractionView &conv) {
  BlockResources block;
  block.threads = schedule.getThreads();
  int64_t accumulators =
      ShapedType::getNumElements(schedule.getTile()) / block.threads;
  block.registersPerThread =
      accumulators <= 64 ? 128 : target.getRegistersPerThread();
  block.sharedBytes = getSharedBytes(schedule, conv);
  return computeOccupancy(target, block).warpsPerSm;
}

namespace {
/// What the rules have decided before they look for a size that fits.
struct Choice {
  Contraction contraction;
  bool transpose, stores;
  Columns columns;
  int64_t warpColumns;
};
} // namespace

/// The schedule of `choice` and `attempt`; null where a ring does not pay.
static ScheduleAttr buildSchedule(const ContractionView &conv,
                                  const Choice &choice, const Attempt &attempt,
                                  int64_t ring) {
  int64_t tile[3], warps[3];
  auto selectColumns = [&](int64_t positions) {
    return choice.stores
               ? selectStoredColumns(conv, positions)
               : selectTileColumns(conv, positions, choice.warpColumns);
  };
  placeWarps(conv, attempt.warps, attempt.filters, attempt.warpPositions,
             choice.warpColumns, selectColumns, tile, warps);
  auto get = [&](bool persistent) {
    return getSchedule(conv, choice.contraction, tile, attempt.chunk, warps,
                       attempt.stages, persistent, choice.columns, ring,
                       choice.transpose);
  };
  ScheduleAttr schedule = get(/*persistent=*/!choice.stores);
  // A launch has at most 2^31 - 1 blocks.
  if (schedule && choice.stores && countTiles(schedule, conv) > INT32_MAX)
    return get(/*persistent=*/true);
  return schedule;
}

static bool fits(ScheduleAttr schedule, TargetAttr target,
                 const ContractionView &conv) {
  auto ignore = [] { return InFlightDiagnostic(); };
  return succeeded(checkScheduleFits(schedule, target, conv, ignore));
}

/// The first schedule that keeps every multiprocessor busy; where the result is
/// too small for that, the one with most tiles; null if there is none of
/// either.
static ScheduleAttr selectStoring(const ContractionView &conv,
                                  TargetAttr target, const Choice &choice,
                                  int64_t elementBytes) {
  ScheduleAttr small;
  int64_t mostTiles = 0;
  for (const Attempt &attempt : getStoringAttempts(
           conv, choice.contraction, choice.transpose, elementBytes))
    for (int64_t ring : {0, 3}) {
      ScheduleAttr schedule = buildSchedule(conv, choice, attempt, ring);
      if (!schedule || !fits(schedule, target, conv))
        continue;
      int64_t tiles = countTiles(schedule, conv);
      if (tiles < target.getSms()) {
        if (tiles > mostTiles) {
          small = schedule;
          mostTiles = tiles;
        }
      } else if (countResidentWarps(schedule, target, conv) >= kBusyWarps) {
        return schedule;
      }
    }
  return small;
}

FailureOr<ScheduleAttr>
kiln::selectSchedule(const ContractionView &conv, TargetAttr target,
                     Precision precision,
                     function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<Contraction> contraction = selectContraction(
      conv.getImageType().getElementType(), precision, emitError);
  if (failed(contraction))
    return failure();
  KernelResult result = describeResult(conv);
  Choice choice;
  choice.contraction = *contraction;
  // Where every multiply-add is an instruction, stores are short beside them.
  choice.stores = result.keepsChannels && *contraction != Contraction::FMA;
  // Plain columns make neighbouring lanes store neighbouring addresses.
  choice.columns =
      choice.stores ? Columns::Plain : selectColumns(conv, *contraction);
  // Four rows of 16 columns a warp for tf32, eight of 8 for 16-bit operands:
  // the measured optimum of dense windows. What is stored is a sector of 32
  // bytes wide.
  bool wide = conv.getOutColumns() > 8;
  bool dense = *contraction == Contraction::TF32 && conv.strides[1] == 1;
  bool sixteen = choice.stores ? result.elementBytes < 4 : dense;
  choice.warpColumns = wide && sixteen ? 16 : 8;
  // Pairs of 16-bit channels that lie in planes are no words of a fragment.
  choice.transpose = getInstructionShape(*contraction).elementsPerWord == 2 &&
                     !conv.isChannelInnermost();
  if (choice.stores)
    if (ScheduleAttr schedule =
            selectStoring(conv, target, choice, result.elementBytes))
      return schedule;
  ScheduleAttr schedule;
  for (const Attempt &attempt : getAttempts(conv, *contraction))
    for (int64_t ring : {0, 3, 2}) {
      ScheduleAttr attempted = buildSchedule(conv, choice, attempt, ring);
      if (!attempted)
        continue;
      schedule = attempted;
      if (fits(schedule, target, conv))
        return schedule;
    }
  auto refuse = [&] {
    return emitError() << "none of the rules' schedules fits, the smallest "
                          "because ";
  };
  (void)checkScheduleFits(schedule, target, conv, refuse);
  return failure();
}
