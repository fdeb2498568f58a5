//===- BaselineTest.cpp - The conservative schedule -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SchedulingTest.h"

#include "kiln/Scheduling/Rules.h"

using namespace mlir;
using namespace kiln;

namespace {

using Sizes = SmallVector<int64_t>;

class BaselineTest : public SchedulingTest {
protected:
  ScheduleAttr getChosen(const std::string &tile, const std::string &warps) {
    return parseSchedule<ScheduleAttr>(
        "#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = " + tile +
        ", chunk = 8, warps = " + warps +
        ", stages = 3, persistent = false, halving = true, paired_stores = "
        "true>");
  }
};

// Eight warps become four, three stages two: half the rows, so that a thread
// has as many accumulators.
TEST_F(BaselineTest, HalvesRowsForAccumulators) {
  ContractionView view = getView(parseConv());
  ScheduleAttr baseline =
      selectBaseline(view, getTarget(), getChosen("[128, 8, 32]", "[2, 1, 4]"));
  ASSERT_TRUE(baseline);
  EXPECT_EQ(Sizes(baseline.getTile()), (Sizes{128, 4, 32}));
  EXPECT_EQ(Sizes(baseline.getWarps()), (Sizes{2, 1, 2}));
  EXPECT_EQ(baseline.getStages(), 2);
  // What follows from two stages.
  EXPECT_EQ(baseline.getLookahead(), 1);
  EXPECT_EQ(baseline.getSpread(), 6);
  // The rest is the choice's.
  EXPECT_FALSE(baseline.getPersistent());
  EXPECT_EQ(baseline.getChunk(), 8);
}

TEST_F(BaselineTest, KeepsATileThatFits) {
  ContractionView view = getView(parseConv());
  ScheduleAttr baseline =
      selectBaseline(view, getTarget(), getChosen("[64, 4, 32]", "[1, 2, 4]"));
  ASSERT_TRUE(baseline);
  EXPECT_EQ(Sizes(baseline.getTile()), (Sizes{64, 4, 32}));
  EXPECT_EQ(Sizes(baseline.getWarps()), (Sizes{1, 1, 4}));
}

// First rows, down to one, then channels: 128 channels of two slots take 72 KB.
TEST_F(BaselineTest, ShrinksRowsThenChannels) {
  ContractionView view = getView(parseConv());
  ScheduleAttr chosen = getChosen("[128, 8, 32]", "[2, 1, 4]");
  ScheduleAttr rows = selectBaseline(view, getTarget(83500), chosen);
  ASSERT_TRUE(rows);
  EXPECT_EQ(Sizes(rows.getTile()), (Sizes{128, 1, 32}));
  ScheduleAttr channels = selectBaseline(view, getTarget(50000), chosen);
  ASSERT_TRUE(channels);
  EXPECT_EQ(Sizes(channels.getTile()), (Sizes{64, 1, 32}));
}

// Sixteen channels and eight columns are one warp's; 1 KB holds no filter.
TEST_F(BaselineTest, NoneIfTooSmall) {
  ContractionView view = getView(parseConv());
  EXPECT_FALSE(
      selectBaseline(view, getTarget(), getChosen("[16, 2, 8]", "[1, 1, 1]")));
  EXPECT_FALSE(selectBaseline(view, getTarget(1024),
                              getChosen("[128, 8, 32]", "[2, 1, 4]")));
}

TEST_F(BaselineTest, FourWarpsOfLoops) {
  KernelOp kernel = parseRowSums();
  Block &body = kernel.getBody().front();
  SmallVector<Value> results(body.getTerminator()->getOperands());
  FailureOr<KernelSpace> space = KernelSpace::analyze(body, results);
  ASSERT_TRUE(succeeded(space));
  LoopScheduleAttr baseline =
      selectLoopBaseline(*space, results, getTarget(), &context);
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline.getBlock(), 128);
}

} // namespace
