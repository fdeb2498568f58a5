//===- HostBuffer.h - Large blocks of host memory ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_HOSTBUFFER_H
#define KILN_RUNTIME_HOSTBUFFER_H

#include "kiln/Runtime/Status.h"

#include <cstddef>

namespace kiln::runtime {

/// Page-aligned memory that starts as zeros; pages take room only once they are
/// written, so an output of which a few tiles are computed stays cheap.
class HostBuffer {
public:
  HostBuffer() = default;
  HostBuffer(HostBuffer &&other) noexcept { swap(other); }
  HostBuffer &operator=(HostBuffer &&other) noexcept {
    swap(other);
    return *this;
  }
  ~HostBuffer();

  /// Fails where the system has no memory left.
  static Result<HostBuffer> allocate(size_t bytes);

  std::byte *data() { return memory; }
  const std::byte *data() const { return memory; }
  size_t size() const { return bytes; }

private:
  void swap(HostBuffer &other) {
    std::swap(memory, other.memory);
    std::swap(bytes, other.bytes);
    std::swap(mapped, other.mapped);
  }

  std::byte *memory = nullptr;
  size_t bytes = 0;
  size_t mapped = 0;
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_HOSTBUFFER_H
