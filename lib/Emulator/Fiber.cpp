//===- Fiber.cpp - Cooperative threads of one block -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Fiber.h"

#include <cstdint>
#include <sys/mman.h>

using namespace kiln::emulator;
using namespace boost::context::detail;

static constexpr size_t kGuardBytes = 4096;

namespace {
struct Switch {
  Fiber &from, &to;
};
} // namespace

/// What a fiber does when it is switched to: it notes where the one before it
/// goes on. Returns itself.
static Fiber &arrive(transfer_t transfer) {
  auto *change = static_cast<Switch *>(transfer.data);
  change->from.context = transfer.fctx;
  return change->to;
}

static void start(transfer_t transfer) {
  Fiber &self = arrive(transfer);
  self.entry(self.argument);
}

void kiln::emulator::initFiber(Fiber &fiber, char *stack, size_t bytes,
                               void (*entry)(void *), void *argument) {
  fiber.entry = entry;
  fiber.argument = argument;
  // Stacks grow down: Boost takes the upper end.
  fiber.context = make_fcontext(stack + bytes, bytes, start);
}

void kiln::emulator::switchFiber(Fiber &from, Fiber &to) {
  Switch change{from, to};
  arrive(jump_fcontext(to.context, &change));
}

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
