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
  Stores stores;
  Channels channels;

  explicit Fields(ScheduleAttr schedule)
      : contraction(schedule.getContraction()), tile(schedule.getTile()),
        chunk(schedule.getChunk()), warps(schedule.getWarps()),
        stages(schedule.getStages()), persistent(schedule.getPersistent()),
        columns(schedule.getColumns()), weights(schedule.getWeights()),
        ring(schedule.getRing()), transpose(schedule.getTranspose()),
        lookahead(schedule.getLookahead()),
        earlyBarrier(schedule.getEarlyBarrier()), spread(schedule.getSpread()),
        peel(schedule.getPeel()), halving(schedule.getHalving()),
        pairedStores(schedule.getPairedStores()), stores(schedule.getStores()),
        channels(schedule.getChannels()) {}

  /// Null where the verifier refuses it.
  ScheduleAttr get(MLIRContext *context) const {
    return makeValid<ScheduleAttr>(
        context, contraction, tile, chunk, warps, stages, persistent, columns,
        weights, ring, transpose, lookahead, earlyBarrier, spread, peel,
        halving, pairedStores, stores, channels);
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
  change([](Fields &f) {
    f.stores = f.stores == Stores::Direct ? Stores::Staged : Stores::Direct;
  });
  change([](Fields &f) {
    f.channels =
        f.channels == Channels::Plain ? Channels::Adjacent : Channels::Plain;
  });
  return std::move(neighbours.list);
}

namespace {
/// The fields of a #kiln.loop_schedule, to be changed one by one.
struct LoopFields {
  SmallVector<int64_t> tile, size, stride, vector;
  int64_t block;

  explicit LoopFields(LoopScheduleAttr schedule)
      : tile(schedule.getTile()), vector(schedule.getVector()),
        block(schedule.getBlock()) {
    for (size_t axis = 0; axis < tile.size(); ++axis) {
      Mode::Part part = schedule.getThreadsOf(axis);
      size.push_back(part.size);
      stride.push_back(std::max<int64_t>(1, part.stride));
    }
  }

  /// Threads that the axes need, at least a warp.
  int64_t getNeeded() const {
    int64_t needed = 32;
    for (auto [count, step] : llvm::zip_equal(size, stride))
      if (count > 1)
        needed = std::max(needed, count * step);
    return needed;
  }

  /// Twice the threads along an axis, or half of them: those of the axes behind
  /// it move by a bit, and the block grows or shrinks with them.
  void scaleThreads(size_t axis, bool grow) {
    int64_t needed = getNeeded(), end = size[axis] * stride[axis];
    if (!grow && size[axis] == 1)
      return;
    for (size_t other = 0; other < size.size(); ++other)
      if (other != axis && stride[other] >= end)
        stride[other] = grow ? stride[other] * 2 : stride[other] / 2;
    size[axis] = grow ? size[axis] * 2 : size[axis] / 2;
    block = block * getNeeded() / needed;
  }

  /// Whether the opposite step would lead back.
  bool canUndo(const LoopFields &to, size_t axis, bool grow) const {
    LoopFields back = to;
    back.scaleThreads(axis, !grow);
    return back.size == size && back.stride == stride && back.block == block;
  }

  /// Null where the verifier refuses it.
  LoopScheduleAttr get(MLIRContext *context) const {
    SmallVector<Mode> threads;
    for (auto [count, step] : llvm::zip_equal(size, stride))
      threads.push_back(Mode({{count, step}}));
    return makeValid<LoopScheduleAttr>(context, tile, threads, vector, block);
  }
};
} // namespace

SmallVector<Attribute> LoopScheduleAttr::getNeighbours() const {
  Collector<LoopScheduleAttr> neighbours(*this);
  auto change = [&](llvm::function_ref<void(LoopFields &)> step) {
    LoopFields fields(*this);
    step(fields);
    neighbours.add(fields.get(getContext()));
  };
  for (size_t axis = 0; axis < getTile().size(); ++axis) {
    change([&](LoopFields &f) { f.tile[axis] *= 2; });
    change([&](LoopFields &f) { f.tile[axis] /= 2; });
    change([&](LoopFields &f) { f.vector[axis] *= 2; });
    change([&](LoopFields &f) { f.vector[axis] /= 2; });
    for (bool grow : {true, false}) {
      LoopFields fields(*this), scaled = fields;
      scaled.scaleThreads(axis, grow);
      if (!fields.canUndo(scaled, axis, grow))
        continue;
      // Threads take positions from each other, or get as many more.
      neighbours.add(scaled.get(getContext()));
      scaled.tile[axis] = grow ? scaled.tile[axis] * 2 : scaled.tile[axis] / 2;
      neighbours.add(scaled.get(getContext()));
    }
  }
  return std::move(neighbours.list);
}
