//===- PipelinerCopies.cpp - When and what a main loop copies -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Pipeliner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

/// When each buffer's slots may be refilled and have to be full. The source of
/// a transposition is read between the last two syncs before its iteration.
CopySchedule Pipeliner::scheduleCopies(const MainLoop &main) {
  int64_t segments = main.segments.size();
  SmallVector<CopySchedule::Buffer> buffers;
  for (auto [index, buffer] : llvm::enumerate(main.buffers)) {
    CopySchedule::Buffer &scheduled = buffers.emplace_back();
    scheduled.slots = buffer.getSlots();
    for (int64_t segment : buffer.segments)
      scheduled.copies.push_back({segment - 1, segment});
    if (buffer.reader) {
      scheduled.copies.assign(1, {-2, -1});
      continue;
    }
    if (buffer.writer)
      continue;
    for (int64_t segment = 0; segment < segments; ++segment)
      for (Operation *op : main.segments[segment].ops)
        if (auto load = dyn_cast<LocalLoadOp>(op);
            load && load.reads(buffer.value))
          scheduled.copies[main.getCopyRead(index, segment)].freed = segment;
  }
  return CopySchedule(segments, buffers);
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

SmallVector<Value> Pipeliner::pack(const State &state) const {
  SmallVector<Value> values(state.slots);
  llvm::append_range(values, state.fragments);
  return values;
}

Pipeliner::State Pipeliner::unpack(ValueRange values) const {
  State state;
  llvm::append_range(state.slots, values.take_front(turns.size()));
  llvm::append_range(state.fragments, values.drop_front(turns.size()));
  return state;
}

Value Pipeliner::add(Location loc, Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}

Value Pipeliner::index(Location loc, int64_t value) {
  Value &constant = constants[value];
  if (!constant) {
    OpBuilder outside(main.nest.front());
    constant = arith::ConstantIndexOp::create(outside, loc, value);
  }
  return constant;
}

/// The iteration after the last of an inner loop is the first of the outer
/// loop's next one; the outermost variable runs on beyond its end.
Pipeliner::Variables Pipeliner::advance(Location loc, Variables variables) {
  Value carry;
  for (int64_t level = main.nest.size() - 1; level >= 0; --level) {
    scf::ForOp loop = main.nest[level];
    Value next = add(loc, variables[level], loop.getStep());
    if (carry)
      next =
          arith::SelectOp::create(builder, loc, carry, next, variables[level]);
    if (level > 0) {
      Value wrap = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::sge, next, loop.getUpperBound());
      next = arith::SelectOp::create(builder, loc, wrap, loop.getLowerBound(),
                                     next);
      carry = wrap;
    }
    variables[level] = next;
  }
  return variables;
}

Pipeliner::Variables Pipeliner::advance(Location loc, Variables variables,
                                        int64_t distance) {
  for (int64_t step = 0; step < distance; ++step)
    variables = advance(loc, variables);
  return variables;
}

/// The slot of a copy for the iteration that comes `distance` after that of
/// `state`.
Value Pipeliner::getSlot(Location loc, const State &state, int64_t buffer,
                         int64_t copy, int64_t distance) {
  int64_t slots = main.buffers[buffer].getSlots();
  int64_t offset = (distance * main.buffers[buffer].getTurns() + copy) % slots;
  if (turnOf[buffer] < 0)
    return index(loc, offset);
  Value slot = state.slots[turnOf[buffer]];
  if (offset == 0)
    return slot;
  Value &known = movedSlots[{slot.getAsOpaquePointer(), slots, offset}];
  if (known)
    return known;
  if (slots == 2)
    return known = arith::SubIOp::create(builder, loc, index(loc, 1), slot);
  Value moved = add(loc, slot, index(loc, offset));
  Value wrap = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sge,
                                     moved, index(loc, slots));
  return known = arith::SelectOp::create(
             builder, loc, wrap,
             arith::SubIOp::create(builder, loc, moved, index(loc, slots)),
             moved);
}

/// The state's slots one iteration later.
Pipeliner::State Pipeliner::nextSlots(Location loc, const State &state) {
  State next = state;
  for (size_t buffer = 0; buffer < main.buffers.size(); ++buffer)
    if (int64_t turn = turnOf[buffer];
        turn >= 0 && next.slots[turn] == state.slots[turn])
      next.slots[turn] = getSlot(loc, state, buffer, 0, 1);
  return next;
}

Value Pipeliner::isValid(Location loc, const Variables &variables) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                               variables.front(),
                               main.nest.front().getUpperBound());
}

/// Beyond the last tile the first one is copied again: fragments are loaded
/// ahead from every slot, so that every slot must hold numbers.
Pipeliner::Variables Pipeliner::clamp(Location loc, Variables variables) {
  variables.front() = arith::SelectOp::create(
      builder, loc, isValid(loc, variables), variables.front(),
      main.nest.front().getLowerBound());
  return variables;
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// The sync after a segment.
void Pipeliner::emitSync(int64_t segment) {
  Location loc = main.loop.getLoc();
  if (copies.pending[segment] >= 0)
    AsyncWaitOp::create(builder, loc, copies.pending[segment]);
  BarrierOp::create(builder, loc);
}

/// What the window after a segment does; `advanced` is 1 where the iteration of
/// `variables` and `state` is already the next one.
void Pipeliner::emitWindow(int64_t segment, const Variables &variables,
                           const State &state, Part part, int64_t advanced) {
  // Copies take the window's first `spread` steps.
  Part copyPart{part.number, std::min(part.of, schedule.getSpread())};
  if (copyPart.number < copyPart.of && !copies.windows[segment].empty()) {
    emitCopies(copies.windows[segment], variables, state, copyPart, advanced);
    if (copyPart.number + 1 == copyPart.of)
      AsyncCommitOp::create(builder, main.loop.getLoc());
  }
  // A tile is transposed in the last window but one before its iteration.
  if (segment == llvm::mod(-2, numSegments()))
    emitLocalCopies(variables, state, part,
                    -llvm::divideFloorSigned(-2, numSegments()) - advanced);
}

/// A part of the copies of a window. The rounds of all operands are dealt
/// evenly: each part has its share of every operand.
void Pipeliner::emitCopies(ArrayRef<CopySchedule::Item> items,
                           const Variables &variables, const State &state,
                           Part part, int64_t advanced) {
  struct Round {
    size_t item;
    int64_t number;
    double place; ///< within the window's copies, 0 to 1
  };
  auto getCopy = [&](const CopySchedule::Item &item) {
    return main.buffers[item.buffer].copies[item.copy];
  };
  SmallVector<Round> rounds;
  for (auto [index, item] : llvm::enumerate(items)) {
    int64_t count = getCopy(item).getNumRounds(schedule.getThreads());
    for (int64_t number = 0; number < count; ++number)
      rounds.push_back({index, number, (number + 0.5) / count});
  }
  llvm::stable_sort(
      rounds, [](const Round &a, const Round &b) { return a.place < b.place; });
  auto [first, last] = part.getShare(rounds.size());
  ArrayRef<Round> share = ArrayRef(rounds).slice(first, last - first);
  // Variables and mappings of the iterations that are copied for.
  std::map<int64_t, std::pair<IRMapping, Value>> iterations;
  auto getIteration = [&](Location loc,
                          int64_t distance) -> std::pair<IRMapping, Value> & {
    auto [it, isNew] = iterations.try_emplace(distance);
    if (!isNew)
      return it->second;
    Variables at = advance(loc, variables, distance);
    if (distance > 0 && ahead())
      at = clamp(loc, at);
    else if (distance > 0)
      it->second.second = isValid(loc, at);
    for (auto [loop, variable] : llvm::zip_equal(main.nest, at)) {
      auto mapped = loop;
      it->second.first.map(mapped.getInductionVar(), variable);
    }
    return it->second;
  };
  for (auto [index, item] : llvm::enumerate(items)) {
    int64_t from = std::numeric_limits<int64_t>::max(), to = 0;
    for (const Round &round : share)
      if (round.item == index) {
        from = std::min(from, round.number);
        to = std::max(to, round.number + 1);
      }
    if (to == 0)
      continue;
    AsyncCopyOp op = getCopy(item);
    Location loc = op.getLoc();
    auto &[mapping, predicate] = getIteration(loc, item.distance - advanced);
    Value slot =
        getSlot(loc, state, item.buffer, item.copy, item.distance - advanced);
    SmallVector<Value> offsets;
    for (Value offset : op.getOffsets())
      offsets.push_back(main.cloneIndex(builder, offset, mapping));
    DenseI64ArrayAttr range;
    if (from > 0 || to < op.getNumRounds(schedule.getThreads()))
      range = builder.getDenseI64ArrayAttr({from, to});
    AsyncCopyOp::create(builder, loc, op.getSource(), offsets, op.getBuffer(),
                        slot, predicate, op.getInBoundsAttr(),
                        op.getVectorAttr(), op.getFlatAttr(), range);
  }
}

/// A part of the transpositions for the iteration `distance` ahead. Where
/// nothing is copied beyond the last tile, nothing is transposed.
void Pipeliner::emitLocalCopies(const Variables &variables, const State &state,
                                Part part, int64_t distance) {
  for (LocalCopyOp op : main.segments.front().localCopies) {
    Location loc = op.getLoc();
    int64_t count = op.getNumRounds(schedule.getThreads());
    auto [first, last] = part.getShare(count);
    if (first == last)
      continue;
    Value from =
        getSlot(loc, state, main.getBufferIndex(op.getSource()), 0, distance);
    Value to =
        getSlot(loc, state, main.getBufferIndex(op.getDest()), 0, distance);
    DenseI64ArrayAttr range;
    if (last - first < count)
      range = builder.getDenseI64ArrayAttr({first, last});
    OpBuilder::InsertionGuard guard(builder);
    if (!ahead() && distance > 0) {
      Variables at = advance(loc, variables, distance);
      auto valid = scf::IfOp::create(builder, loc, isValid(loc, at), false);
      builder.setInsertionPoint(valid.thenBlock()->getTerminator());
    }
    LocalCopyOp::create(builder, loc, op.getSource(), from, op.getDest(), to,
                        range);
  }
}

/// What runs ahead of the first iteration.
Pipeliner::State Pipeliner::emitPrologue(const Variables &first) {
  Location loc = main.loop.getLoc();
  State state;
  state.slots.assign(turns.size(), index(loc, 0));
  int64_t segments = numSegments();
  bool transposes = !main.segments.front().localCopies.empty();
  // Without the early barrier the loop starts with the last sync.
  for (int64_t window = copies.getFirstWindow(); window < -1; ++window) {
    // The first tile is transposed here.
    if (transposes && window == -2)
      emitSync(llvm::mod(window, segments));
    emitCopies(copies.getPrologue(window), first, state, {0, 1}, 0);
    if (!copies.windows[llvm::mod(window, segments)].empty())
      AsyncCommitOp::create(builder, loc);
    if (transposes && window == -2)
      emitLocalCopies(first, state, {0, 1}, 0);
  }
  if (!ahead())
    return state;
  emitSync(segments - 1);
  state.fragments = emitLoads(steps.front().dot, 0, state);
  emitWindow(segments - 1, first, state,
             {0, static_cast<int64_t>(main.segments.front().dots.size())}, 1);
  return state;
}
