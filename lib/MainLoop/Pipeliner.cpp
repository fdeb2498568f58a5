//===- Pipeliner.cpp - The loops of a pipelined main loop -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Pipeliner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Computation
//===----------------------------------------------------------------------===//

/// Makes a cloned load of `segment` read the slot that `state` says.
void Pipeliner::setSlot(LocalLoadOp load, int64_t segment, const State &state) {
  int64_t buffer = main.getBufferIndex(load.getBuffer());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(load);
  load.getSlotMutable().set(getSlot(load.getLoc(), state, buffer,
                                    main.getCopyRead(buffer, segment), 0));
}

SmallVector<Value> Pipeliner::emitLoads(DotOp dot, int64_t segment,
                                        const State &state) {
  SmallVector<Value> fragments;
  for (Value operand : {dot.getA(), dot.getB()}) {
    auto load = cast<LocalLoadOp>(builder.clone(*operand.getDefiningOp()));
    setSlot(load, segment, state);
    fragments.push_back(load.getFragments());
  }
  return fragments;
}

Value Pipeliner::emitDot(DotOp dot, ValueRange fragments, Value acc) {
  return DotOp::create(builder, dot.getLoc(), dot.getType(), fragments[0],
                       fragments[1], acc, dot.getMaps(), dot.getContraction());
}

/// A segment after its sync, whose window is issued as a whole before it
/// computes.
void Pipeliner::emitSegment(int64_t segment, const Variables &variables,
                            const State &state, SmallVectorImpl<Value> &carried,
                            IRMapping &mapping) {
  int64_t before = llvm::mod(segment - 1, numSegments());
  emitSync(before);
  emitWindow(before, variables, state, {0, 1}, segment == 0);
  MainLoop::Segment &ops = main.segments[segment];
  if (schedule.getLookahead() == 1) {
    SmallVector<Value> fragments = emitLoads(ops.dots.front(), segment, state);
    for (auto [step, dot] : llvm::enumerate(ops.dots)) {
      SmallVector<Value> current = fragments;
      if (step + 1 < ops.dots.size())
        fragments = emitLoads(ops.dots[step + 1], segment, state);
      carried.front() = emitDot(dot, current, carried.front());
    }
    return;
  }
  for (Operation *op : ops.ops) {
    for (Value operand : op->getOperands())
      if (operand.getType().isIndex())
        main.cloneIndex(builder, operand, mapping);
    Operation *clone = builder.clone(*op, mapping);
    if (auto load = dyn_cast<LocalLoadOp>(clone))
      setSlot(load, segment, state);
  }
}

/// One dot, whose fragments have been loaded, while those of the next dot are
/// loaded and a part of a window is done. A segment's sync stands before its
/// last dot, which does not need the slots any more.
void Pipeliner::emitStep(int64_t number, const Variables &variables,
                         State &state, Value &acc) {
  Step &step = steps[number];
  int64_t segments = numSegments(),
          dots = main.segments[step.segment].dots.size();
  SmallVector<Value> current = state.fragments;
  if (step.number + 1 < dots) {
    state.fragments =
        emitLoads(steps[number + 1].dot, steps[number + 1].segment, state);
    emitWindow(llvm::mod(step.segment - 1, segments), variables, state,
               {step.number + 1, dots}, step.segment == 0);
  } else {
    emitSync(step.segment);
    bool last = step.segment + 1 == segments;
    int64_t following = last ? 0 : step.segment + 1;
    State next = last ? nextSlots(main.loop.getLoc(), state) : state;
    next.fragments =
        emitLoads(main.segments[following].dots.front(), following, next);
    emitWindow(step.segment, variables, state,
               {0, static_cast<int64_t>(main.segments[following].dots.size())},
               0);
    state = next;
  }
  acc = emitDot(step.dot, current, acc);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Builds a loop like `loop` that carries values and the state.
template <typename BodyFn>
SmallVector<Value> Pipeliner::emitLoop(scf::ForOp loop, Value upperBound,
                                       ValueRange carried, State &state,
                                       BodyFn emitBody) {
  SmallVector<Value> inits(carried);
  llvm::append_range(inits, pack(state));
  auto made = scf::ForOp::create(
      builder, loop.getLoc(), loop.getLowerBound(), upperBound, loop.getStep(),
      inits, [&](OpBuilder &b, Location loc, Value variable, ValueRange args) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
        State inner = unpack(args.drop_front(carried.size()));
        SmallVector<Value> values(args.take_front(carried.size()));
        emitBody(variable, inner, values);
        llvm::append_range(values, pack(inner));
        scf::YieldOp::create(builder, loc, values);
      });
  state = unpack(made.getResults().drop_front(carried.size()));
  return SmallVector<Value>(made.getResults().take_front(carried.size()));
}

/// The main loop from the middle of an iteration to the middle of the next: the
/// first dot of a tile stands in front and takes the start values themselves,
/// so that no registers have to be set.
Value Pipeliner::emitPeeledLoop(Variables variables, State &state, Value acc) {
  Location loc = main.loop.getLoc();
  int64_t count = steps.size();
  variables.push_back(main.loop.getLowerBound());
  emitStep(0, variables, state, acc);
  Value end = arith::SubIOp::create(builder, loc, main.loop.getUpperBound(),
                                    main.loop.getStep());
  SmallVector<Value> results = emitLoop(
      main.loop, end, {acc, main.loop.getLowerBound()}, state,
      [&](Value variable, State &inner, SmallVectorImpl<Value> &values) {
        variables.back() = variable;
        for (int64_t step = 1; step < count; ++step)
          emitStep(step, variables, inner, values.front());
        variables.back() = add(loc, variable, main.loop.getStep());
        emitStep(0, variables, inner, values.front());
        values.back() = variables.back();
      });
  acc = results.front();
  variables.back() = results.back();
  for (int64_t step = 1; step < count; ++step)
    emitStep(step, variables, state, acc);
  return acc;
}

/// The new main loop; returns what the old one returned and updates the state.
SmallVector<Value> Pipeliner::emitMainLoop(Variables variables, State &state,
                                           IRMapping &mapping) {
  SmallVector<Value> inits =
      llvm::map_to_vector(main.loop.getInitArgs(),
                          [&](Value v) { return mapping.lookupOrDefault(v); });
  if (ahead() && schedule.getPeel())
    return {emitPeeledLoop(variables, state, inits.front())};
  return emitLoop(
      main.loop, main.loop.getUpperBound(), inits, state,
      [&](Value variable, State &inner, SmallVectorImpl<Value> &values) {
        Variables at = variables;
        at.push_back(variable);
        if (ahead()) {
          for (size_t step = 0; step < steps.size(); ++step)
            emitStep(step, at, inner, values.front());
          return;
        }
        IRMapping body(mapping);
        body.map(main.loop.getInductionVar(), variable);
        body.map(main.loop.getRegionIterArgs(), values);
        for (int64_t segment = 0; segment < numSegments(); ++segment)
          emitSegment(segment, at, inner, values, body);
        if (schedule.getLookahead() == 0)
          for (auto [value, yielded] : llvm::zip_equal(
                   values, main.loop.getBody()->getTerminator()->getOperands()))
            value = body.lookupOrDefault(yielded);
        inner = nextSlots(main.loop.getLoc(), inner);
      });
}

/// The loops from `level` inwards; ops beside the inner ones are cloned.
SmallVector<Value> Pipeliner::emitNest(size_t level, Variables variables,
                                       State &state, IRMapping &mapping) {
  if (level + 1 == main.nest.size())
    return emitMainLoop(variables, state, mapping);
  scf::ForOp loop = main.nest[level];
  SmallVector<Value> inits = llvm::map_to_vector(
      loop.getInitArgs(), [&](Value v) { return mapping.lookupOrDefault(v); });
  return emitLoop(
      loop, loop.getUpperBound(), inits, state,
      [&](Value variable, State &inner, SmallVectorImpl<Value> &values) {
        Variables at = variables;
        at.push_back(variable);
        IRMapping body(mapping);
        body.map(loop.getInductionVar(), variable);
        body.map(loop.getRegionIterArgs(), values);
        for (Operation &op : loop.getBody()->without_terminator()) {
          if (&op == main.nest[level + 1])
            body.map(op.getResults(), emitNest(level + 1, at, inner, body));
          else
            builder.clone(op, body);
        }
        for (auto [value, yielded] : llvm::zip_equal(
                 values, loop.getBody()->getTerminator()->getOperands()))
          value = body.lookupOrDefault(yielded);
      });
}

void Pipeliner::run() {
  for (auto [number, segment] : llvm::enumerate(main.segments))
    for (auto [i, dot] : llvm::enumerate(segment.dots))
      steps.push_back(
          {static_cast<int64_t>(number), static_cast<int64_t>(i), dot});
  for (const MainLoop::Buffer &buffer : main.buffers) {
    int64_t slots = buffer.getSlots();
    std::pair<int64_t, int64_t> turn = {slots, buffer.getTurns() % slots};
    if (turn.second == 0) {
      turnOf.push_back(-1);
      continue;
    }
    auto it = llvm::find(turns, turn);
    turnOf.push_back(it - turns.begin());
    if (it == turns.end())
      turns.push_back(turn);
  }
  scf::ForOp outermost = main.nest.front();
  builder.setInsertionPoint(outermost);
  Variables first;
  for (scf::ForOp loop : main.nest)
    first.push_back(loop.getLowerBound());
  State state = emitPrologue(first);
  IRMapping mapping;
  outermost.replaceAllUsesWith(emitNest(0, {}, state, mapping));
  // Nothing may be in flight when the block ends.
  if (ahead())
    AsyncWaitOp::create(builder, main.loop.getLoc(), 0);
  outermost->erase();
}
