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
    Value tile;      ///< that is copied next; null without a loop over tiles
    Value iteration; ///< that is copied next
    Value slot;      ///< that is computed next
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
  void emitCopies(const State &state, Value slot, Value predicate,
                  int64_t part = 0, int64_t parts = 1);
  void emitGuarded(Location loc, const State &state, Value slot);
  void emitClamped(Location loc, const State &state, Value slot, int64_t part);
  State emitPrologue(Location loc, Value firstTile);
  SmallVector<Value> emitLoads(DotOp dot, Value slot);
  Value emitDot(DotOp dot, ValueRange fragments, Value acc);
  void emitBody(State &state, SmallVectorImpl<Value> &carried,
                IRMapping &mapping);
  void emitStep(int64_t step, State &state, Value &acc);
  template <typename BodyFn>
  SmallVector<Value> emitLoop(Value upperBound, ValueRange carried,
                              State &state, BodyFn emitBody);
  SmallVector<Value> emitPeeledLoop(State &state, Value acc);
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

/// Part `part` of `parts` of the copies of an iteration. The rounds of all
/// operands are dealt evenly: each part has its share of every operand.
void Pipeliner::emitCopies(const State &state, Value slot, Value predicate,
                           int64_t part, int64_t parts) {
  IRMapping mapping;
  if (main.tiles)
    mapping.map(main.tiles.getInductionVar(), state.tile);
  mapping.map(main.loop.getInductionVar(), state.iteration);
  struct Round {
    size_t copy;
    int64_t number;
    double place; ///< within the iteration's copies, 0 to 1
  };
  SmallVector<Round> rounds;
  for (auto [index, copy] : llvm::enumerate(main.copies)) {
    auto op = copy;
    int64_t count = op.getNumRounds(schedule.getThreads());
    for (int64_t number = 0; number < count; ++number)
      rounds.push_back({index, number, (number + 0.5) / count});
  }
  llvm::stable_sort(
      rounds, [](const Round &a, const Round &b) { return a.place < b.place; });
  int64_t total = rounds.size();
  ArrayRef<Round> mine = ArrayRef(rounds).slice(
      part * total / parts, (part + 1) * total / parts - part * total / parts);
  for (auto [index, copy] : llvm::enumerate(main.copies)) {
    auto op = copy;
    int64_t from = std::numeric_limits<int64_t>::max(), to = 0;
    for (const Round &round : mine)
      if (round.copy == index) {
        from = std::min(from, round.number);
        to = std::max(to, round.number + 1);
      }
    if (to == 0)
      continue;
    SmallVector<Value> offsets =
        llvm::map_to_vector(op.getOffsets(), [&](Value v) {
          return main.cloneIndex(builder, v, mapping);
        });
    DenseI64ArrayAttr range;
    if (from > 0 || to < op.getNumRounds(schedule.getThreads()))
      range = builder.getDenseI64ArrayAttr({from, to});
    AsyncCopyOp::create(builder, op.getLoc(), op.getSource(), offsets,
                        op.getBuffer(), slot, predicate, op.getInBoundsAttr(),
                        op.getVectorAttr(), op.getFlatAttr(), range);
  }
}

/// Copies of one iteration as a group, none beyond the last tile.
void Pipeliner::emitGuarded(Location loc, const State &state, Value slot) {
  emitCopies(state, slot, isValid(loc, state));
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
  emitCopies(clamped, slot, Value(), part, schedule.getSpread());
  if (part + 1 == schedule.getSpread())
    AsyncCommitOp::create(builder, loc);
}

SmallVector<Value> Pipeliner::emitLoads(DotOp dot, Value slot) {
  SmallVector<Value> fragments;
  for (Value operand : {dot.getA(), dot.getB()}) {
    auto load = cast<LocalLoadOp>(builder.clone(*operand.getDefiningOp()));
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
  emitCopies(state, state.slot, Value());
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
  if (schedule.getLookahead() == 1) {
    SmallVector<Value> fragments = emitLoads(main.dots.front(), state.slot);
    for (auto [step, dot] : llvm::enumerate(main.dots)) {
      SmallVector<Value> current = fragments;
      if (step + 1 < main.dots.size())
        fragments = emitLoads(main.dots[step + 1], state.slot);
      carried.front() = emitDot(dot, current, carried.front());
    }
    state.slot = nextSlot(loc, state.slot, 1);
    return;
  }
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

/// One dot, whose fragments have been loaded, while those of the next dot are
/// loaded and a part of the refill copies is issued. The wait and the barrier
/// of the iteration stand before its last dot, which does not need them any
/// more.
void Pipeliner::emitStep(int64_t step, State &state, Value &acc) {
  Location loc = main.loop.getLoc();
  int64_t count = main.dots.size();
  Value other = nextSlot(loc, state.slot, 1);
  SmallVector<Value> current = state.fragments;
  if (step + 1 < count) {
    state.fragments = emitLoads(main.dots[step + 1], state.slot);
    emitClamped(loc, state, other, step + 1);
  } else {
    AsyncWaitOp::create(builder, loc, 0);
    BarrierOp::create(builder, loc);
    state.fragments = emitLoads(main.dots.front(), other);
    advance(loc, state);
    emitClamped(loc, state, state.slot, 0);
    state.slot = other;
  }
  acc = emitDot(main.dots[step], current, acc);
}

/// Builds a loop that carries the accumulators and the state.
template <typename BodyFn>
SmallVector<Value> Pipeliner::emitLoop(Value upperBound, ValueRange carried,
                                       State &state, BodyFn emitBody) {
  Location loc = main.loop.getLoc();
  SmallVector<Value> inits(carried);
  llvm::append_range(inits, pack(state));
  auto made = scf::ForOp::create(
      builder, loc, main.loop.getLowerBound(), upperBound, main.loop.getStep(),
      inits, [&](OpBuilder &b, Location loc, Value iteration, ValueRange args) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
        State inner = unpack(args.drop_front(carried.size()));
        SmallVector<Value> values(args.take_front(carried.size()));
        emitBody(iteration, inner, values);
        llvm::append_range(values, pack(inner));
        scf::YieldOp::create(builder, loc, values);
      });
  state = unpack(made.getResults().drop_front(carried.size()));
  return SmallVector<Value>(made.getResults().take_front(carried.size()));
}

/// The main loop from the middle of an iteration to the middle of the next: the
/// first dot of a tile stands in front and takes the start values themselves,
/// so that no registers have to be set.
SmallVector<Value> Pipeliner::emitPeeledLoop(State &state, Value acc) {
  Location loc = main.loop.getLoc();
  int64_t count = main.dots.size();
  emitStep(0, state, acc);
  Value last = arith::SubIOp::create(builder, loc, main.loop.getUpperBound(),
                                     main.loop.getStep());
  acc = emitLoop(last, acc, state,
                 [&](Value, State &inner, SmallVectorImpl<Value> &values) {
                   for (int64_t step = 1; step < count; ++step)
                     emitStep(step, inner, values.front());
                   emitStep(0, inner, values.front());
                 })
            .front();
  for (int64_t step = 1; step < count; ++step)
    emitStep(step, state, acc);
  return {acc};
}

/// The new main loop; returns what the old one returned and updates the state.
SmallVector<Value> Pipeliner::emitMainLoop(State &state, IRMapping &mapping) {
  SmallVector<Value> inits =
      llvm::map_to_vector(main.loop.getInitArgs(),
                          [&](Value v) { return mapping.lookupOrDefault(v); });
  if (ahead() && schedule.getPeel() && main.dots.size() > 1)
    return emitPeeledLoop(state, inits.front());
  return emitLoop(
      main.loop.getUpperBound(), inits, state,
      [&](Value iteration, State &inner, SmallVectorImpl<Value> &values) {
        if (ahead()) {
          for (size_t step = 0; step < main.dots.size(); ++step)
            emitStep(step, inner, values.front());
          return;
        }
        IRMapping body(mapping);
        body.map(main.loop.getInductionVar(), iteration);
        body.map(main.loop.getRegionIterArgs(), values);
        emitBody(inner, values, body);
      });
}

void Pipeliner::run() {
  scf::ForOp tiles = main.tiles;
  Operation *outermost =
      tiles ? tiles.getOperation() : main.loop.getOperation();
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
              mapping.map(main.loop.getResults(), emitMainLoop(inner, mapping));
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
      if (schedule.getLookahead() == 1 && !main->isChainOfDots()) {
        main->loop.emitError("lookahead needs a body that is one chain of dots "
                             "on fragments of its own");
        return signalPassFailure();
      }
      if (schedule.getEarlyBarrier() && main->getSlots() != 2) {
        main->loop.emitError("early_barrier needs two slots, not ")
            << main->getSlots();
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
