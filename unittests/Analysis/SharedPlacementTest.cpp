//===- SharedPlacementTest.cpp - Where buffers lie in shared memory -------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/SharedPlacement.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {

using Offsets = llvm::SmallVector<int64_t>;

TEST(SharedPlacement, BuffersStartAligned) {
  SharedPlacement placement = placeSharedBuffers({{1}, {129}, {256}});
  EXPECT_EQ(placement.offsets, Offsets({0, 128, 384}));
  EXPECT_EQ(placement.bytes, 640);
}

TEST(SharedPlacement, NoBuffersTakeNothing) {
  EXPECT_EQ(placeSharedBuffers({}).bytes, 0);
}

TEST(SharedPlacement, DifferentPhasesShare) {
  SharedPlacement placement =
      placeSharedBuffers({{512}, {256, {0, 1}}, {128, {1, 2}}, {512, {2, 3}}});
  // The last one overlaps the third, which lies behind the second.
  EXPECT_EQ(placement.offsets, Offsets({0, 512, 768, 896}));
  EXPECT_EQ(placement.bytes, 1408);
}

TEST(SharedPlacement, AGapIsFilled) {
  SharedPlacement placement =
      placeSharedBuffers({{256, {0}}, {128, {0, 1}}, {256, {1}}, {128, {1}}});
  EXPECT_EQ(placement.offsets, Offsets({0, 256, 0, 384}));
  EXPECT_EQ(placement.bytes, 512);
}

TEST(SharedPlacement, WhatIsInUseThroughoutSharesNothing) {
  SharedBuffer staged{128}, first{128, {0}}, second{128, {1}};
  EXPECT_TRUE(staged.overlaps(first));
  EXPECT_TRUE(first.overlaps(staged));
  EXPECT_TRUE(staged.overlaps(staged));
  EXPECT_FALSE(first.overlaps(second));
}

} // namespace
