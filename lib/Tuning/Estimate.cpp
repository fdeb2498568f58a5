//===- Estimate.cpp - How long a schedule takes, to first order -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Padded work over the rate of the multiply instruction, and bytes over the
/// bandwidth, at the occupancy and with the last wave that the schedule has.
///
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Target/LaunchPlan.h"
#include "kiln/Tuning/Program.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::tuning;

/// Warps of a multiprocessor that keep its four partitions busy.
static constexpr double kBusyWarps = 8;

std::optional<double> Program::predict(KernelSchedule schedule,
                                       const CompileFacts *facts) const {
  auto contraction = dyn_cast<ScheduleAttr>(schedule);
  KernelOp op = kernel;
  FailureOr<ContractionView> view = ContractionView::find(op.getBody());
  if (!contraction || failed(view))
    return std::nullopt;
  BlockResources block;
  block.threads = schedule.getThreads();
  int64_t accumulators = getBlockVolume(schedule) / block.threads;
  block.registersPerThread =
      accumulators <= 64 ? 128 : targetAttr.getRegistersPerThread();
  block.sharedBytes = getSharedBytes(contraction, *view);
  if (facts && facts->registers) {
    block.registersPerThread = *facts->registers;
    block.sharedBytes = facts->sharedBytes;
  }
  Occupancy occupancy = computeOccupancy(targetAttr, block);
  if (!occupancy.blocksPerSm)
    return std::nullopt;
  int64_t tiles = countTiles(contraction, *view);
  int64_t resident = targetAttr.getSms() * occupancy.blocksPerSm;
  double waves = double(llvm::divideCeil(tiles, resident) * resident) / tiles;
  double channels =
      double(llvm::alignTo(view->getChannels(), contraction.getChunk()));
  double flops = 2.0 * double(tiles) * double(getBlockVolume(schedule)) *
                 channels * double(view->getKernelRows()) *
                 double(view->getKernelColumns());
  // Tiles of channels that a block walks are no tiles of the launch.
  if (view->out.f == ContractionView::kNone)
    flops *=
        double(llvm::divideCeil(view->getFilters(), contraction.getTile()[0]));
  KernelInfo info;
  info.schedule = schedule;
  info.flops = int64_t(std::min(flops, 9e18));
  info.bytes = facts ? facts->bytes : 0;
  Roofline roofline = computeRoofline(targetAttr, info);
  double busy = std::min(1.0, double(occupancy.warpsPerSm) / kBusyWarps);
  if (contraction.getStages() < 2)
    busy /= 2; // nothing overlaps in a block
  return std::max(roofline.computeMs * waves / busy, roofline.memoryMs);
}
