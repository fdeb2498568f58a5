//===- ContractionSchedules.cpp - Builds schedules of contractions --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ContractionSchedules.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Scheduling/KernelResult.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

static FailureOr<Contraction>
selectContraction(Type element, Precision precision,
                  function_ref<InFlightDiagnostic()> emitError) {
  if (element.isF32())
    return getF32Contraction(precision);
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
  return multipliesTF32(contraction) && rowsContiguous && wide &&
                 conv.strides[1] == 1 && conv.dilations[1] == 1
             ? Columns::EvenOdd
             : Columns::Plain;
}

int64_t kiln::selectFilterTile(const ContractionView &conv) {
  int64_t filters = conv.getFilters();
  int64_t all = std::max<int64_t>(16, llvm::PowerOf2Ceil(filters));
  if (all <= 128 || conv.needsAllFilters)
    return all;
  return llvm::alignTo(filters, 64) < llvm::alignTo(filters, 128) ? 64 : 128;
}

int64_t kiln::selectStoredFilterTile(const ContractionView &conv) {
  int64_t filters = conv.getFilters(), most = selectFilterTile(conv);
  // Three tiles of 32 channels compute 96, one of 128 a third more: 0.0447 and
  // 0.0584 ms (5x5, 48 channels, bf16, H100).
  if (most > 32 && !conv.needsAllFilters && filters % 32 == 0 &&
      filters * 5 <= int64_t(llvm::alignTo(filters, most)) * 4)
    return 32;
  return most;
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

/// The same for a tile that is stored, of `least` to `widest` columns: wide
/// tiles store long runs, so a narrower one has to cover an eighth fewer
/// positions. A product has one row, and all positions of a tile lie in it.
static int64_t selectStoredColumns(const ContractionView &conv,
                                   int64_t positions, int64_t least,
                                   int64_t widest) {
  int64_t outRows = conv.getOutRows();
  int64_t outColumns = conv.getOutColumns();
  auto countCovered = [&](int64_t columns) {
    int64_t rows = std::min<int64_t>(std::max<int64_t>(1, positions / columns),
                                     llvm::PowerOf2Ceil(outRows));
    return llvm::alignTo(outRows, rows) * llvm::alignTo(outColumns, columns);
  };
  if (outRows == 1)
    widest = std::max<int64_t>(widest, 128);
  int64_t best = std::clamp<int64_t>(positions, least, widest);
  for (int64_t columns = best / 2; columns >= least; columns /= 2)
    if (countCovered(columns) <= countCovered(best) / 8 * 7)
      best = columns;
  return best;
}

/// Tile and warps of an attempt: a warp owns `warpPositions` positions, at
/// least `warpColumns` columns wide; `selectColumns` gives the columns of a
/// tile of so many positions.
static void placeWarps(const ContractionView &conv, const Attempt &attempt,
                       int64_t warpColumns,
                       function_ref<int64_t(int64_t)> selectColumns,
                       int64_t tile[3], int64_t grid[3]) {
  int64_t filters = attempt.filters, warps = attempt.warps,
          warpPositions = attempt.warpPositions;
  int64_t warpFilters = std::min<int64_t>(attempt.warpFilters, filters);
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

ScheduleAttr kiln::completeSchedule(const ContractionView &conv,
                                    const Decision &decision, bool ahead) {
  const auto &[contraction, tile, chunk, warps, stages, persistent, columns,
               ring, transpose, stores, channels] = decision;
  Weights weights = canPackFilter(conv) ? Weights::Packed : Weights::Strided;
  if (ring && weights == Weights::Strided)
    return ScheduleAttr();
  auto get = [&](int64_t lookahead, int64_t spread, bool peel) {
    return ScheduleAttr::get(
        conv.op->getContext(), contraction, tile, chunk, warps, stages,
        persistent, columns, weights, ring, transpose, lookahead,
        /*early_barrier=*/lookahead > 0, spread, peel, /*halving=*/true,
        /*paired_stores=*/true, stores, channels);
  };
  ScheduleAttr plain = get(/*lookahead=*/0, /*spread=*/1, /*peel=*/false);
  // Two slots let copies, fragments and multiplies overlap.
  if (contraction == Contraction::FMA || stages < 2)
    return ring ? ScheduleAttr() : plain;
  int64_t parts = ring ? getRingParts(plain, conv) : 1;
  if (ring && ring >= 2 * parts)
    return ScheduleAttr();
  if (!ahead)
    return plain;
  int64_t steps = conv.getKernelRows() * conv.getKernelColumns() * chunk /
                  plain.getInstructionK();
  // The spread is the measured optimum: of the 9 k-steps of a chunk 6 for tf32,
  // 5 for transposed 16-bit operands and 7 for others, which gain 2 % by a
  // peeled loop; of a ring's 3 all, or 2 beside a transposition, which other
  // blocks hide where blocks are not persistent.
  bool peel = !multipliesTF32(contraction) && !transpose && !ring;
  bool beside = transpose && persistent;
  int64_t spread = steps * (peel ? 7 : beside ? 5 : 6) / 9;
  if (ring)
    spread = steps / parts * (beside ? 2 : 3) / 3;
  return get(/*lookahead=*/1, std::max<int64_t>(1, spread), peel);
}

Choice kiln::selectChoice(const ContractionView &conv, Contraction contraction,
                          int64_t elementBytes, bool stores) {
  Choice choice;
  choice.contraction = contraction;
  choice.elementBytes = elementBytes;
  choice.stores = stores;
  choice.columns = selectColumns(conv, contraction);
  // Four rows of 16 columns a warp for tf32, eight of 8 for 16-bit operands:
  // the measured optimum of dense windows. What is stored of 16-bit elements is
  // a sector of 32 bytes wide.
  bool wide = conv.getOutColumns() > 8;
  bool dense = multipliesTF32(contraction) && conv.strides[1] == 1;
  bool sixteen = dense || (stores && elementBytes < 4);
  choice.warpColumns = wide && sixteen ? 16 : 8;
  // Pairs of 16-bit channels that lie in planes are no words of a fragment.
  bool narrow = getInstructionShape(contraction).elementsPerWord == 2;
  choice.transpose = narrow && !conv.isChannelInnermost();
  // A lane whose channels are neighbours stores units of 16 bytes straight from
  // its registers: 1.03 to 1.5 times faster than through shared memory (eleven
  // convolutions channels-last in 16 bits, H100).
  if (stores && narrow && elementBytes == 2 &&
      conv.out.f == conv.getOutType().getRank() - 1)
    choice.channels = Channels::Adjacent;
  return choice;
}

FailureOr<Choice>
kiln::selectChoice(const ContractionView &conv, Precision precision,
                   function_ref<InFlightDiagnostic()> emitError) {
  FailureOr<Contraction> contraction = selectContraction(
      conv.getImageType().getElementType(), precision, emitError);
  if (failed(contraction))
    return failure();
  KernelResult result = describeResult(conv);
  // Where every multiply-add is an instruction, stores are short beside them.
  bool stores = result.keepsChannels && *contraction != Contraction::FMA;
  return selectChoice(conv, *contraction, result.elementBytes, stores);
}

ScheduleAttr kiln::buildSchedule(const ContractionView &conv,
                                 const Choice &choice, const Attempt &attempt,
                                 int64_t ring) {
  int64_t tile[3], warps[3];
  int64_t least = choice.columns == Columns::EvenOdd ? 16 : 8;
  auto selectColumns = [&](int64_t positions) {
    return choice.stores
               ? selectStoredColumns(conv, positions, least, attempt.columns)
               : selectTileColumns(conv, positions, choice.warpColumns);
  };
  placeWarps(conv, attempt, std::max(choice.warpColumns, attempt.warpColumns),
             selectColumns, tile, warps);
  auto get = [&](bool persistent, Stores stores) {
    return completeSchedule(
        conv, {choice.contraction, SmallVector<int64_t>(ArrayRef(tile)),
               attempt.chunk, SmallVector<int64_t>(ArrayRef(warps)),
               attempt.stages, persistent, choice.columns, ring,
               choice.transpose, stores, choice.channels});
  };
  if (!choice.stores)
    return get(/*persistent=*/true, Stores::Direct);
  ScheduleAttr schedule = get(/*persistent=*/false, Stores::Staged);
  bool staged = schedule && choice.channels == Channels::Plain &&
                canStageStores(schedule, conv);
  Stores stores = staged ? Stores::Staged : Stores::Direct;
  // A launch has at most 2^31 - 1 blocks.
  bool persistent =
      schedule && countBlocks(schedule, conv) > uint64_t(INT32_MAX);
  return get(persistent, stores);
}
