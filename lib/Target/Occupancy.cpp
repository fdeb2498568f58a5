//===- Occupancy.cpp - Blocks that a multiprocessor can hold --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Occupancy.h"

#include "llvm/Support/MathExtras.h"

using namespace kiln;

namespace {
constexpr int64_t kWarpSize = 32;
constexpr int64_t kRegisterUnit = 256;    // registers, for a warp
constexpr int64_t kWarpGroup = 4;         // warps, one for each partition
constexpr int64_t kSharedUnit = 128;      // bytes
constexpr int64_t kReservedShared = 1024; // bytes of each block
} // namespace

Occupancy kiln::computeOccupancy(TargetAttr target,
                                 const BlockResources &block) {
  Occupancy result;
  result.maxWarpsPerSm = target.getThreadsPerSm() / kWarpSize;
  int64_t warps = llvm::divideCeil(std::max<int64_t>(block.threads, 1),
                                   uint64_t(kWarpSize));
  // 24 blocks on sm_89 and 32 on sm_80 and sm_90: one for each 64 threads.
  int64_t maxBlocks = target.getThreadsPerSm() / 64;

  int64_t byWarps = result.maxWarpsPerSm / warps;
  int64_t byRegisters = maxBlocks;
  if (block.registersPerThread > target.getRegistersPerThread()) {
    byRegisters = 0;
  } else if (block.registersPerThread > 0) {
    int64_t perWarp = llvm::alignTo(block.registersPerThread * kWarpSize,
                                    uint64_t(kRegisterUnit));
    int64_t fit = target.getRegistersPerSm() / perWarp;
    byRegisters = fit / kWarpGroup * kWarpGroup / warps;
  }
  int64_t shared =
      llvm::alignTo(block.sharedBytes + kReservedShared, uint64_t(kSharedUnit));
  int64_t byShared = block.sharedBytes > target.getSharedPerBlock()
                         ? 0
                         : target.getSharedPerSm() / shared;
  if (block.threads > target.getThreadsPerBlock())
    byWarps = 0;

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
