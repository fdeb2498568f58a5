//===- SmallGrid.cpp - Schedules of problems that do not fill a card ------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ContractionSchedules.h"

#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Scheduling/Model/Describe.h"
#include "kiln/Scheduling/Model/Model.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

namespace {
/// Keeps the schedule that the model expects to be the fastest, of equals the
/// first.
class Fastest {
public:
  Fastest(const ContractionView &conv, TargetAttr target)
      : conv(conv), target(target) {}

  void consider(ScheduleAttr schedule) {
    if (!schedule || !fits(schedule, target, conv))
      return;
    Prediction predicted =
        predict(describe(schedule, conv), target, Clock::Boost);
    if (predicted.occupancy.blocksPerSm == 0 ||
        (best && predicted.milliseconds >= milliseconds))
      return;
    best = schedule;
    milliseconds = predicted.milliseconds;
  }

  /// Whether seven of eight multiprocessors have so many tiles.
  bool fillsCard(ScheduleAttr schedule, int64_t tiles = 1) const {
    return countTiles(schedule, conv) * 8 >=
           uint64_t(target.getSms() * tiles) * 7;
  }

  ScheduleAttr best;

private:
  const ContractionView &conv;
  TargetAttr target;
  double milliseconds = 0;
};
} // namespace

/// `schedule` with one block a tile.
static ScheduleAttr getBlockATile(ScheduleAttr schedule,
                                  const ContractionView &conv) {
  return completeSchedule(
      conv,
      {schedule.getContraction(), SmallVector<int64_t>(schedule.getTile()),
       schedule.getChunk(), SmallVector<int64_t>(schedule.getWarps()),
       schedule.getStages(), /*persistent=*/false, schedule.getColumns(),
       schedule.getRing(), schedule.getTranspose(), schedule.getStores(),
       schedule.getChannels()});
}

static int64_t countWarpPositions(ScheduleAttr schedule) {
  ArrayRef<int64_t> tile = schedule.getTile(), warps = schedule.getWarps();
  return tile[1] * tile[2] / (warps[1] * warps[2]);
}

/// Of tiles with 64 accumulators a thread, or if these do not fill the card
/// either, of smaller ones; of those first that give a multiprocessor two
/// blocks, which hide each other's waiting. 16-bit operands, whose k-steps are
/// the shorter ones, get a third stage for copies to land (512 to 512 channels
/// 3x3 at 7x7, H100: 0.0133 and 0.0173 ms). Eight warps, and warps of few
/// positions, are left out: the model expects too much of them
/// (docs/performance.md).
static void considerStoring(Fastest &fastest, const ContractionView &conv,
                            const Choice &choice, ScheduleAttr usual) {
  int64_t chunk = usual.getChunk();
  int64_t chunks = llvm::divideCeil(conv.getChannels(), chunk);
  int64_t most = multipliesTF32(choice.contraction) ? usual.getStages() : 3;
  int64_t least = std::min<int64_t>(2, chunks);
  SmallVector<ScheduleAttr> schedules;
  for (int64_t stages = std::min(most, chunks); stages >= least; --stages)
    for (int64_t filters = selectStoredFilterTile(conv); filters >= 16;
         filters /= 2)
      for (int64_t positions : {64, 32})
        for (int64_t warps : {4, 2})
          for (int64_t ring : {0, 3}) {
            ScheduleAttr schedule = buildSchedule(
                conv, choice, {filters, positions, stages, chunk, warps}, ring);
            if (schedule && countWarpPositions(schedule) >= 32)
              schedules.push_back(schedule);
          }
  for (int64_t accumulators : {64, 1})
    for (int64_t blocks : {2, 1}) {
      for (ScheduleAttr schedule : schedules)
        if (int64_t(countAccumulators(schedule)) >= accumulators &&
            fastest.fillsCard(schedule, blocks))
          fastest.consider(schedule);
      if (fastest.best)
        return;
    }
}

/// A block of its own for each tile, as long as all are resident at once, does
/// not wait for another tile to end.
static void considerReducing(Fastest &fastest, const ContractionView &conv,
                             const Choice &choice, ScheduleAttr usual) {
  for (int64_t warps : {8, 4, 2})
    for (int64_t positions = getMostWarpPositions(choice.contraction);
         positions >= 32; positions /= 2) {
      ScheduleAttr schedule =
          buildSchedule(conv, choice,
                        {usual.getTile()[0], positions, usual.getStages(),
                         usual.getChunk(), warps},
                        usual.getRing());
      if (!schedule || !fastest.fillsCard(schedule) ||
          (warps == 8 && countAccumulators(schedule) < 64))
        continue;
      fastest.consider(schedule);
      fastest.consider(getBlockATile(schedule, conv));
    }
}

ScheduleAttr kiln::selectForSmallGrid(const ContractionView &conv,
                                      TargetAttr target, const Choice &choice,
                                      ScheduleAttr usual) {
  Fastest fastest(conv, target);
  if (usual.getContraction() == Contraction::FMA || fastest.fillsCard(usual))
    return ScheduleAttr();
  if (choice.stores)
    considerStoring(fastest, conv, choice, usual);
  else
    considerReducing(fastest, conv, choice, usual);
  return fastest.best;
}
