//===- Rules.cpp - Schedules by rule --------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"

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
static Columns selectColumns(const ContractionView &conv, Contraction contraction) {
  bool rowsContiguous =
      conv.image.w == conv.getImageType().getRank() - 1;
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
static int64_t selectFilterTile(int64_t filters) {
  int64_t all = std::max<int64_t>(16, llvm::PowerOf2Ceil(filters));
  if (all <= 128)
    return all;
  return llvm::alignTo(filters, 64) < llvm::alignTo(filters, 128) ? 64 : 128;
}

/// Tile and warps for `warps` warps that compute `filters` output channels at a
/// time, up to 64 each: a warp owns `warpPositions` positions, at least
/// `warpColumns` columns wide, and the block is at most 32 columns wide, fewer
/// where its warps have fewer positions.
static void placeWarps(const ContractionView &conv, int64_t warps, int64_t filters,
                       int64_t warpPositions, int64_t warpColumns,
                       int64_t tile[3], int64_t grid[3]) {
  int64_t warpFilters = std::min<int64_t>(64, filters);
  grid[0] = filters / warpFilters;
  int64_t positionWarps = std::max<int64_t>(1, warps / grid[0]);
  int64_t outColumns = conv.getOutColumns();
  tile[0] = filters;
  int64_t widest = std::max(
      warpColumns, std::min<int64_t>(32, positionWarps * warpPositions));
  tile[2] =
      std::clamp<int64_t>(llvm::PowerOf2Ceil(outColumns), warpColumns, widest);
  grid[2] = std::min(positionWarps, tile[2] / warpColumns);
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
                                int64_t stages, Columns columns, int64_t ring,
                                bool transpose) {
  Weights weights = canPackFilter(conv) ? Weights::Packed : Weights::Strided;
  if (ring && weights == Weights::Strided)
    return ScheduleAttr();
  auto get = [&](int64_t lookahead, int64_t spread, bool peel) {
    return ScheduleAttr::get(
        conv.op->getContext(), contraction, tile, chunk, warps, stages,
        /*persistent=*/true, columns, weights, ring, transpose, lookahead,
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
  // peeled loop; of a ring's 3 all, or 2 beside a transposition.
  bool peel = contraction != Contraction::TF32 && !transpose && !ring;
  int64_t spread = steps * (peel ? 7 : transpose ? 5 : 6) / 9;
  if (ring) {
    int64_t parts = getRingParts(plain, conv);
    if (ring >= 2 * parts)
      return ScheduleAttr();
    spread = steps / parts * (transpose ? 2 : 3) / 3;
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
  int64_t most = selectFilterTile(conv.getFilters());
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

FailureOr<ScheduleAttr>
kiln::selectSchedule(const ContractionView &conv, TargetAttr target,
                     Precision precision,
                     function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<Contraction> contraction = selectContraction(
      conv.getImageType().getElementType(), precision, emitError);
  if (failed(contraction))
    return failure();
  Columns columns = selectColumns(conv, *contraction);
  // Four rows of 16 columns a warp for tf32, eight of 8 for 16-bit operands:
  // the measured optimum of dense windows.
  bool wide = conv.getOutColumns() > 8;
  int64_t warpColumns =
      *contraction == Contraction::TF32 && wide && conv.strides[1] == 1 ? 16
                                                                        : 8;
  // Pairs of 16-bit channels that lie in planes are no words of a fragment.
  bool transpose = getInstructionShape(*contraction).elementsPerWord == 2 &&
                   !conv.isChannelInnermost();
  ScheduleAttr schedule;
  for (const Attempt &attempted : getAttempts(conv, *contraction)) {
    int64_t tile[3], warps[3];
    placeWarps(conv, attempted.warps, attempted.filters,
               attempted.warpPositions, warpColumns, tile, warps);
    for (int64_t ring : {0, 3, 2}) {
      ScheduleAttr attempt =
          getSchedule(conv, *contraction, tile, attempted.chunk, warps,
                      attempted.stages, columns, ring, transpose);
      if (!attempt)
        continue;
      schedule = attempt;
      auto ignore = [&] { return InFlightDiagnostic(); };
      if (succeeded(checkScheduleFits(schedule, target, conv, ignore)))
        return schedule;
    }
  }
  auto refuse = [&] {
    return emitError() << "none of the rules' schedules fits, the smallest "
                          "because ";
  };
  (void)checkScheduleFits(schedule, target, conv, refuse);
  return failure();
}
