//===- CompareTest.cpp - Tests of the comparison with a reference ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Compare.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace kiln::runtime;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static const double notANumber = std::nan("");

static Tensor make(ElementType type, const std::vector<double> &values) {
  Tensor tensor = std::move(*Tensor::create(type, {int64_t(values.size())}));
  for (size_t i = 0; i < values.size(); ++i)
    storeFromDouble(type, tensor.data.data(), i, values[i]);
  return tensor;
}

static OutputReport compare(ElementType type, const std::vector<double> &actual,
                            const std::vector<double> &expected,
                            Tolerance tolerance = {1e-3, 5e-3, 0.25},
                            bool allowDegenerate = true) {
  TensorInfo info{"y", type, {int64_t(actual.size())}};
  ElementType wide = isFloat(type) ? ElementType::F64 : type;
  return compareTensors(info, make(type, actual), make(wide, expected),
                        tolerance, allowDegenerate);
}

TEST(Compare, AcceptsSmallErrors) {
  OutputReport report = compare(ElementType::F32, {1, 2.001, 3}, {1, 2, 3});
  EXPECT_TRUE(report.passed);
  EXPECT_EQ(report.checked, 3);
  EXPECT_NEAR(report.maxError, 1e-3, 1e-6);
  ASSERT_TRUE(report.worst);
  EXPECT_EQ(report.worst->coordinates, Shape{1});
}

TEST(Compare, RefusesLargeErrors) {
  EXPECT_FALSE(compare(ElementType::F32, {1, 2, 3.02}, {1, 2, 3}).passed);
  // One wrong element among many: only the greatest error shows it.
  std::vector<double> expected(100000, 1), actual = expected;
  actual[77] = 1.1;
  OutputReport report = compare(ElementType::F32, actual, expected);
  EXPECT_FALSE(report.passed);
  EXPECT_LT(report.relativeNorm, 1e-3);
  EXPECT_EQ(report.worst->coordinates, Shape{77});
  // An error everywhere that no element shows alone.
  std::fill(actual.begin(), actual.end(), 1.003);
  EXPECT_FALSE(compare(ElementType::F32, actual, expected).passed);
  EXPECT_FALSE(compare(ElementType::F32, {1e-6, 0}, {0, 0}).passed);
}

TEST(Compare, WantsTheSameKind) {
  EXPECT_TRUE(compare(ElementType::F32, {1, notANumber, infinity, -infinity},
                      {1, notANumber, infinity, -infinity})
                  .passed);
  for (double wrong : {notANumber, infinity, -infinity}) {
    EXPECT_FALSE(compare(ElementType::F32, {1, wrong}, {1, 2}).passed);
    EXPECT_FALSE(compare(ElementType::F32, {1, 2}, {1, wrong}).passed);
  }
  EXPECT_FALSE(compare(ElementType::F32, {1, -infinity}, {1, infinity}).passed);
  // Beyond half's range the reference overflows too.
  EXPECT_TRUE(compare(ElementType::F16, {1, infinity}, {1, 1e6}).passed);
  EXPECT_TRUE(compare(ElementType::F16, {1, 65504}, {1, 65525}).passed);
  EXPECT_FALSE(compare(ElementType::F16, {1, infinity}, {1, 60000}).passed);
}

TEST(Compare, CountsIntegers) {
  OutputReport report = compare(ElementType::I64, {1, 2, 3, 9}, {1, 2, 3, 4});
  EXPECT_TRUE(report.passed);
  EXPECT_EQ(report.mismatches, 1);
  EXPECT_EQ(report.worst->actual, 9);
  EXPECT_FALSE(compare(ElementType::I64, {1, 2, 0, 9}, {1, 2, 3, 4}).passed);
}

TEST(Compare, RefusesDegenerateReferences) {
  std::vector<double> constant(1000, 3), mixed(1000);
  for (size_t i = 0; i < mixed.size(); ++i)
    mixed[i] = i % 50 ? double(i) : notANumber;
  for (const std::vector<double> &values : {constant, mixed}) {
    EXPECT_TRUE(compare(ElementType::F32, values, values).passed);
    OutputReport report =
        compare(ElementType::F32, values, values, {1e-3, 5e-3, 0}, false);
    EXPECT_FALSE(report.passed);
    ASSERT_EQ(report.messages.size(), 1u);
    EXPECT_NE(report.messages[0].find("--allow-degenerate"), std::string::npos);
  }
  EXPECT_TRUE(
      compare(ElementType::F32, {5}, {5}, {1e-3, 5e-3, 0}, false).passed);
  // What counts is what a constant would be let off with.
  std::vector<double> close = {5, 5.001, 5.002, 5.003};
  for (bool strict : {false, true}) {
    Tolerance tolerance{strict ? 1e-5 : 1e-3, 5e-3, 0};
    EXPECT_EQ(compare(ElementType::F32, close, close, tolerance, false).passed,
              strict);
  }
  EXPECT_TRUE(
      compare(ElementType::F32, {5, 5.1}, {5, 5.1}, {1e-3, 5e-3, 0}, false)
          .passed);
}

TEST(Compare, ChoosesTolerances) {
  auto choose = [](const char *precision, ElementType input,
                   ElementType output) {
    Artifact artifact;
    artifact.precision = precision;
    artifact.inputs = {{"x", input, {1}}};
    artifact.outputs = {{"y", output, {1}}};
    return chooseTolerance(artifact, 0).norm;
  };
  EXPECT_EQ(choose("f32", ElementType::F32, ElementType::F32), 1e-5);
  EXPECT_EQ(choose("tf32", ElementType::F32, ElementType::F32), 1e-3);
  EXPECT_EQ(choose("tf32", ElementType::F16, ElementType::F16), 2e-3);
  EXPECT_EQ(choose("tf32", ElementType::BF16, ElementType::F32), 1.6e-2);
}

// Elements are compared in chunks side by side: nothing is lost between them.
TEST(Compare, ManyElements) {
  constexpr size_t count = 1 << 20;
  std::vector<double> expected(count);
  for (size_t i = 0; i < count; ++i)
    expected[i] = i < count / 2 ? 1 : 2; // constant in each chunk
  Tolerance tolerance = {1e-3, 5e-3, 0.25};
  auto check = [&](const std::vector<double> &actual, ElementType type) {
    return compare(type, actual, expected, tolerance, false);
  };
  OutputReport same = check(expected, ElementType::F32);
  EXPECT_TRUE(same.passed);
  EXPECT_EQ(same.checked, int64_t(count));
  std::vector<double> actual = expected;
  actual[count - 1] = 2.005;
  actual[3] = 1.004;
  OutputReport report = check(actual, ElementType::F32);
  EXPECT_TRUE(report.passed);
  EXPECT_EQ(report.worst->coordinates, Shape{int64_t(count - 1)});
  EXPECT_NEAR(report.maxError, 5e-3, 1e-6);
  actual[count / 2 + 7] = actual[count / 2 + 9] = notANumber;
  report = check(actual, ElementType::F32);
  EXPECT_FALSE(report.passed);
  EXPECT_EQ(report.mismatches, 2);
  EXPECT_EQ(report.worst->coordinates, Shape{int64_t(count / 2 + 7)});
  std::vector<double> integers = expected;
  integers[5] = 3, integers[count - 2] = 9;
  report = check(integers, ElementType::I32);
  EXPECT_EQ(report.mismatches, 2);
  EXPECT_EQ(report.worst->coordinates, Shape{int64_t(count - 2)});
  EXPECT_EQ(report.worst->actual, 9);
  expected.assign(count, 1);
  EXPECT_FALSE(check(expected, ElementType::F32).passed); // nearly constant
}
