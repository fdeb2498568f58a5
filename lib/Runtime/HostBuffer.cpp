//===- HostBuffer.cpp - Large blocks of host memory -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/HostBuffer.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>

namespace kiln::runtime {

// Mapped behind the data and never used: mappings often touch, and a kernel
// that runs beyond one buffer must not land in the next unseen.
static constexpr size_t gapBytes = 1 << 20;

Result<HostBuffer> HostBuffer::allocate(size_t bytes) {
  HostBuffer buffer;
  if (bytes > SIZE_MAX - gapBytes)
    return makeError("cannot allocate ", bytes, " bytes of host memory");
  buffer.bytes = bytes;
  buffer.mapped = bytes + gapBytes;
  void *memory = mmap(nullptr, buffer.mapped, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    buffer.mapped = 0;
    return makeError("cannot allocate ", bytes,
                     " bytes of host memory: ", std::strerror(errno));
  }
  buffer.memory = static_cast<std::byte *>(memory);
  return buffer;
}

HostBuffer::~HostBuffer() {
  if (memory)
    munmap(memory, mapped);
}

} // namespace kiln::runtime
