//===- TargetsTest.cpp - The cards that Kiln knows ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Machine/Targets.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {
TEST(TargetsTest, EveryCardParses) {
  mlir::MLIRContext context;
  for (llvm::StringRef name : getTargets()) {
    TargetAttr card = lookupTarget(&context, name);
    ASSERT_TRUE(card) << name.str();
    EXPECT_EQ(card.getName(), name);
  }
  EXPECT_FALSE(lookupTarget(&context, "abacus"));
}

TEST(TargetsTest, KernelsRunFromSm89On) {
  mlir::MLIRContext context;
  llvm::SmallVector<llvm::StringRef> kernels = getTargets(/*runKernels=*/true);
  EXPECT_LT(kernels.size(), getTargets().size());
  for (llvm::StringRef name : getTargets())
    EXPECT_EQ(llvm::is_contained(kernels, name),
              lookupTarget(&context, name).runsKernels())
        << name.str();
}

// The rates of the table are those of the instructions: an m16n8k8 takes a
// whole number of cycles of a partition, twice as many where f32 halves the
// rate.
TEST(TargetsTest, RatesFollowFromTheInstructions) {
  mlir::MLIRContext context;
  for (llvm::StringRef name : getTargets()) {
    TargetAttr card = lookupTarget(&context, name);
    double cycles = 2. * 16 * 8 * 8 * card.getSms() * 4 * card.getClockMhz() /
                    (card.getTf32Gflops() * 1e3);
    double nearest = std::round(cycles);
    EXPECT_NEAR(cycles, nearest, 0.02 * nearest) << name.str();
    // Within 2 %: some public figures are rounded.
    EXPECT_NEAR(card.getF16Gflops() / 2., card.getTf32Gflops(),
                0.02 * card.getTf32Gflops())
        << name.str();
    if (card.getHalvedAccumulation())
      EXPECT_EQ(nearest, 32) << name.str();
  }
}

TEST(TargetsTest, Rtx4090) {
  mlir::MLIRContext context;
  TargetAttr card = lookupTarget(&context, "rtx4090");
  EXPECT_EQ(card.getSms(), 128);
  EXPECT_EQ(card.getBandwidthGbs(), 1008);
  EXPECT_EQ(card.getTf32Gflops(), 82600);
  EXPECT_EQ(card.getF16Gflops(), 165200);
  EXPECT_EQ(card.getRegistersPerThread(), 255);
  EXPECT_EQ(card.getThreadsPerBlock(), 1024);
  EXPECT_EQ(card.getThreadsPerSm(), 1536);
  EXPECT_EQ(card.getWarpsPerSm(), 48);
  EXPECT_EQ(card.getSharedPerSm(), 100 * 1024);
  EXPECT_EQ(card.getSharedPerBlock(), 99 * 1024);
  EXPECT_EQ(card.getL2Bytes(), 72 << 20);
}
} // namespace
