//===- Occupancy.h - Blocks that a multiprocessor can hold ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MACHINE_OCCUPANCY_H
#define KILN_MACHINE_OCCUPANCY_H

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
  /// Blocks that each of them allows alone, as the `launch__occupancy_limit_*`
  /// of a profiler; at most `blocks` of registers.
  struct Limits {
    int64_t registers = 0, sharedMemory = 0, warps = 0, blocks = 0;
  } limits;

  double fraction() const {
    return maxWarpsPerSm ? static_cast<double>(warpsPerSm) / maxWarpsPerSm : 0;
  }
};

/// Resident blocks by the allocation rules of NVIDIA's occupancy calculator,
/// with the units of `target`: a warp's registers are rounded up to
/// `register_unit` and come from one of `warp_unit` partitions; a block's
/// shared memory has `shared_reserved` bytes of the system and is rounded up to
/// `shared_unit`.
Occupancy computeOccupancy(TargetAttr target, const BlockResources &block);

} // namespace kiln

#endif // KILN_MACHINE_OCCUPANCY_H
