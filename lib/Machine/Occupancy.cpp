//===- Occupancy.cpp - Blocks that a multiprocessor can hold --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Occupancy.h"

#include "llvm/Support/MathExtras.h"

using namespace kiln;

static constexpr int64_t kWarpSize = 32;

Occupancy kiln::computeOccupancy(TargetAttr target,
                                 const BlockResources &block) {
  Occupancy result;
  result.maxWarpsPerSm = target.getWarpsPerSm();
  int64_t warps = llvm::divideCeil(std::max<int64_t>(block.threads, 1),
                                   uint64_t(kWarpSize));
  int64_t maxBlocks = target.getBlocksPerSm();

  int64_t byWarps = block.threads > target.getThreadsPerBlock()
                        ? 0
                        : result.maxWarpsPerSm / warps;
  int64_t byRegisters = maxBlocks;
  if (block.registersPerThread > target.getRegistersPerThread()) {
    byRegisters = 0;
  } else if (block.registersPerThread > 0) {
    // A warp takes its registers from the partition that it runs on.
    int64_t perWarp = llvm::alignTo(block.registersPerThread * kWarpSize,
                                    uint64_t(target.getRegisterUnit()));
    int64_t partitions = target.getWarpUnit();
    int64_t fit = target.getRegistersPerSm() / partitions / perWarp;
    byRegisters = fit * partitions / warps;
  }
  int64_t shared = llvm::alignTo(block.sharedBytes + target.getSharedReserved(),
                                 uint64_t(target.getSharedUnit()));
  int64_t byShared = block.sharedBytes > target.getSharedPerBlock() ? 0
                     : shared == 0 ? maxBlocks
                                   : target.getSharedPerSm() / shared;

  result.limits = {byRegisters, byShared, byWarps, maxBlocks};
  struct Limit {
    int64_t blocks;
    llvm::StringRef name;
  };
  // On a tie the scarcer resource to change is named first.
  const Limit limits[] = {{byRegisters, "registers"},
                          {byShared, "shared memory"},
                          {byWarps, "warps"},
                          {maxBlocks, "blocks"}};
  const Limit *least = limits;
  for (const Limit &limit : limits)
    if (limit.blocks < least->blocks)
      least = &limit;
  result.blocksPerSm = least->blocks;
  result.limiter = least->name;
  result.warpsPerSm = result.blocksPerSm * warps;
  return result;
}
