//===- ModelTest.cpp - Predicted times and metrics ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Model.h"

#include "kiln/Machine/Targets.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {
class ModelTest : public testing::Test {
protected:
  ModelTest() : ada(lookupTarget(&context, "rtx4090")) {}

  Prediction run(KernelDescription kernel, Clock clock = Clock::Boost) {
    EXPECT_FALSE(bool(kernel.complete()));
    return predict(kernel, ada, clock);
  }
  mlir::MLIRContext context;
  TargetAttr ada;
};

/// The starting kernel of docs/performance.md: an implicit product of 128
/// pixels, 32 channels and 32 of k, 4 x 18 k-steps. What a step issues was
/// counted in the machine code of the plainest Triton kernel of that form
/// (bench/triton_instructions.py), the rest follows from the shapes
/// (bench/records.py).
KernelDescription startingKernel() {
  KernelDescription kernel;
  kernel.tiles = 32258; // 64 x 254 x 254 pixels
  kernel.warps = 4;
  kernel.registers = 255;
  kernel.sharedBytes = 20480;
  kernel.steps = 4 * 18;
  kernel.multiply = Multiply::Tf32;
  kernel.tile = {128, 32, 32};
  kernel.instructions = 1556;
  kernel.alu = 980;
  kernel.cyclesAlone = 2.8;
  kernel.l1Wavefronts = 1525;
  kernel.epilogueInstructions = 626;
  kernel.reads = {{"image", 64. * 64 * 256 * 256 * 4, 434688, Along::Fast},
                  {"filter", 128. * 576 * 4, 128. * 576 * 4, Along::None}};
  kernel.writeBytes = 64. * 254 * 254 * 4;
  return kernel;
}

// What a profiler and a clock said on an RTX 4090.
TEST_F(ModelTest, TheStartingKernel) {
  Prediction profiled = run(startingKernel(), Clock::Profiler);
  EXPECT_EQ(profiled.grid, 32258);
  EXPECT_NEAR(profiled.warpsActive, 16.63, 0.1);
  EXPECT_NEAR(profiled.l2HitRate, 95.37, 3);
  EXPECT_NEAR(profiled.dramThroughput, 4.39, 1);
  EXPECT_NEAR(profiled.smThroughput, 49.12, 10);
  Prediction timed = run(startingKernel(), Clock::Boost);
  EXPECT_NEAR(timed.milliseconds, 21.3, 0.2 * 21.3);
  EXPECT_EQ(timed.bound, "latency");
}

KernelDescription product() {
  KernelDescription kernel; // 4096 x 4096 x 4096
  kernel.tiles = 1024;
  kernel.fastTiles = 32;
  kernel.warps = 8;
  kernel.registers = 160;
  kernel.sharedBytes = 65536;
  kernel.steps = 128;
  kernel.slots = 2;
  kernel.multiply = Multiply::Tf32;
  kernel.tile = {128, 128, 32};
  kernel.instructions = 112;
  double operand = 4096. * 4096 * 4, panel = 128. * 4096 * 4;
  kernel.reads = {{"rows", operand, panel, Along::Fast},
                  {"columns", operand, panel, Along::Slow}};
  kernel.writeBytes = operand;
  return kernel;
}

// A full tensor pipe reads as half of what a profiler counts on GeForce.
TEST_F(ModelTest, AFullTensorPipeReadsHalf) {
  Prediction p = run(product());
  EXPECT_EQ(p.bound, "tensor pipe");
  EXPECT_GT(p.utilisation.tensor, 94);
  EXPECT_NEAR(p.tensorPipe, p.utilisation.tensor / 2, 1e-9);
  EXPECT_LE(p.smThroughput, 50);
  // 137.4 GFLOP at 82.6 TFLOP/s x 2.7 / 2.52.
  EXPECT_NEAR(p.milliseconds, 1.55, 0.1);
}

TEST_F(ModelTest, ClocksScaleWhatDoesNotWaitForMemory) {
  double boost = run(product()).milliseconds;
  double base = run(product(), Clock::Profiler).milliseconds;
  EXPECT_NEAR(base / boost, 2700. / 2235, 0.01);
}

TEST_F(ModelTest, AStreamIsBoundByMemory) {
  KernelDescription kernel;
  kernel.tiles = 1 << 18;
  kernel.warps = 8;
  kernel.registers = 32;
  kernel.instructions = 20;
  double bytes = double(1 << 30);
  kernel.reads = {{"x", bytes, bytes / kernel.tiles, Along::Both}};
  kernel.writeBytes = bytes;
  for (Clock clock : {Clock::Profiler, Clock::Boost}) {
    Prediction p = run(kernel, clock);
    EXPECT_EQ(p.bound, "DRAM");
    // 2 GiB, under a profiler less what the cache still holds, at 920 GB/s.
    double kept = clock == Clock::Profiler ? 72 << 20 : 0;
    EXPECT_NEAR(p.milliseconds, (2 * bytes - kept) / 920e6, 0.02);
    EXPECT_NEAR(p.dramThroughput, 91, 1);
  }
}

TEST_F(ModelTest, WavesAreQuantised) {
  KernelDescription kernel = product();
  kernel.tiles = kernel.fastTiles = 128; // one full wave
  double one = run(kernel).milliseconds;
  kernel.tiles = kernel.fastTiles = 129;
  Prediction two = run(kernel);
  EXPECT_EQ(two.waves, 2);
  EXPECT_EQ(two.bound, "tail");
  EXPECT_GT(two.milliseconds, 1.7 * one);
  // Over the cycles of multiprocessors that have a block.
  EXPECT_NEAR(two.warpsActive, 100. * 8 / 48, 0.01);
}

TEST_F(ModelTest, MoreSlotsHideLatency) {
  KernelDescription kernel = product();
  kernel.slots = 1;
  double exposed = run(kernel).milliseconds;
  kernel.slots = 2;
  EXPECT_LT(run(kernel).milliseconds, 0.95 * exposed);
}

TEST_F(ModelTest, ABlockThatDoesNotFitHasNoTime) {
  KernelDescription kernel = product();
  kernel.sharedBytes = 120000;
  Prediction p = run(kernel);
  EXPECT_EQ(p.occupancy.blocksPerSm, 0);
  EXPECT_EQ(p.milliseconds, 0);
}

// With one station and no delay a customer is always served; with D customers
// and delay the rate tends to that of the station.
TEST(QueueingTest, MeanValueAnalysis) {
  EXPECT_DOUBLE_EQ(computeThroughput({4.}, 0, 1), 0.25);
  EXPECT_DOUBLE_EQ(computeThroughput({4.}, 0, 3), 0.25);
  EXPECT_DOUBLE_EQ(computeThroughput({4.}, 12, 1), 1. / 16);
  EXPECT_NEAR(computeThroughput({4.}, 12, 40), 0.25, 1e-6);
  // Two equal stations, two customers: 2 / 3 of one station's rate.
  EXPECT_DOUBLE_EQ(computeThroughput({3., 3.}, 0, 2), 2. / 9);
  // Between whole numbers.
  EXPECT_DOUBLE_EQ(computeThroughput({4.}, 12, 0.5), 0.5 / 16);
}

TEST(TrafficTest, WhatTheCacheHoldsIsReadOnce) {
  KernelDescription kernel = product();
  ASSERT_FALSE(bool(kernel.complete()));
  double operand = 4096. * 4096 * 4;
  Traffic all = computeTraffic(kernel, 1e12, 128);
  EXPECT_DOUBLE_EQ(all.dramRead, 2 * operand);
  EXPECT_DOUBLE_EQ(all.dramWrite, 0);
  EXPECT_DOUBLE_EQ(all.l2Read, 1024 * 2 * 128. * 4096 * 4);
  // A tiny cache: the operand along the fast axis is read in each of the 8
  // sweeps of 128 blocks over 32 places.
  Traffic tiny = computeTraffic(kernel, 1, 128);
  EXPECT_NEAR(tiny.dramRead, (8 + 1) * operand, 1e-6 * operand);
  EXPECT_NEAR(tiny.dramWrite, operand, 1);
}

TEST(TrafficTest, GroupsKeepTheSweepSmall) {
  KernelDescription kernel = product();
  ASSERT_FALSE(bool(kernel.complete()));
  double ungrouped = computeTraffic(kernel, 72 << 20, 128).dramRead;
  kernel.group = 8;
  EXPECT_LT(computeTraffic(kernel, 72 << 20, 128).dramRead, ungrouped);
}
} // namespace
