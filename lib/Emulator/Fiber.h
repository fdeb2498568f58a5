//===- Fiber.h - Cooperative threads of one block ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A fiber is a stack and the saved context of Boost.Context, which switches
// without a system call: there is one switch for each lane and mma. Its
// jump_fcontext() is used directly, because the destructor of
// boost::context::fiber unwinds the stack of a fiber that has not ended,
// through compiled kernels; the emulator just leaves such a stack and starts
// again on it.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_FIBER_H
#define KILN_LIB_EMULATOR_FIBER_H

#include <boost/context/detail/fcontext.hpp>

#include <cstddef>

namespace kiln::emulator {

struct Fiber {
  /// Where it goes on; of a running fiber, nothing.
  boost::context::detail::fcontext_t context = nullptr;
  void (*entry)(void *) = nullptr;
  void *argument = nullptr;
};

/// Makes `fiber` start `entry(argument)` on the given stack at its first
/// switch. `entry` must never return; what ran on the stack before is given up.
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
