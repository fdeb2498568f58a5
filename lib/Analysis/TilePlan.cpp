//===- TilePlan.cpp - How a schedule cuts a kernel's space ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/TilePlan.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// Tiles are numbered along images (and groups), rows, columns; output channels
/// come last, because the tiles of a position share the image's patch.
static FailureOr<TilePlan>
getContractionPlan(ScheduleAttr schedule, const KernelSpace &space,
                   ValueRange results,
                   function_ref<InFlightDiagnostic()> emitError) {
  const ContractionView &view = *space.getContraction();
  SmallVector<int> loops = space.getLoopAxes(view.op);
  TilePlan plan;
  plan.axes.resize(space.getAllAxes().size());
  SmallVector<int> blockAxes = space.getBlockAxes(results);
  auto add = [&](int64_t loop, int64_t tile) {
    if (loop < 0)
      return;
    int axis = loops[loop];
    plan.axes[axis] = {AxisTile::Kind::Blocks, space.getAxis(axis).extent,
                       tile};
    plan.blocks.push_back(axis);
  };
  for (AffineExpr expr : view.getOutMap().getResults()) {
    int64_t loop = cast<AffineDimExpr>(expr).getPosition();
    if (loop != view.m && loop != view.row && loop != view.column)
      add(loop, 1);
  }
  add(view.row, schedule.getTile()[1]);
  add(view.column, schedule.getTile()[2]);
  int channel = loops[view.m];
  AxisTile tile{AxisTile::Kind::Held, space.getAxis(channel).extent,
                schedule.getTile()[0]};
  if (tile.tile < tile.extent) {
    bool kept = llvm::is_contained(blockAxes, channel);
    if (space.needsAllChannels(results))
      return emitError() << "a value reduced over all " << tile.extent
                         << " output channels is needed on each of them, or "
                            "leaves beside them, but a tile holds "
                         << tile.tile
                         << "; it takes a schedule whose tile holds all "
                            "channels";
    tile.kind = kept ? AxisTile::Kind::Blocks : AxisTile::Kind::Walked;
    if (kept)
      plan.blocks.push_back(channel);
  }
  plan.axes[channel] = tile;
  return plan;
}

FailureOr<TilePlan>
kiln::getTilePlan(KernelSchedule schedule, const KernelSpace &space,
                  ValueRange results,
                  function_ref<InFlightDiagnostic()> emitError) {
  if (auto contraction = dyn_cast<ScheduleAttr>(schedule)) {
    if (!space.getContraction())
      return emitError() << "#kiln.schedule needs a kernel with one "
                            "contraction that an instruction multiplies";
    return getContractionPlan(contraction, space, results, emitError);
  }
  auto loops = cast<LoopScheduleAttr>(schedule);
  assert(!space.getContraction() && "all loops are axes of such a space");
  SmallVector<int> all = space.getAllAxes();
  if (loops.getTile().size() != all.size())
    return emitError() << "the schedule has tiles along "
                       << loops.getTile().size() << " axes, the kernel has "
                       << all.size();
  TilePlan plan;
  plan.blocks = space.getBlockAxes(results);
  plan.axes.resize(all.empty() ? 0 : all.back() + 1);
  for (auto [position, axis] : llvm::enumerate(all)) {
    AxisTile &tile = plan.axes[axis];
    tile.extent = space.getAxis(axis).extent;
    tile.tile = loops.getTile()[position];
    if (llvm::is_contained(plan.blocks, axis))
      tile.kind = AxisTile::Kind::Blocks;
  }
  return plan;
}

LayoutAttr kiln::getLoopLayout(LoopScheduleAttr schedule,
                               const KernelSpace &space, ArrayRef<int> axes) {
  SmallVector<int> all = space.getAllAxes();
  int64_t rank = axes.size();
  // The dimension of each axis that the tile has, by its place in the lists.
  SmallVector<std::pair<int64_t, int64_t>> places;
  for (auto [dim, axis] : llvm::enumerate(axes))
    if (axis != KernelSpace::kUnit)
      places.push_back({llvm::find(all, axis) - all.begin(), dim});
  // Registers in the order of the axes, the last one fastest: whatever axes a
  // value lacks, the others' bits keep their order.
  llvm::sort(places, std::greater<>());
  SmallVector<Basis> registers, lanes, warps;
  auto addRegisters = [&](int64_t dim, int64_t from, int64_t to) {
    for (int64_t step = from; step < to; step *= 2)
      registers.push_back(Basis::unit(rank, dim, step));
  };
  for (auto [place, dim] : places)
    addRegisters(dim, 1, schedule.getVector()[place]);
  for (auto [place, dim] : places)
    addRegisters(
        dim, schedule.getVector()[place] * schedule.getThreadsOf(place).size,
        schedule.getTile()[place]);
  for (int64_t thread = 1; thread < schedule.getBlock(); thread *= 2) {
    Basis basis(SmallVector<int64_t>(rank, 0));
    for (auto [place, dim] : places) {
      Mode::Part part = schedule.getThreadsOf(place);
      if (thread >= part.stride && thread < part.stride * part.size)
        basis = Basis::unit(rank, dim,
                            thread / part.stride * schedule.getVector()[place]);
    }
    (thread < 32 ? lanes : warps).push_back(basis);
  }
  return LayoutAttr::get(schedule.getContext(), registers, lanes, warps);
}
