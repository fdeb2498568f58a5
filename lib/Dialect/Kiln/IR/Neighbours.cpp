//===- Neighbours.cpp - Schedules one step apart --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The search space of schedules is this graph: whoever looks for a better one
/// walks from neighbour to neighbour. A step that the attribute's verifier
/// refuses is none. Steps have an inverse, so that neighbours know each other.
///
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

using namespace mlir;
using namespace kiln;

/// The attribute with these parameters; null where its verifier refuses them.
template <typename AttrT, typename... Parameters>
static AttrT makeValid(MLIRContext *context, const Parameters &...parameters) {
  // An inactive diagnostic converts to success, so that refusals are noted.
  bool refused = false;
  auto refuse = [&] {
    refused = true;
    return InFlightDiagnostic();
  };
  LogicalResult valid = AttrT::verify(refuse, parameters...);
  return succeeded(valid) && !refused ? AttrT::get(context, parameters...)
                                      : AttrT();
}

namespace {
/// The fields of a #kiln.schedule, to be changed one by one.
struct Fields {
  Contraction contraction;
  SmallVector<int64_t> tile;
  int64_t chunk;
  SmallVector<int64_t> warps;
  int64_t stages;
  bool persistent;
  Columns columns;
  Weights weights;
  int64_t ring;
  bool transpose;
  int64_t lookahead;
  bool earlyBarrier;
  int64_t spread;
  bool peel, halving, pairedStores;

  explicit Fields(ScheduleAttr schedule)
      : contraction(schedule.getContraction()), tile(schedule.getTile()),
        chunk(schedule.getChunk()), warps(schedule.getWarps()),
        stages(schedule.getStages()), persistent(schedule.getPersistent()),
        columns(schedule.getColumns()), weights(schedule.getWeights()),
        ring(schedule.getRing()), transpose(schedule.getTranspose()),
        lookahead(schedule.getLookahead()),
        earlyBarrier(schedule.getEarlyBarrier()), spread(schedule.getSpread()),
        peel(schedule.getPeel()), halving(schedule.getHalving()),
        pairedStores(schedule.getPairedStores()) {}

  /// Null where the verifier refuses it.
  ScheduleAttr get(MLIRContext *context) const {
    return makeValid<ScheduleAttr>(context, contraction, tile, chunk, warps,
                                   stages, persistent, columns, weights, ring,
                                   transpose, lookahead, earlyBarrier, spread,
                                   peel, halving, pairedStores);
  }
};

/// Collects what differs from the origin and is valid, each once.
template <typename ScheduleT>
class Collector {
public:
  explicit Collector(ScheduleT origin) : origin(origin) {}
  void add(ScheduleT schedule) {
    if (schedule && schedule != origin && !llvm::is_contained(list, schedule))
      list.push_back(schedule);
  }
  SmallVector<Attribute> list;

private:
  ScheduleT origin;
};
} // namespace

SmallVector<Attribute> ScheduleAttr::getNeighbours() const {
  MLIRContext *context = getContext();
  Collector<ScheduleAttr> neighbours(*this);
  auto change = [&](llvm::function_ref<void(Fields &)> step) {
    Fields fields(*this);
    step(fields);
    neighbours.add(fields.get(context));
  };
  // Tile and warps along channels, rows and columns, alone and together.
  for (int dim = 0; dim < 3; ++dim) {
    change([&](Fields &f) { f.tile[dim] *= 2; });
    change([&](Fields &f) { f.tile[dim] /= 2; });
    change([&](Fields &f) { f.warps[dim] *= 2; });
    change([&](Fields &f) { f.warps[dim] /= 2; });
    change([&](Fields &f) { f.tile[dim] *= 2, f.warps[dim] *= 2; });
    change([&](Fields &f) { f.tile[dim] /= 2, f.warps[dim] /= 2; });
    for (int other = 0; other < 3; ++other)
      if (other != dim) {
        change([&](Fields &f) { f.tile[dim] *= 2, f.tile[other] /= 2; });
        change([&](Fields &f) { f.warps[dim] *= 2, f.warps[other] /= 2; });
      }
  }
  change([](Fields &f) { f.chunk *= 2; });
  change([](Fields &f) { f.chunk /= 2; });
  change([](Fields &f) { ++f.stages; });
  change([](Fields &f) { --f.stages; });
  change([](Fields &f) { f.persistent = !f.persistent; });
  change([](Fields &f) {
    f.columns = f.columns == Columns::Plain ? Columns::EvenOdd : Columns::Plain;
  });
  // A ring has two slots at least.
  change([](Fields &f) { f.ring = f.ring ? f.ring + 1 : 2; });
  change([](Fields &f) { f.ring = f.ring > 2 ? f.ring - 1 : 0; });
  change([](Fields &f) { f.transpose = !f.transpose; });
  change([](Fields &f) {
    f.lookahead = !f.lookahead;
    f.earlyBarrier = f.lookahead;
  });
  change([](Fields &f) { f.earlyBarrier = !f.earlyBarrier; });
  change([](Fields &f) { ++f.spread; });
  change([](Fields &f) { --f.spread; });
  change([](Fields &f) { f.peel = !f.peel; });
  return std::move(neighbours.list);
}

SmallVector<Attribute> LoopScheduleAttr::getNeighbours() const {
  Collector<LoopScheduleAttr> neighbours(*this);
  struct Lists {
    SmallVector<int64_t> tile;
    SmallVector<Mode> threads;
    SmallVector<int64_t> vector;
  };
  auto change = [&](llvm::function_ref<void(Lists &)> step) {
    Lists lists{SmallVector<int64_t>(getTile()),
                SmallVector<Mode>(getThreadsAlong()),
                SmallVector<int64_t>(getVector())};
    step(lists);
    neighbours.add(makeValid<LoopScheduleAttr>(
        getContext(), lists.tile, lists.threads, lists.vector, getBlock()));
  };
  for (size_t axis = 0; axis < getTile().size(); ++axis) {
    Mode::Part part = getThreadsOf(axis);
    change([&](Lists &l) { l.tile[axis] *= 2; });
    change([&](Lists &l) { l.tile[axis] /= 2; });
    change([&](Lists &l) { l.vector[axis] *= 2; });
    change([&](Lists &l) { l.vector[axis] /= 2; });
    change([&](Lists &l) {
      l.threads[axis] =
          Mode({{part.size * 2, std::max<int64_t>(1, part.stride)}});
    });
    change([&](Lists &l) {
      l.threads[axis] = Mode({{part.size / 2, part.stride}});
    });
  }
  return std::move(neighbours.list);
}
