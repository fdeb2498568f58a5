//===- GridExpressionTest.cpp - Tests of grid expressions ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/GridExpression.h"

#include <gtest/gtest.h>

using namespace kiln::runtime;

static int64_t evaluate(const char *text, int64_t smCount = 128) {
  Result<int64_t> value = evaluateGridExpression(text, smCount);
  EXPECT_FALSE(value.failed()) << value.message();
  return value.failed() ? -1 : *value;
}

TEST(GridExpression, Evaluates) {
  EXPECT_EQ(evaluate("288"), 288);
  EXPECT_EQ(evaluate("min(16384, sm_count * 1)"), 128);
  EXPECT_EQ(evaluate("max(3,min(5 , 4))"), 4);
  EXPECT_EQ(evaluate("1 + 2 * 3 - 4"), 3);
  EXPECT_EQ(evaluate("(1 + 2) * 3"), 9);
  EXPECT_EQ(evaluate("100 - 10 - 1"), 89);
  EXPECT_EQ(evaluate("7 / 2"), 3);
  EXPECT_EQ(evaluate("(0 - 7) / 2"), -4);
  EXPECT_EQ(evaluate("9223372036854775807"), INT64_MAX);
}

TEST(GridExpression, RefusesWrongSyntax) {
  for (const char *text :
       {"", "1 +", "sm_counts", "min(1)", "min(1, 2", "(1", "1 2", "a", "-1",
        "9223372036854775808", "1.5", "max 1, 2"}) {
    EXPECT_TRUE(checkGridExpression(text).failed()) << text;
    EXPECT_TRUE(evaluateGridExpression(text, 1).failed()) << text;
  }
  EXPECT_TRUE(checkGridExpression(std::string(100000, '(')).failed());
  EXPECT_NE(checkGridExpression("1 + x").message().find("column 5"),
            std::string::npos);
}

TEST(GridExpression, ReportsArithmetic) {
  for (const char *text :
       {"9223372036854775807 + 1", "9223372036854775807 * sm_count",
        "0 - 9223372036854775807 - 2", "1 / (sm_count - 128)"}) {
    EXPECT_FALSE(checkGridExpression(text).failed()) << text;
    EXPECT_TRUE(evaluateGridExpression(text, 128).failed()) << text;
  }
}

TEST(GridExpression, FollowsCard) {
  EXPECT_TRUE(usesSmCount("min(4, sm_count)"));
  EXPECT_FALSE(usesSmCount("min(4, 7)"));
}
