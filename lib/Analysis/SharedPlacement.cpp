//===- SharedPlacement.cpp - Buffers in shared memory ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/SharedPlacement.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

bool SharedBuffer::overlaps(const SharedBuffer &other) const {
  if (phases.empty() || other.phases.empty())
    return true;
  return llvm::any_of(phases, [&](int64_t phase) {
    return llvm::is_contained(other.phases, phase);
  });
}

SharedPlacement kiln::placeSharedBuffers(ArrayRef<SharedBuffer> buffers) {
  SharedPlacement placement;
  auto getEnd = [&](size_t buffer) {
    return placement.offsets[buffer] +
           llvm::alignTo(buffers[buffer].bytes, SharedType::kAlignment);
  };
  for (const SharedBuffer &buffer : buffers) {
    int64_t offset = 0;
    int64_t size = llvm::alignTo(buffer.bytes, SharedType::kAlignment);
    // Behind each buffer that is in the way, until none is.
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t other = 0; other < placement.offsets.size(); ++other)
        if (buffer.overlaps(buffers[other]) &&
            placement.offsets[other] < offset + size &&
            offset < static_cast<int64_t>(getEnd(other))) {
          offset = getEnd(other);
          moved = true;
        }
    }
    placement.offsets.push_back(offset);
    placement.bytes = std::max(placement.bytes, offset + size);
  }
  return placement;
}
