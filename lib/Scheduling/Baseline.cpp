//===- Baseline.cpp - The schedule that a better one has to beat ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Rules.h"

#include "ContractionSchedules.h"

#include "kiln/Analysis/ScheduleFit.h"

using namespace mlir;
using namespace kiln;

/// Warps of a tile, as the rules place them: a warp owns up to 64 channels, at
/// least 8 columns and then whole rows; what is left shares channels, down to
/// 16 a warp. Empty where the tile is too small.
static SmallVector<int64_t> placeWarps(ArrayRef<int64_t> tile, int64_t columns,
                                       int64_t warps) {
  SmallVector<int64_t> grid = {1, 1, 1};
  auto share = [&](int dim, int64_t least) {
    while (warps > 1 && tile[dim] / grid[dim] / 2 >= least) {
      grid[dim] *= 2;
      warps /= 2;
    }
  };
  share(0, 64);
  share(2, columns);
  share(1, 1);
  share(0, 16);
  return warps == 1 ? grid : SmallVector<int64_t>();
}

ScheduleAttr kiln::selectBaseline(const ContractionView &conv,
                                  TargetAttr target, ScheduleAttr chosen) {
  constexpr int64_t kWarps = 4, kStages = 2, kLeastChannels = 16;
  int64_t warpColumns = chosen.getColumns() == Columns::EvenOdd ? 16 : 8;
  SmallVector<int64_t> tile(chosen.getTile());
  while (true) {
    SmallVector<int64_t> warps = placeWarps(tile, warpColumns, kWarps);
    if (!warps.empty()) {
      ScheduleAttr schedule = completeSchedule(
          conv, {chosen.getContraction(), tile, chosen.getChunk(), warps,
                 kStages, chosen.getPersistent(), chosen.getColumns(),
                 /*ring=*/0, chosen.getTranspose(), chosen.getStores(),
                 chosen.getChannels()});
      if (fits(schedule, target, conv))
        return schedule;
    }
    if (tile[1] > 1)
      tile[1] /= 2;
    else if (tile[0] > kLeastChannels)
      tile[0] /= 2;
    else
      return ScheduleAttr();
  }
}
