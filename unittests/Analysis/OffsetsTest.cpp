//===- OffsetsTest.cpp - Spans of tiles -----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Offsets.h"

#include "gtest/gtest.h"

using namespace kiln;

namespace {

TEST(Offsets, SpanIsThePlaceOfTheLastElement) {
  EXPECT_EQ(getTileSpan({1, 1, 1}, {4, 5, 6}), 0u);
  EXPECT_EQ(getTileSpan({2, 3, 4}, {4, 5, 6}), 1u * 30 + 2u * 6 + 3u);
  // A tile may be larger than the tensor, and a scalar has no dimensions.
  EXPECT_EQ(getTileSpan({8}, {3}), 7u);
  EXPECT_EQ(getTileSpan({}, {}), 0u);
}

TEST(Offsets, BeyondTwoToThe31ElementsOffsetsAreWide) {
  // The last offset that 32 bits hold is 2^31 - 1.
  EXPECT_FALSE(needsWideOffsets({2, 1}, {2, INT32_MAX}));
  EXPECT_TRUE(needsWideOffsets({2, 1}, {2, int64_t(INT32_MAX) + 1}));
  // A large tensor alone needs none: its tiles do.
  EXPECT_FALSE(needsWideOffsets({1, 64, 64}, {int64_t(1) << 30, 64, 64}));
  // A dimension that a permutation brought outside.
  EXPECT_TRUE(needsWideOffsets({128, 1, 8, 32}, {128, 64, 520, 520}));
}

TEST(Offsets, SpansSaturate) {
  int64_t huge = int64_t(1) << 40;
  EXPECT_EQ(getTileSpan({huge, huge}, {huge, huge}), UINT64_MAX);
  EXPECT_TRUE(needsWideOffsets({huge, huge}, {huge, huge}));
}

} // namespace
