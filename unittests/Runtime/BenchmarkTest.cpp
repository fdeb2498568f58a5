//===- BenchmarkTest.cpp - Tests of time statistics ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Benchmark.h"

#include <gtest/gtest.h>

using namespace kiln::runtime;

TEST(Benchmark, Summarizes) {
  TimeStatistics time = summarize({3, 1, 2, 5, 4});
  EXPECT_EQ(time.median, 3);
  EXPECT_EQ(time.minimum, 1);
  EXPECT_EQ(time.maximum, 5);
  EXPECT_DOUBLE_EQ(time.p10, 1.4);
  EXPECT_DOUBLE_EQ(time.p90, 4.6);
  EXPECT_EQ(summarize({1, 2}).median, 1.5);
  EXPECT_EQ(summarize({7}).p90, 7);
  EXPECT_EQ(summarize({}).count, 0);
  EXPECT_EQ(getTeraflops(1, summarize({})), 0);
}
