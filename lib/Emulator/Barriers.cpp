//===- Barriers.cpp - Block-wide and named barriers -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Runtime.h"

#include <algorithm>

using namespace kiln::emulator;

void Block::performBarrier(Thread &thread, const Operation &op,
                           const uint32_t *operands, uint32_t *results) {
  uint32_t id = operands[0];
  uint32_t expected = op.hasCount ? operands[1] : 0;
  auto fail = [&](const std::string &text) {
    report(thread, FindingKind::Collective, op.site, text);
  };
  if (id >= barriers.size())
    return fail("barrier number " + std::to_string(id) + "; there are " +
                std::to_string(barriers.size()));
  if (op.hasCount && (expected == 0 || expected % 32))
    return fail("barrier for " + std::to_string(expected) +
                " threads, which is not a positive multiple of 32");
  BarrierState &barrier = barriers[id];
  if (!barrier.inUse) {
    barrier.inUse = true;
    barrier.expected = expected;
  } else if (barrier.expected != expected) {
    fail("barrier " + std::to_string(id) + " for " + std::to_string(expected) +
         " threads (0: all), where others wait there for " +
         std::to_string(barrier.expected));
  }
  if (op.kind == OpKind::BarrierArrive) {
    barrier.arrivedOnly.push_back(thread.linear);
    tryComplete(barrier);
    return;
  }
  block(thread, op, operands, results);
  barrier.waiting.push_back(&thread);
  tryComplete(barrier);
  if (thread.state != ThreadState::Ready || !config.copiesEarly)
    yield(thread);
}

bool Block::tryComplete(BarrierState &barrier) {
  size_t arrived = barrier.waiting.size() + barrier.arrivedOnly.size();
  if (arrived < (barrier.expected ? barrier.expected : numLive))
    return false;
  if (memory.isEnabled()) {
    std::vector<unsigned> joined;
    for (Thread *thread : barrier.waiting)
      joined.push_back(thread->warp);
    for (uint32_t linear : barrier.arrivedOnly)
      joined.push_back(linear / 32);
    std::sort(joined.begin(), joined.end());
    joined.erase(std::unique(joined.begin(), joined.end()), joined.end());
    memory.joinWarps(joined);
  }
  uint32_t number = 0;
  bool isReduction = false;
  for (Thread *thread : barrier.waiting)
    if (thread->operation->kind == OpKind::BarrierReduce) {
      isReduction = true;
      number += thread->operands[thread->operation->hasCount ? 2 : 1] != 0;
    }
  for (Thread *thread : barrier.waiting) {
    const Operation &op = *thread->operation;
    if (isReduction && op.kind == OpKind::BarrierReduce)
      thread->results[0] = op.vote == VoteMode::Popc ? number
                           : op.vote == VoteMode::All
                               ? number == barrier.waiting.size()
                               : number != 0;
    makeReady(*thread);
  }
  barrier = BarrierState();
  return true;
}
