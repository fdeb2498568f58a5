//===- OccupancyTest.cpp - Against NVIDIA's occupancy calculator ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Occupancy.h"
#include "kiln/Machine/Targets.h"

#include "gtest/gtest.h"

#include <algorithm>

using namespace kiln;

namespace {
class OccupancyTest : public testing::Test {
protected:
  OccupancyTest() {
    context.loadDialect<KilnDialect>();
    ada = lookupTarget(&context, "rtx4090");
    hopper = lookupTarget(&context, "h100");
  }
  mlir::MLIRContext context;
  TargetAttr ada, hopper;
};

TEST_F(OccupancyTest, Registers) {
  // 203 registers: 6656 for a warp, 9 warps fit, 8 in groups of 4: one block.
  Occupancy o = computeOccupancy(ada, {256, 203, 97792});
  EXPECT_EQ(o.blocksPerSm, 1);
  EXPECT_EQ(o.warpsPerSm, 8);
  EXPECT_EQ(o.maxWarpsPerSm, 48);
  EXPECT_EQ(o.limiter, "registers");
  EXPECT_DOUBLE_EQ(o.fraction(), 8. / 48);
}

TEST_F(OccupancyTest, RegisterGranularity) {
  // 128 registers: 16 warps. 129 round up to 136 a thread: 15, so 12 warps.
  EXPECT_EQ(computeOccupancy(ada, {128, 128, 0}).blocksPerSm, 4);
  EXPECT_EQ(computeOccupancy(ada, {128, 129, 0}).blocksPerSm, 3);
}

TEST_F(OccupancyTest, SharedMemory) {
  // 1 KiB of each block is the system's: 49 KiB + 1 KiB fit twice in 100 KiB.
  EXPECT_EQ(computeOccupancy(ada, {128, 32, 49 * 1024}).blocksPerSm, 2);
  Occupancy o = computeOccupancy(ada, {128, 32, 49 * 1024 + 1});
  EXPECT_EQ(o.blocksPerSm, 1);
  EXPECT_EQ(o.limiter, "shared memory");
  EXPECT_EQ(computeOccupancy(ada, {128, 32, 99 * 1024}).blocksPerSm, 1);
  EXPECT_EQ(computeOccupancy(ada, {128, 32, 99 * 1024 + 1}).blocksPerSm, 0);
  EXPECT_EQ(computeOccupancy(hopper, {128, 32, 49 * 1024}).blocksPerSm, 4);
}

TEST_F(OccupancyTest, WarpsAndBlocks) {
  Occupancy warps = computeOccupancy(ada, {1024, 32, 0});
  EXPECT_EQ(warps.blocksPerSm, 1);
  EXPECT_EQ(warps.limiter, "warps");
  EXPECT_DOUBLE_EQ(warps.fraction(), 32. / 48);
  Occupancy blocks = computeOccupancy(ada, {32, 16, 0});
  EXPECT_EQ(blocks.blocksPerSm, 24);
  EXPECT_EQ(blocks.limiter, "blocks");
  EXPECT_EQ(computeOccupancy(hopper, {32, 16, 0}).blocksPerSm, 32);
  EXPECT_EQ(computeOccupancy(ada, {33, 16, 0}).warpsPerSm, 48);
}

TEST_F(OccupancyTest, ImpossibleBlocks) {
  EXPECT_EQ(computeOccupancy(ada, {1025, 16, 0}).blocksPerSm, 0);
  EXPECT_EQ(computeOccupancy(ada, {512, 200, 0}).blocksPerSm, 0);
  EXPECT_EQ(computeOccupancy(ada, {32, 256, 0}).blocksPerSm, 0);
}

/// NVIDIA's calculator written down in another way: the blocks of a
/// multiprocessor are placed one by one until something runs out. `partitions`
/// hold the registers that are left, each a quarter of 65536.
int64_t placeBlocks(int64_t maxWarps, int64_t maxBlocks, int64_t sharedPerSm,
                    int64_t sharedPerBlock, const BlockResources &block) {
  if (block.sharedBytes > sharedPerBlock || block.threads > 1024 ||
      block.registersPerThread > 255)
    return 0;
  int64_t partitions[4] = {16384, 16384, 16384, 16384};
  int64_t warps = (block.threads + 31) / 32;
  // Eight registers a thread are one unit of 256 of its warp.
  int64_t ofWarp = (block.registersPerThread + 7) / 8 * 8 * 32;
  int64_t blocks = 0, warpsUsed = 0, sharedUsed = 0;
  while (blocks < maxBlocks) {
    warpsUsed += warps;
    sharedUsed += (block.sharedBytes + 1024 + 127) / 128 * 128;
    if (warpsUsed > maxWarps || sharedUsed > sharedPerSm)
      break;
    bool fits = true;
    for (int64_t w = 0; w < warps; ++w) {
      int64_t &most =
          *std::max_element(std::begin(partitions), std::end(partitions));
      most -= ofWarp;
      fits &= most >= 0;
    }
    if (!fits)
      break;
    ++blocks;
  }
  return blocks;
}

TEST_F(OccupancyTest, EveryCaseOfAGrid) {
  struct {
    llvm::StringRef card;
    int64_t warps, blocks, sharedPerSm, sharedPerBlock;
  } const cards[] = {{"a100-80gb", 64, 32, 164 * 1024, 163 * 1024},
                     {"rtx3090", 48, 16, 100 * 1024, 99 * 1024},
                     {"rtx4090", 48, 24, 100 * 1024, 99 * 1024},
                     {"h100", 64, 32, 228 * 1024, 99 * 1024}};
  for (auto &card : cards) {
    TargetAttr target = lookupTarget(&context, card.card);
    ASSERT_TRUE(target);
    for (int64_t threads = 32; threads <= 1024; threads += 32)
      for (int64_t registers = 16; registers <= 255; ++registers)
        for (int64_t shared = 0; shared <= 99 * 1024; shared += 3 * 1024 + 52) {
          BlockResources block{threads, registers, shared};
          ASSERT_EQ(computeOccupancy(target, block).blocksPerSm,
                    placeBlocks(card.warps, card.blocks, card.sharedPerSm,
                                card.sharedPerBlock, block))
              << card.card.str() << ": " << threads << " threads, " << registers
              << " registers, " << shared << " bytes";
        }
  }
}

TEST_F(OccupancyTest, Limits) {
  Occupancy o = computeOccupancy(ada, {128, 168, 32768});
  EXPECT_EQ(o.limits.registers, 3);
  EXPECT_EQ(o.limits.sharedMemory, 3);
  EXPECT_EQ(o.limits.warps, 12);
  EXPECT_EQ(o.limits.blocks, 24);
}
} // namespace
