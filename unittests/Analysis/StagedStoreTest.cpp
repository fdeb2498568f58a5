//===- StagedStoreTest.cpp - Results through shared memory ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/StagedStore.h"

#include "mlir/AsmParser/AsmParser.h"
#include "gtest/gtest.h"

#include <set>

using namespace mlir;
using namespace kiln;

namespace {

class StagedStoreTest : public ::testing::Test {
protected:
  StagedStoreTest() { context.loadDialect<KilnDialect>(); }

  LayoutAttr parse(StringRef text) {
    return cast<LayoutAttr>(parseAttribute(text, &context));
  }

  /// Slices and pieces hold each element of the tile once, and elements of a
  /// slice have places of their own.
  void expectCovers(LayoutAttr held, const StagedStore &plan) {
    std::set<std::vector<int64_t>> found;
    for (ArrayRef<int64_t> slice : plan.slices) {
      std::set<int64_t> places;
      for (ArrayRef<int64_t> piece : plan.pieces)
        for (int64_t reg = 0; reg < plan.piece.getNumRegisters(); ++reg)
          for (int64_t lane = 0; lane < 32; ++lane)
            for (int64_t warp = 0;
                 warp < int64_t(1) << plan.piece.getWarps().size(); ++warp) {
              SmallVector<int64_t> at =
                  plan.piece.getCoordinate(reg, lane, warp);
              for (auto [sum, a, b] : llvm::zip_equal(at, slice, piece))
                sum += a + b;
              EXPECT_TRUE(found.insert({at.begin(), at.end()}).second);
              EXPECT_TRUE(places.insert(plan.buffer.getOffset(at)).second);
            }
    }
    int64_t elements = 1;
    for (int64_t extent : held.getShape())
      elements *= extent;
    EXPECT_EQ(int64_t(found.size()), elements);
  }

  /// Wavefronts of a warp for a unit, the least there are: 32 lanes of so many
  /// bytes at 128 a cycle.
  void expectNoConflicts(LayoutAttr layout, const StagedStore &plan,
                         int64_t bytes) {
    int64_t unit = int64_t(1)
                   << getSharedUnit(layout, plan.buffer, bytes).size();
    EXPECT_EQ(countWavefronts(layout, plan.buffer, bytes, unit),
              std::max<int64_t>(1, unit * bytes / 4));
  }

  MLIRContext context;
};

// 64 channels, 4 rows and 64 columns of four warps, even and odd columns in
// turn: a thread has four neighbours, and 16 of the 64 channels' bits are
// lanes.
TEST_F(StagedStoreTest, RowsOfFloats) {
  LayoutAttr held = parse(
      "#kiln.layout<register = [[0, 0, 2], [8, 0, 0], [16, 0, 0], [32, 0, 0],"
      "[0, 0, 1], [0, 1, 0], [0, 2, 0]], lane = [[0, 0, 4], [0, 0, 8],"
      "[1, 0, 0], [2, 0, 0], [4, 0, 0]], warp = [[0, 0, 16], [0, 0, 32]]>");
  std::optional<StagedStore> plan = planStagedStore(held, 4, 2);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->vector, 2);
  // Of eight channels each; in a piece the threads have a channel.
  EXPECT_EQ(plan->slices.size(), 8u);
  EXPECT_EQ(plan->pieces.size(), 8u);
  EXPECT_EQ(plan->piece.getShape(), SmallVector<int64_t>({1, 4, 64}));
  EXPECT_EQ(plan->slices[1], SmallVector<int64_t>({8, 0, 0}));
  EXPECT_EQ(plan->pieces[1], SmallVector<int64_t>({1, 0, 0}));
  expectCovers(held, *plan);
  expectNoConflicts(held, *plan, 4);
  expectNoConflicts(plan->piece, *plan, 4);
}

// Two warps have 64 channels each, so that a slice has eight of either.
TEST_F(StagedStoreTest, WarpsAlongChannels) {
  LayoutAttr held = parse(
      "#kiln.layout<register = [[0, 1], [8, 0], [16, 0], [32, 0], [0, 8],"
      "[0, 16], [0, 32]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]],"
      "warp = [[64, 0]]>");
  std::optional<StagedStore> plan = planStagedStore(held, 4, 4);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->vector, 4);
  EXPECT_EQ(plan->slices.size(), 8u);
  EXPECT_EQ(plan->piece.getShape(), SmallVector<int64_t>({4, 64}));
  EXPECT_EQ(plan->pieces[2], SmallVector<int64_t>({64, 0}));
  expectCovers(held, *plan);
  expectNoConflicts(plan->piece, *plan, 4);
}

// Channels are innermost: slices are of positions, and a piece is a box.
TEST_F(StagedStoreTest, ChannelsLast) {
  LayoutAttr held = parse(
      "#kiln.layout<register = [[0, 1, 0], [0, 0, 8], [0, 0, 16], [0, 0, 32],"
      "[0, 8, 0], [1, 0, 0], [2, 0, 0]], lane = [[0, 2, 0], [0, 4, 0],"
      "[0, 0, 1], [0, 0, 2], [0, 0, 4]], warp = [[4, 0, 0]]>");
  std::optional<StagedStore> plan = planStagedStore(held, 2, 8);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->vector, 8);
  EXPECT_EQ(plan->piece.getShape().back(), 64);
  expectCovers(held, *plan);
  expectNoConflicts(plan->piece, *plan, 2);
}

// A unit has no more elements than a thread, or a row of the tile.
TEST_F(StagedStoreTest, SmallTiles) {
  LayoutAttr held =
      parse("#kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4],"
            "[1, 0], [2, 0], [4, 0]], warp = []>");
  std::optional<StagedStore> plan = planStagedStore(held, 4, 4);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->vector, 2);
  EXPECT_EQ(plan->slices.size(), 1u);
  EXPECT_EQ(plan->pieces.size(), 1u);
  expectCovers(held, *plan);
}

TEST_F(StagedStoreTest, CopiesAreNotStaged) {
  EXPECT_FALSE(planStagedStore(
      parse("#kiln.layout<register = [[4]], lane = [[1], [2], [0], [0], [0]],"
            "warp = []>"),
      4, 1));
}

} // namespace
