//===- Fiber.h - Cooperative threads of one block ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A fiber is a stack and a saved stack pointer. swapcontext() makes a system
// call each time, too slow for one switch per lane and mma; so x86-64 has a
// switch of its own; other machines (and -DKILN_EMULATOR_UCONTEXT) use
// ucontext.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_FIBER_H
#define KILN_LIB_EMULATOR_FIBER_H

#include <cstddef>

#if defined(__x86_64__) && !defined(KILN_EMULATOR_UCONTEXT)
#define KILN_EMULATOR_OWN_SWITCH 1
#else
#include <ucontext.h>
#endif

namespace kiln::emulator {

struct Fiber {
#ifdef KILN_EMULATOR_OWN_SWITCH
  void *stackPointer = nullptr;
#else
  ucontext_t context;
#endif
};

/// Makes `fiber` start `entry(argument)` on the given stack at its first
/// switch. `entry` must never return.
void initFiber(Fiber &fiber, char *stack, size_t bytes, void (*entry)(void *),
               void *argument);
/// Saves the running fiber in `from` and continues `to`.
void switchFiber(Fiber &from, Fiber &to);

/// Stacks of equal size with a guard page below each, mapped lazily.
class StackPool {
public:
  StackPool() = default;
  StackPool(const StackPool &) = delete;
  ~StackPool() { release(); }
  /// False when the system has no memory for them.
  bool reserve(size_t count, size_t bytes);
  char *get(size_t index) const;
  size_t getStackBytes() const { return stackBytes; }

private:
  void release();
  char *base = nullptr;
  size_t total = 0, stackBytes = 0;
};

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_FIBER_H
