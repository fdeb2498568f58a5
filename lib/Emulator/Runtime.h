//===- Runtime.h - State of a running block ---------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_RUNTIME_H
#define KILN_LIB_EMULATOR_RUNTIME_H

#include "Fiber.h"
#include "Memory.h"
#include "Operation.h"

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace kiln::emulator {

class Block;

struct Copy {
  uint64_t shared;
  const uint8_t *global;
  uint32_t bytes, sourceBytes;
  bool valid; // False after a finding: nothing is moved.
  uint32_t site;
};

enum class ThreadState : uint8_t { Ready, Waiting, Done };

struct Thread {
  Block *block = nullptr;
  Fiber fiber;
  uint32_t linear = 0, lane = 0, warp = 0;
  std::array<uint32_t, 3> tid{};
  ThreadState state = ThreadState::Ready;
  // The collective instruction that this thread waits at.
  const Operation *operation = nullptr;
  const uint32_t *operands = nullptr;
  uint32_t *results = nullptr;
  uint32_t mask = 0;
  // Asynchronous copies: not committed, and groups from the oldest.
  std::vector<Copy> open;
  std::deque<std::vector<Copy>> groups;
};

struct Warp {
  uint32_t ready = 0;   // Lanes that can run.
  uint32_t live = 0;    // Lanes that have not exited.
  uint32_t arrived = 0; // Lanes waiting at a warp collective.
};

struct BarrierState {
  std::vector<Thread *> waiting;
  std::vector<uint32_t> arrivedOnly; // Thread numbers of bar.arrive.
  uint32_t expected = 0;             // 0: all live threads.
  bool inUse = false;
};

/// Everything that is the same for all blocks of a launch.
struct LaunchConfig {
  std::array<uint32_t, 3> grid{}, block{};
  uint32_t dynamicSharedBytes = 0;
  void *const *arguments = nullptr;
  void (*entry)(void *const *) = nullptr;
  bool copiesEarly = false;
  size_t stackBytes = 0;
};

/// Runs blocks one after the other on the calling thread.
class Block {
public:
  Block(const LaunchConfig &config, MemoryChecker &memory, uint8_t *arena,
        const std::vector<Site> &sites, FindingLog &log);
  /// False when there is no memory for stacks.
  bool prepare();
  void run(uint64_t linearBlock);

  // Called by emulated code, on the fiber of `thread`.
  void perform(Thread &thread, const Operation &op, const uint32_t *operands,
               uint32_t *results);
  uint32_t readSpecialRegister(const Thread &thread, uint32_t which) const;
  uint8_t *getArena() const { return arena; }
  MemoryChecker &getMemory() { return memory; }
  /// Records a finding at the thread's place.
  void report(const Thread &thread, FindingKind kind, uint32_t site,
              const std::string &text);
  /// " (at '...')" for the other party of a finding, or nothing for site 0.
  std::string describeSite(uint32_t site) const;
  bool isOnStack(const Thread &thread, const void *address) const;

private:
  static void threadMain(void *argument);
  void yield(Thread &thread);
  void exitThread(Thread &thread);
  Thread *pickNext();
  void takeTurns();
  void makeReady(Thread &thread);
  void block(Thread &thread, const Operation &op, const uint32_t *operands,
             uint32_t *results);
  void reportDeadlock();

  // WarpOps.cpp
  void performWarpOp(Thread &thread, const Operation &op,
                     const uint32_t *operands, uint32_t *results);
  void executeWarpOp(const Operation &op, Thread &last, uint32_t lanes);
  void executeMma(const Operation &op, Thread *lanes);
  void executeLoadMatrix(const Operation &op, Thread *lanes);
  void executeStoreMatrix(const Operation &op, Thread *lanes);
  void executeShuffle(const Operation &op, Thread *lanes, uint32_t set);

  // Barriers.cpp
  void performBarrier(Thread &thread, const Operation &op,
                      const uint32_t *operands, uint32_t *results);
  bool tryComplete(BarrierState &barrier);

  // AsyncCopy.cpp
  void issueCopy(Thread &thread, const Operation &op, const uint32_t *operands);
  void waitGroups(Thread &thread, uint32_t pending);
  void land(Thread &thread, const std::vector<Copy> &group);

  const LaunchConfig &config;
  MemoryChecker &memory;
  uint8_t *arena;
  const std::vector<Site> &sites;
  FindingLog &log;
  StackPool stacks;
  Fiber scheduler;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::array<BarrierState, 16> barriers;
  std::array<uint32_t, 3> ctaid{};
  uint32_t readyWarps = 0, currentWarp = 0, numLive = 0;
  uint64_t clock = 0;
};

// Entry points for compiled kernels; Jit.cpp gives them their names.
extern "C" {
void *kilnRtSelf();
uint32_t kilnRtSpecialRegister(void *thread, uint32_t which);
uint64_t kilnRtSharedBase(void *thread);
void *kilnRtCheck(void *thread, void *address, uint32_t bytes, uint32_t flags,
                  uint32_t site);
uint32_t kilnRtCheckRange(void *thread, void *address, uint64_t bytes,
                          uint32_t flags, uint32_t site);
void kilnRtPerform(void *thread, const void *operation,
                   const uint32_t *operands, uint32_t *results);
}

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_RUNTIME_H
