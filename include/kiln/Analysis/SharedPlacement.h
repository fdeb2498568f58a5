//===- SharedPlacement.h - Buffers in shared memory -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_SHAREDPLACEMENT_H
#define KILN_ANALYSIS_SHAREDPLACEMENT_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

namespace kiln {

/// A buffer in shared memory, and when a block uses it.
struct SharedBuffer {
  int64_t bytes;
  /// Phases of the kernel in which it is used, in any numbering: what is used
  /// in different phases only is apart by a barrier of the whole block on every
  /// path. None: it is in use throughout.
  llvm::SmallVector<int64_t> phases = {};

  /// Whether the two must not share bytes.
  bool overlaps(const SharedBuffer &other) const;
};

/// Byte offsets of buffers, in their order, and the bytes of all together.
struct SharedPlacement {
  llvm::SmallVector<int64_t> offsets;
  int64_t bytes = 0;
};

/// Places each buffer at the lowest aligned offset where no earlier buffer that
/// it overlaps with lies.
SharedPlacement placeSharedBuffers(llvm::ArrayRef<SharedBuffer> buffers);

} // namespace kiln

#endif // KILN_ANALYSIS_SHAREDPLACEMENT_H
