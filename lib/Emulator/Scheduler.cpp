//===- Scheduler.cpp - Threads of one block on one CPU thread -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A thread runs until a collective instruction has to wait for others. With
// copies early the lowest warp that can run goes on, so warps get as far apart
// as barriers allow; with copies late the warps take turns, from the highest
// down, so they stay as close as they can.
//
//===----------------------------------------------------------------------===//

#include "Runtime.h"

#include <bit>

using namespace kiln::emulator;

static thread_local Thread *currentThread = nullptr;

Block::Block(const LaunchConfig &config, MemoryChecker &memory, uint8_t *arena,
             const std::vector<Site> &sites, FindingLog &log)
    : config(config), memory(memory), arena(arena), sites(sites), log(log) {}

bool Block::prepare() {
  uint32_t count = config.block[0] * config.block[1] * config.block[2];
  threads.resize(count);
  warps.resize((count + 31) / 32);
  return stacks.reserve(count, config.stackBytes);
}

void Block::threadMain(void *argument) {
  auto *thread = static_cast<Thread *>(argument);
  const LaunchConfig &config = thread->block->config;
  config.entry(config.arguments);
  thread->block->exitThread(*thread);
}

void Block::run(uint64_t linearBlock) {
  ctaid = {
      static_cast<uint32_t>(linearBlock % config.grid[0]),
      static_cast<uint32_t>(linearBlock / config.grid[0] % config.grid[1]),
      static_cast<uint32_t>(linearBlock / config.grid[0] / config.grid[1])};
  memory.beginBlock(arena, config.block, config.grid, linearBlock);
  numLive = threads.size();
  readyWarps = 0;
  clock = 0;
  for (BarrierState &barrier : barriers)
    barrier = BarrierState();
  for (Warp &warp : warps)
    warp = Warp();
  for (uint32_t i = 0; i < threads.size(); ++i) {
    Thread &thread = threads[i];
    thread.block = this;
    thread.linear = i;
    thread.lane = i % 32;
    thread.warp = i / 32;
    thread.tid = {i % config.block[0], i / config.block[0] % config.block[1],
                  i / (config.block[0] * config.block[1])};
    thread.state = ThreadState::Ready;
    thread.operation = nullptr;
    thread.open.clear();
    thread.groups.clear();
    initFiber(thread.fiber, stacks.get(i), stacks.getStackBytes(), threadMain,
              &thread);
    warps[thread.warp].live |= 1u << thread.lane;
    warps[thread.warp].ready |= 1u << thread.lane;
    readyWarps |= 1u << thread.warp;
  }
  currentWarp = warps.size();
  if (Thread *next = pickNext()) {
    currentThread = next;
    switchFiber(scheduler, next->fiber);
  }
  currentThread = nullptr;
  if (numLive)
    reportDeadlock();
}

void Block::takeTurns() {
  if (config.copiesEarly || !readyWarps)
    return;
  uint32_t lower =
      currentWarp < 32 ? readyWarps & ((1u << currentWarp) - 1) : readyWarps;
  currentWarp = 31 - std::countl_zero(lower ? lower : readyWarps);
}

Thread *Block::pickNext() {
  if (!readyWarps)
    return nullptr;
  if (config.copiesEarly) {
    currentWarp = std::countr_zero(readyWarps);
    uint32_t lane = std::countr_zero(warps[currentWarp].ready);
    return &threads[currentWarp * 32 + lane];
  }
  // Stay in a warp until its lanes have met, then take the next lower one.
  if (currentWarp >= warps.size() || !warps[currentWarp].ready)
    takeTurns();
  uint32_t lane = 31 - std::countl_zero(warps[currentWarp].ready);
  return &threads[currentWarp * 32 + lane];
}

void Block::makeReady(Thread &thread) {
  thread.state = ThreadState::Ready;
  thread.operation = nullptr;
  warps[thread.warp].ready |= 1u << thread.lane;
  readyWarps |= 1u << thread.warp;
}

/// Gives the CPU to another thread; returns when this one goes on.
void Block::yield(Thread &thread) {
  Thread *next = pickNext();
  if (next == &thread)
    return;
  currentThread = next;
  switchFiber(thread.fiber, next ? next->fiber : scheduler);
}

void Block::block(Thread &thread, const Operation &op, const uint32_t *operands,
                  uint32_t *results) {
  thread.state = ThreadState::Waiting;
  thread.operation = &op;
  thread.operands = operands;
  thread.results = results;
  Warp &warp = warps[thread.warp];
  warp.ready &= ~(1u << thread.lane);
  if (!warp.ready)
    readyWarps &= ~(1u << thread.warp);
}

void Block::exitThread(Thread &thread) {
  // Copies that nothing waits for still land.
  thread.groups.push_back(std::move(thread.open));
  thread.open.clear();
  waitGroups(thread, 0);
  thread.state = ThreadState::Done;
  Warp &warp = warps[thread.warp];
  uint32_t bit = 1u << thread.lane;
  warp.live &= ~bit;
  warp.ready &= ~bit;
  if (!warp.ready)
    readyWarps &= ~(1u << thread.warp);
  --numLive;
  // A barrier without a count waits for the threads that are left.
  for (BarrierState &barrier : barriers)
    if (barrier.inUse)
      tryComplete(barrier);
  yield(thread);
}

bool Block::isOnStack(const Thread &thread, const void *address) const {
  // Any stack of this block: a thread may only have got its own addresses.
  (void)thread;
  auto *byte = static_cast<const char *>(address);
  return byte >= stacks.get(0) &&
         byte < stacks.get(threads.size() - 1) + stacks.getStackBytes();
}

void Block::report(const Thread &thread, FindingKind kind, uint32_t site,
                   const std::string &text) {
  if (!log.isNew(kind, site)) {
    log.count(kind, site);
    return;
  }
  auto triple = [](const std::array<uint32_t, 3> &v) {
    return "(" + std::to_string(v[0]) + ", " + std::to_string(v[1]) + ", " +
           std::to_string(v[2]) + ")";
  };
  const Site &place = sites[site];
  log.add(kind, site,
          "kernel '" + place.function + "', block " + triple(ctaid) +
              ", thread " + triple(thread.tid) + ": " + text + "; at '" +
              place.text + "'" +
              (place.location.empty() ? "" : " (" + place.location + ")"));
}

std::string Block::describeSite(uint32_t site) const {
  if (!site)
    return "";
  const Site &place = sites[site];
  return " by '" + place.text + "'" +
         (place.location.empty() ? "" : " (" + place.location + ")");
}

void Block::reportDeadlock() {
  // One report for each instruction that threads wait at.
  for (Thread &thread : threads)
    if (thread.state == ThreadState::Waiting)
      report(thread, FindingKind::Deadlock, thread.operation->site,
             "waits forever: the other threads that '" +
                 thread.operation->name +
                 "' needs have exited or wait elsewhere");
}

void Block::perform(Thread &thread, const Operation &op,
                    const uint32_t *operands, uint32_t *results) {
  auto pointer = [&](unsigned word) {
    return operands[word] | static_cast<uint64_t>(operands[word + 1]) << 32;
  };
  switch (op.kind) {
  case OpKind::Nop:
    return;
  case OpKind::Trap:
    report(thread, FindingKind::Trap, op.site, "the kernel executes a trap");
    [[fallthrough]];
  case OpKind::Exit:
    return exitThread(thread);
  case OpKind::CopyAsync:
    return issueCopy(thread, op, operands);
  case OpKind::CommitGroup:
    thread.groups.push_back(std::move(thread.open));
    thread.open.clear();
    return;
  case OpKind::WaitGroup:
    return waitGroups(thread, operands[0]);
  case OpKind::WaitAll:
    thread.groups.push_back(std::move(thread.open));
    thread.open.clear();
    return waitGroups(thread, 0);
  case OpKind::IsShared:
    results[0] = memory.isShared(pointer(0));
    return;
  case OpKind::IsLocal:
    results[0] = isOnStack(thread, reinterpret_cast<void *>(pointer(0)));
    return;
  case OpKind::IsGlobal:
    results[0] = !memory.isShared(pointer(0)) &&
                 !isOnStack(thread, reinterpret_cast<void *>(pointer(0)));
    return;
  case OpKind::Prmt: {
    uint64_t bytes = pointer(0);
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) {
      uint32_t select = operands[2] >> (4 * i) & 15;
      uint32_t byte = bytes >> (8 * (select & 7)) & 255;
      if (select & 8) // Replicates the sign.
        byte = byte & 128 ? 255 : 0;
      value |= byte << (8 * i);
    }
    results[0] = value;
    return;
  }
  case OpKind::ActiveMask:
    results[0] = warps[thread.warp].live;
    return;
  case OpKind::Clock:
    clock += 8;
    results[0] = static_cast<uint32_t>(clock);
    results[1] = static_cast<uint32_t>(clock >> 32);
    return;
  case OpKind::Barrier:
  case OpKind::BarrierArrive:
  case OpKind::BarrierReduce:
    return performBarrier(thread, op, operands, results);
  default:
    return performWarpOp(thread, op, operands, results);
  }
}

uint32_t Block::readSpecialRegister(const Thread &thread,
                                    uint32_t which) const {
  // tid, ntid, ctaid, nctaid in x, y, z, w order, then the rest; see
  // getSpecialRegister() in Decode.cpp.
  uint32_t axis = which % 4;
  switch (which / 4) {
  case 0:
    return axis < 3 ? thread.tid[axis] : 0;
  case 1:
    return axis < 3 ? config.block[axis] : 1;
  case 2:
    return axis < 3 ? ctaid[axis] : 0;
  case 3:
    return axis < 3 ? config.grid[axis] : 1;
  default:
    break;
  }
  uint32_t bit = 1u << thread.lane;
  switch (which) {
  case 16:
    return thread.lane;
  case 17:
    return thread.warp;
  case 18:
    return warps.size();
  case 19:
    return 32;
  case 20:
    return bit;
  case 21:
    return bit | (bit - 1);
  case 22:
    return bit - 1;
  case 23:
    return ~(bit - 1);
  case 24:
    return ~(bit | (bit - 1));
  case 25:
    return config.dynamicSharedBytes;
  default:
    return 0;
  }
}

//===----------------------------------------------------------------------===//
// Entry points of emulated code
//===----------------------------------------------------------------------===//

/// What a refused access touches instead; larger than any single access.
static thread_local uint8_t sink[512];
static const uint8_t zeros[512] = {};

void *kiln::emulator::kilnRtSelf() { return currentThread; }

uint32_t kiln::emulator::kilnRtSpecialRegister(void *thread, uint32_t which) {
  auto *self = static_cast<Thread *>(thread);
  return self->block->readSpecialRegister(*self, which);
}

uint64_t kiln::emulator::kilnRtSharedBase(void *thread) {
  return reinterpret_cast<uint64_t>(
      static_cast<Thread *>(thread)->block->getArena());
}

uint32_t kiln::emulator::kilnRtCheckRange(void *thread, void *address,
                                          uint64_t bytes, uint32_t flags,
                                          uint32_t site) {
  if (!bytes)
    return 1;
  auto *self = static_cast<Thread *>(thread);
  Block &block = *self->block;
  MemoryChecker &memory = block.getMemory();
  uint64_t place = reinterpret_cast<uint64_t>(address);
  bool generic = !(flags & (AccessShared | AccessGlobal));
  bool shared =
      (flags & AccessShared) || (generic && memory.isNearShared(place));
  if (generic && !shared && block.isOnStack(*self, address))
    return 1;
  const char *verb = flags & AccessAtomic  ? "atomic access of "
                     : flags & AccessStore ? "store of "
                                           : "load of ";
  // Device buffers start at multiples of 256 wherever the host has them.
  uint64_t alignment = uint64_t(1) << (flags & AccessAlignMask);
  uint64_t offset = place;
  if (shared)
    offset = place - reinterpret_cast<uint64_t>(block.getArena());
  else if (Buffer *buffer = memory.findBuffer(address))
    offset = place - reinterpret_cast<uint64_t>(buffer->data);
  if (offset & (alignment - 1)) {
    block.report(*self, FindingKind::Misaligned, site,
                 verb + std::to_string(bytes) + " bytes at byte offset " +
                     std::to_string(offset) +
                     (shared ? " of shared memory" : " of a global buffer") +
                     ", which is not a multiple of " +
                     std::to_string(alignment));
    return 0;
  }
  MemoryChecker::Request request{self->linear,
                                 place,
                                 bytes,
                                 (flags & AccessStore) != 0,
                                 (flags & AccessAtomic) != 0,
                                 site};
  MemoryChecker::Verdict verdict =
      shared ? memory.accessShared(request) : memory.accessGlobal(request);
  if (verdict.faulty)
    block.report(*self, verdict.kind, site,
                 verb + std::to_string(bytes) + " bytes: " + verdict.text +
                     block.describeSite(verdict.otherSite));
  return verdict.allowed;
}

void *kiln::emulator::kilnRtCheck(void *thread, void *address, uint32_t bytes,
                                  uint32_t flags, uint32_t site) {
  if (kilnRtCheckRange(thread, address, bytes, flags, site))
    return address;
  return flags & AccessStore ? sink : const_cast<uint8_t *>(zeros);
}

void kiln::emulator::kilnRtPerform(void *thread, const void *operation,
                                   const uint32_t *operands,
                                   uint32_t *results) {
  auto *self = static_cast<Thread *>(thread);
  self->block->perform(*self, *static_cast<const Operation *>(operation),
                       operands, results);
}
