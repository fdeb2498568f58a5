//===- Occupancy.h - Blocks that a multiprocessor can hold ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_OCCUPANCY_H
#define KILN_TARGET_OCCUPANCY_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

namespace kiln {

/// What one block of a kernel takes.
struct BlockResources {
  int64_t threads = 0;
  int64_t registersPerThread = 0;
  int64_t sharedBytes = 0; ///< static and dynamic
};

struct Occupancy {
  int64_t blocksPerSm = 0; ///< 0: the kernel cannot be launched
  int64_t warpsPerSm = 0;
  int64_t maxWarpsPerSm = 0;
  /// The resource that runs out first: "registers", "shared memory", "warps" or
  /// "blocks".
  llvm::StringRef limiter;

  double fraction() const {
    return maxWarpsPerSm ? static_cast<double>(warpsPerSm) / maxWarpsPerSm : 0;
  }
};

/// Resident blocks by the allocation rules of sm_80 to sm_90: registers go to
/// warps in units of 256 and to warps in groups of 4, shared memory to blocks
/// in units of 128 bytes with 1 KiB for the system.
Occupancy computeOccupancy(TargetAttr target, const BlockResources &block);

} // namespace kiln

#endif // KILN_TARGET_OCCUPANCY_H
