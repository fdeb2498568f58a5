//===- Fiber.cpp - Cooperative threads of one block -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Fiber.h"

#include <cstdint>
#include <sys/mman.h>

using namespace kiln::emulator;

static constexpr size_t kGuardBytes = 4096;

#ifdef KILN_EMULATOR_OWN_SWITCH
// Callee-saved registers of the System V ABI; the floating-point control words
// never change in emulated code.
asm(R"(
.text
.p2align 4
.hidden kilnSwitchStack
.globl kilnSwitchStack
.type kilnSwitchStack,@function
kilnSwitchStack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size kilnSwitchStack, .-kilnSwitchStack
.p2align 4
.hidden kilnStartFiber
.globl kilnStartFiber
.type kilnStartFiber,@function
kilnStartFiber:
  movq %r13, %rdi
  callq *%r12
  ud2
.size kilnStartFiber, .-kilnStartFiber
)");
extern "C" void kilnSwitchStack(void **save, void *load);
extern "C" void kilnStartFiber();

void kiln::emulator::initFiber(Fiber &fiber, char *stack, size_t bytes,
                               void (*entry)(void *), void *argument) {
  uintptr_t top = (reinterpret_cast<uintptr_t>(stack) + bytes) & ~uintptr_t(15);
  auto *slot = reinterpret_cast<uint64_t *>(top);
  // Pops r15, r14, r13, r12, rbx, rbp, then returns into kilnStartFiber with
  // the stack aligned for its call.
  *--slot = 0;
  *--slot = 0;
  *--slot = reinterpret_cast<uint64_t>(&kilnStartFiber);
  *--slot = 0;                                    // rbp
  *--slot = 0;                                    // rbx
  *--slot = reinterpret_cast<uint64_t>(entry);    // r12
  *--slot = reinterpret_cast<uint64_t>(argument); // r13
  *--slot = 0;                                    // r14
  *--slot = 0;                                    // r15
  fiber.stackPointer = slot;
}

void kiln::emulator::switchFiber(Fiber &from, Fiber &to) {
  kilnSwitchStack(&from.stackPointer, to.stackPointer);
}
#else
static void trampoline(unsigned entryLow, unsigned entryHigh, unsigned argLow,
                       unsigned argHigh) {
  auto join = [](unsigned low, unsigned high) {
    return static_cast<uintptr_t>(low | (static_cast<uint64_t>(high) << 32));
  };
  auto entry = reinterpret_cast<void (*)(void *)>(join(entryLow, entryHigh));
  entry(reinterpret_cast<void *>(join(argLow, argHigh)));
}

void kiln::emulator::initFiber(Fiber &fiber, char *stack, size_t bytes,
                               void (*entry)(void *), void *argument) {
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = stack;
  fiber.context.uc_stack.ss_size = bytes;
  fiber.context.uc_link = nullptr;
  uint64_t e = reinterpret_cast<uintptr_t>(entry);
  uint64_t a = reinterpret_cast<uintptr_t>(argument);
  makecontext(&fiber.context, reinterpret_cast<void (*)()>(trampoline), 4,
              static_cast<unsigned>(e), static_cast<unsigned>(e >> 32),
              static_cast<unsigned>(a), static_cast<unsigned>(a >> 32));
}

void kiln::emulator::switchFiber(Fiber &from, Fiber &to) {
  swapcontext(&from.context, &to.context);
}
#endif

bool StackPool::reserve(size_t count, size_t bytes) {
  bytes = (bytes + kGuardBytes - 1) & ~(kGuardBytes - 1);
  size_t wanted = count * (bytes + kGuardBytes);
  if (base && wanted <= total && bytes == stackBytes)
    return true;
  release();
  void *memory = mmap(nullptr, wanted, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  base = static_cast<char *>(memory);
  total = wanted;
  stackBytes = bytes;
  for (size_t i = 0; i < count; ++i)
    mprotect(base + i * (bytes + kGuardBytes), kGuardBytes, PROT_NONE);
  return true;
}

char *StackPool::get(size_t index) const {
  return base + index * (stackBytes + kGuardBytes) + kGuardBytes;
}

void StackPool::release() {
  if (base)
    munmap(base, total);
  base = nullptr;
  total = 0;
}
