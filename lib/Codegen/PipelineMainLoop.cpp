//===- PipelineMainLoop.cpp - Copies ahead of multiplies ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Codegen/Passes.h"

#include "MainLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_PIPELINEMAINLOOP
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// Rebuilds a main loop, and the loop over tiles around it, with its copies
/// running ahead. The producer's state is the tile and the iteration whose
/// operands are copied next; it advances once for each iteration.
class Pipeliner {
public:
  Pipeliner(MainLoop main, ScheduleAttr schedule)
      : main(main), schedule(schedule), builder(schedule.getContext()),
        slots(main.getSlots()) {}

  void run();

private:
  /// What loops carry besides the accumulators.
  struct State {
    Value tile;        ///< that is copied next; null without a loop over tiles
    Value iteration;   ///< that is copied next
    Value slot;        ///< that is computed next
    SmallVector<Value> fragments; ///< of the next first dot, already loaded
  };
  static SmallVector<Value> pack(const State &state);
  State unpack(ValueRange values) const;
  void advance(Location loc, State &state);
  Value add(Location loc, Value a, Value b) {
    return arith::AddIOp::create(builder, loc, a, b);
  }
  Value index(Location loc, int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  Value nextSlot(Location loc, Value slot, int64_t distance);
  Value isValid(Location loc, const State &state);
  void emitCopies(Location loc, const State &state, Value slot, Value predicate,
                  int64_t part, int64_t parts);
  void emitGuarded(Location loc, const State &state, Value slot);
  void emitClamped(Location loc, const State &state, Value slot, int64_t part);
  State emitPrologue(Location loc, Value firstTile);
  SmallVector<Value> emitLoads(DotOp dot, Value slot);
  Value emitDot(DotOp dot, ValueRange fragments, Value acc);
  void emitBody(State &state, SmallVectorImpl<Value> &carried,
                IRMapping &mapping);
  void emitBodyAhead(State &state, SmallVectorImpl<Value> &carried);
  SmallVector<Value> emitMainLoop(State &state, IRMapping &mapping);

  MainLoop main;
  ScheduleAttr schedule;
  OpBuilder builder;
  int64_t slots;
  bool ahead() const { return schedule.getEarlyBarrier(); }
};

} // namespace

SmallVector<Value> Pipeliner::pack(const State &state) {
  SmallVector<Value> values;
  if (state.tile)
    values.push_back(state.tile);
  values.append({state.iteration, state.slot});
  llvm::append_range(values, state.fragments);
  return values;
}

Pipeliner::State Pipeliner::unpack(ValueRange values) const {
  State state;
  if (main.tiles) {
    state.tile = values.front();
    values = values.drop_front();
  }
  state.iteration = values[0];
  state.slot = values[1];
  llvm::append_range(state.fragments, values.drop_front(2));
  return state;
}

/// The iteration after the last of a tile is the first of the next tile.
void Pipeliner::advance(Location loc, State &state) {
  Value next = add(loc, state.iteration, main.loop.getStep());
  if (!main.tiles && !ahead()) {
    state.iteration = next;
    return;
  }
  Value wrap = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge,
                                     next, main.loop.getUpperBound());
  state.iteration = arith::SelectOp::create(builder, loc, wrap,
                                            main.loop.getLowerBound(), next);
  if (main.tiles)
    state.tile = arith::SelectOp::create(
        builder, loc, wrap, add(loc, state.tile, main.tiles.getStep()),
        state.tile);
}

Value Pipeliner::nextSlot(Location loc, Value slot, int64_t distance) {
  if (distance % slots == 0)
    return slot;
  if (slots == 2)
    return arith::SubIOp::create(builder, loc, index(loc, 1), slot);
  Value moved = add(loc, slot, index(loc, distance % slots));
  Value wrap = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge,
                                     moved, index(loc, slots));
  return arith::SelectOp::create(
      builder, loc, wrap,
      arith::SubIOp::create(builder, loc, moved, index(loc, slots)), moved);
}

Value Pipeliner::isValid(Location loc, const State &state) {
  if (main.tiles)
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                 state.tile, main.tiles.getUpperBound());
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                               state.iteration, main.loop.getUpperBound());
}

void Pipeliner::emitCopies(Location loc, const State &state, Value slot,
                           Value predicate, int64_t part, int64_t parts) {
  IRMapping mapping;
  if (main.tiles)
    mapping.map(main.tiles.getInductionVar(), state.tile);
  mapping.map(main.loop.getInductionVar(), state.iteration);
  for (AsyncCopyOp copy : main.copies) {
    SmallVector<Value> offsets = llvm::map_to_vector(
        copy.getOffsets(),
        [&](Value v) { return main.cloneIndex(builder, v, mapping); });
    AsyncCopyOp::create(builder, copy.getLoc(), copy.getSource(), offsets,
                        copy.getBuffer(), slot, predicate,
                        copy.getInBoundsAttr(), copy.getVectorAttr(),
                        copy.getFlatAttr(), builder.getI64IntegerAttr(part),
                        builder.getI64IntegerAttr(parts));
  }
}

/// Copies of one iteration as a group, none beyond the last tile.
void Pipeliner::emitGuarded(Location loc, const State &state, Value slot) {
  emitCopies(loc, state, slot, isValid(loc, state), 0, 1);
  AsyncCommitOp::create(builder, loc);
}

/// One part of the copies of an iteration; the last part closes the group.
/// Beyond the last tile the first one is copied again: fragments are loaded
/// ahead from every slot, so that every slot must hold numbers.
void Pipeliner::emitClamped(Location loc, const State &state, Value slot,
                            int64_t part) {
  if (part >= schedule.getSpread())
    return;
  State clamped = state;
  if (main.tiles)
    clamped.tile =
        arith::SelectOp::create(builder, loc, isValid(loc, state), state.tile,
                                main.tiles.getLowerBound());
  emitCopies(loc, clamped, slot, Value(), part, schedule.getSpread());
  if (part + 1 == schedule.getSpread())
    AsyncCommitOp::create(builder, loc);
}

SmallVector<Value> Pipeliner::emitLoads(DotOp dot, Value slot) {
  SmallVector<Value> fragments;
  for (Value operand : {dot.getA(), dot.getB()}) {
    auto load =
        cast<LocalLoadOp>(builder.clone(*operand.getDefiningOp()));
    load.getSlotMutable().set(slot);
    fragments.push_back(load.getFragments());
  }
  return fragments;
}

Value Pipeliner::emitDot(DotOp dot, ValueRange fragments, Value acc) {
  return DotOp::create(builder, dot.getLoc(), dot.getType(), fragments[0],
                       fragments[1], acc, dot.getMaps(), dot.getContraction());
}

/// The first copies, before any computation.
Pipeliner::State Pipeliner::emitPrologue(Location loc, Value firstTile) {
  State state;
  state.tile = firstTile;
  state.iteration = main.loop.getLowerBound();
  state.slot = index(loc, 0);
  if (!ahead()) {
    for (int64_t slot = 0; slot + 1 < slots; ++slot) {
      emitGuarded(loc, state, index(loc, slot));
      advance(loc, state);
    }
    return state;
  }
  emitCopies(loc, state, state.slot, Value(), 0, 1);
  AsyncCommitOp::create(builder, loc);
  advance(loc, state);
  AsyncWaitOp::create(builder, loc, 0);
  BarrierOp::create(builder, loc);
  state.fragments = emitLoads(main.dots.front(), state.slot);
  emitClamped(loc, state, nextSlot(loc, state.slot, 1), 0);
  return state;
}

/// An iteration whose copies are issued as a whole before it computes.
void Pipeliner::emitBody(State &state, SmallVectorImpl<Value> &carried,
                         IRMapping &mapping) {
  Location loc = main.loop.getLoc();
  AsyncWaitOp::create(builder, loc, slots - 2);
  BarrierOp::create(builder, loc);
  emitGuarded(loc, state, nextSlot(loc, state.slot, slots - 1));
  advance(loc, state);
  for (Operation &op : main.loop.getBody()->without_terminator()) {
    if (isa<AsyncCopyOp, AsyncCommitOp, AsyncWaitOp, BarrierOp>(op))
      continue;
    Operation *clone = builder.clone(op, mapping);
    if (auto load = dyn_cast<LocalLoadOp>(clone))
      load.getSlotMutable().set(state.slot);
  }
  for (auto [value, yielded] : llvm::zip_equal(
           carried, main.loop.getBody()->getTerminator()->getOperands()))
    value = mapping.lookupOrDefault(yielded);
  state.slot = nextSlot(loc, state.slot, 1);
}

/// An iteration whose fragments are loaded one dot ahead, whose refill copies
/// are spread over its dots, and whose wait and barrier stand before the last
/// dot: that one has its fragments in registers already.
void Pipeliner::emitBodyAhead(State &state, SmallVectorImpl<Value> &carried) {
  Location loc = main.loop.getLoc();
  Value acc = carried.front();
  int64_t count = main.dots.size();
  Value refill = nextSlot(loc, state.slot, 1);
  for (int64_t i = 0; i + 1 < count; ++i) {
    SmallVector<Value> next = emitLoads(main.dots[i + 1], state.slot);
    emitClamped(loc, state, refill, i + 1);
    acc = emitDot(main.dots[i], state.fragments, acc);
    state.fragments = next;
  }
  AsyncWaitOp::create(builder, loc, 0);
  BarrierOp::create(builder, loc);
  SmallVector<Value> next = emitLoads(main.dots.front(), refill);
  advance(loc, state);
  emitClamped(loc, state, state.slot, 0);
  acc = emitDot(main.dots.back(), state.fragments, acc);
  state.fragments = next;
  state.slot = refill;
  carried.front() = acc;
}

/// The new main loop; returns what the old one returned and updates the state.
SmallVector<Value> Pipeliner::emitMainLoop(State &state, IRMapping &mapping) {
  Location loc = main.loop.getLoc();
  SmallVector<Value> inits = llvm::map_to_vector(
      main.loop.getInitArgs(),
      [&](Value v) { return mapping.lookupOrDefault(v); });
  size_t numCarried = inits.size();
  llvm::append_range(inits, pack(state));
  auto made = scf::ForOp::create(
      builder, loc, main.loop.getLowerBound(), main.loop.getUpperBound(),
      main.loop.getStep(), inits,
      [&](OpBuilder &b, Location loc, Value iteration, ValueRange args) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
        State inner = unpack(args.drop_front(numCarried));
        SmallVector<Value> carried(args.take_front(numCarried));
        if (ahead()) {
          emitBodyAhead(inner, carried);
        } else {
          IRMapping bodyMapping(mapping);
          bodyMapping.map(main.loop.getInductionVar(), iteration);
          bodyMapping.map(main.loop.getRegionIterArgs(), carried);
          emitBody(inner, carried, bodyMapping);
        }
        llvm::append_range(carried, pack(inner));
        scf::YieldOp::create(builder, loc, carried);
      });
  state = unpack(made.getResults().drop_front(numCarried));
  return SmallVector<Value>(made.getResults().take_front(numCarried));
}

void Pipeliner::run() {
  scf::ForOp tiles = main.tiles;
  Operation *outermost = tiles ? tiles.getOperation() : main.loop.getOperation();
  builder.setInsertionPoint(outermost);
  Location loc = main.loop.getLoc();
  if (!tiles) {
    State state = emitPrologue(loc, Value());
    IRMapping mapping;
    main.loop.replaceAllUsesWith(emitMainLoop(state, mapping));
  } else {
    // Bounds and steps of the main loop must not be computed in the tile loop.
    State state = emitPrologue(loc, tiles.getLowerBound());
    scf::ForOp::create(
        builder, tiles.getLoc(), tiles.getLowerBound(), tiles.getUpperBound(),
        tiles.getStep(), pack(state),
        [&](OpBuilder &b, Location loc, Value tile, ValueRange args) {
          OpBuilder::InsertionGuard guard(builder);
          builder.setInsertionPoint(b.getInsertionBlock(),
                                    b.getInsertionPoint());
          State inner = unpack(args);
          IRMapping mapping;
          mapping.map(tiles.getInductionVar(), tile);
          for (Operation &op : tiles.getBody()->without_terminator()) {
            if (&op == main.loop)
              mapping.map(main.loop.getResults(),
                          emitMainLoop(inner, mapping));
            else
              builder.clone(op, mapping);
          }
          scf::YieldOp::create(builder, loc, pack(inner));
        });
  }
  // Nothing may be in flight when the block ends.
  if (ahead())
    AsyncWaitOp::create(builder, loc, 0);
  outermost->erase();
}

namespace {
struct PipelineMainLoop
    : public kiln::impl::PipelineMainLoopBase<PipelineMainLoop> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule = function->getAttrOfType<ScheduleAttr>("kiln.schedule");
      if (!schedule)
        continue;
      FailureOr<MainLoop> main = MainLoop::find(function);
      if (failed(main))
        continue;
      auto opts = remark::RemarkOpts::name("pipeline")
                      .category("kiln-pipeline-main-loop")
                      .function(function.getName());
      if (main->getSlots() < 2) {
        remark::missed(main->loop.getLoc(), opts)
            << remark::reason("buffers have one slot: copies wait for the "
                              "computation");
        continue;
      }
      if (schedule.getEarlyBarrier() &&
          (main->getSlots() != 2 || !main->isChainOfDots())) {
        main->loop.emitError(
            "early_barrier needs two slots and a body that is one chain of dots "
            "on fragments of its own");
        return signalPassFailure();
      }
      if (schedule.getSpread() > static_cast<int64_t>(main->dots.size())) {
        main->loop.emitError("spread = ")
            << schedule.getSpread() << " exceeds the " << main->dots.size()
            << " dots of an iteration";
        return signalPassFailure();
      }
      main->hoistBounds();
      remark::passed(main->loop.getLoc(), opts)
          << remark::metric("Slots", main->getSlots())
          << remark::metric("Dots", main->dots.size());
      Pipeliner(*main, schedule).run();
      ++numPipelined;
    }
  }
};
} // namespace
