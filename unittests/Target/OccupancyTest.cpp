//===- OccupancyTest.cpp - Against NVIDIA's occupancy calculator ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Target/Occupancy.h"
#include "kiln/Target/LaunchPlan.h"
#include "kiln/Target/Targets.h"

#include "gtest/gtest.h"

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

TEST_F(OccupancyTest, Roofline) {
  KernelInfo kernel;
  kernel.bytes = 1008 * 1000 * 1000;
  EXPECT_DOUBLE_EQ(computeRoofline(ada, kernel).memoryMs, 1.0);
  kernel.flops = 826 * 1000 * 1000; // scalar f32 runs at 82.6 TFLOP/s
  EXPECT_NEAR(computeRoofline(ada, kernel).computeMs, 0.01, 1e-5);
  EXPECT_DOUBLE_EQ(computeRoofline(ada, kernel).boundMs(), 1.0);
}

TEST_F(OccupancyTest, Targets) {
  EXPECT_EQ(getTargetNames(), "rtx4090, h100, h200");
  EXPECT_FALSE(lookupTarget(&context, "rtx3090"));
  EXPECT_EQ(hopper.getSharedPerBlock(), ada.getSharedPerBlock());
}
} // namespace
