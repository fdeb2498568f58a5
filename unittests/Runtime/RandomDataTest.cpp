//===- RandomDataTest.cpp - Tests of random tensors ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/RandomData.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <set>

using namespace kiln::runtime;

static Tensor make(ElementType type, int64_t count, uint64_t seed,
                   uint64_t stream, RandomRange range, unsigned threads) {
  Tensor tensor = std::move(*Tensor::create(type, {count}));
  fillRandom(tensor, seed, stream, range, threads);
  return tensor;
}

static bool same(const Tensor &lhs, const Tensor &rhs) {
  return std::memcmp(lhs.data.data(), rhs.data.data(),
                     std::min(lhs.data.size(), rhs.data.size())) == 0;
}

TEST(RandomData, DoesNotDependOnThreadsOrLength) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F64,
        ElementType::I64, ElementType::I32, ElementType::I1}) {
    RandomRange range{-1, 3};
    Tensor one = make(type, 300001, 7, 1, range, 1);
    EXPECT_TRUE(same(one, make(type, 300001, 7, 1, range, 3)));
    EXPECT_TRUE(same(make(type, 77, 7, 1, range, 1), one));
    EXPECT_FALSE(same(one, make(type, 300001, 8, 1, range, 1)));
    EXPECT_FALSE(same(one, make(type, 300001, 7, 2, range, 1)));
  }
}

TEST(RandomData, IsUniform) {
  for (ElementType type : {ElementType::F32, ElementType::F16,
                           ElementType::BF16, ElementType::F64}) {
    Tensor tensor = make(type, 1 << 18, 0, 0, {-0.5, 0.25}, 2);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < tensor.numElements(); ++i) {
      double value = tensor.at(i);
      ASSERT_GE(value, -0.5);
      ASSERT_LE(value, 0.25);
      sum += value;
      squares += value * value;
    }
    double mean = sum / tensor.numElements();
    EXPECT_NEAR(mean, -0.125, 3e-3);
    EXPECT_NEAR(squares / tensor.numElements() - mean * mean, 0.75 * 0.75 / 12,
                1e-3);
  }
}

TEST(RandomData, IsTheSameForever) {
  // Published results name seeds, so the values must never change.
  EXPECT_EQ(hashCounter(0, 0, 0), 0x238275bc38fcbe91u);
  Tensor tensor = make(ElementType::I32, 4, 42, 0, {-8, 8}, 1);
  std::string text;
  for (int i = 0; i < 4; ++i)
    text += std::to_string(int(tensor.at(i))) + " ";
  EXPECT_EQ(text, "5 -2 2 6 ");
}

TEST(RandomData, WholeNumbersOfARange) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F64,
        ElementType::I32}) {
    RandomRange range{-3, 5};
    range.whole = true;
    Tensor tensor = make(type, 1 << 12, 1, 0, range, 1);
    std::set<double> found;
    for (int64_t i = 0; i < tensor.numElements(); ++i)
      found.insert(tensor.at(i));
    EXPECT_EQ(found, (std::set<double>{-3, -2, -1, 0, 1, 2, 3, 4}));
  }
}

TEST(RandomData, HalfIsRoundedRight) {
  Tensor half = make(ElementType::F16, 1 << 16, 3, 0, {-1e-4, 1e-4}, 1);
  Tensor single = make(ElementType::F32, 1 << 16, 3, 0, {-1e-4, 1e-4}, 1);
  for (int64_t i = 0; i < half.numElements(); ++i)
    ASSERT_EQ(half.at(i), roundTo(ElementType::F16, single.at(i)));
}

TEST(RandomData, KeepsToTheDomain) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F64,
        ElementType::I64, ElementType::I32}) {
    for (Domain domain : {Domain::Positive, Domain::Nonzero}) {
      TensorInfo info{"x", type, {4}, 16, domain};
      double least = isFloat(type) ? 0.0625 : 1;
      double greatest = isFloat(type) ? 0.25 : 8;
      RandomRange range = getDefaultRange(info);
      Tensor tensor = make(type, 1 << 16, 5, 0, range, 2);
      int64_t numNegative = 0;
      double lowest = greatest;
      for (int64_t i = 0; i < tensor.numElements(); ++i) {
        double value = tensor.at(i);
        numNegative += value < 0;
        lowest = std::min(lowest, std::fabs(value));
        ASSERT_GE(std::fabs(value), least);
        ASSERT_LE(std::fabs(value), isFloat(type) ? 1.4 * greatest : greatest);
      }
      EXPECT_NEAR(lowest, least, 1e-3);
      if (domain == Domain::Positive)
        EXPECT_EQ(numNegative, 0);
      else
        EXPECT_NEAR(double(numNegative) / tensor.numElements(), 0.5, 0.05);
    }
  }
}

TEST(RandomData, DescribesRanges) {
  TensorInfo info{"x", ElementType::F32, {4}};
  EXPECT_EQ(describe(getDefaultRange(info)), "[-1, 1)");
  info.domain = Domain::Positive;
  EXPECT_EQ(describe(getDefaultRange(info)), "[0.25, 1)");
  info.domain = Domain::Nonzero;
  EXPECT_EQ(describe(getDefaultRange(info)), "[-1, -0.25] and [0.25, 1)");
  info.type = ElementType::I32;
  EXPECT_EQ(describe(getDefaultRange(info)), "[-8, -1] and [1, 8)");
}

TEST(RandomData, DefaultRanges) {
  TensorInfo info{"x", ElementType::F32, {4}, 16};
  EXPECT_EQ(getDefaultRange(info).low, -0.25);
  info.type = ElementType::I1;
  EXPECT_EQ(getDefaultRange(info).high, 2);
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_GE(randomBelow(1, 2, i, 7), 0);
    EXPECT_LT(randomBelow(1, 2, i, 7), 7);
  }
}

TEST(RandomData, ReliefScalesPositions) {
  // The columns of a long matrix: without relief all have the same mean square.
  auto getSpread = [](RandomRange range, bool alongRows) {
    Tensor tensor = std::move(*Tensor::create(ElementType::F32, {2000, 7}));
    fillRandom(tensor, 3, 0, range);
    double least = 1, greatest = 0;
    for (int64_t i = 0; i < 7; ++i) {
      double sum = 0;
      for (int64_t k = 0; k < 2000; ++k) {
        // The rows of the same elements taken as [7, 2000] cut across columns.
        double value = tensor.at(alongRows ? k + i * 2000 : k * 7 + i);
        EXPECT_LT(std::fabs(value), 1 + range.relief);
        sum += value * value / 2000;
      }
      least = std::min(least, sum);
      greatest = std::max(greatest, sum);
    }
    return greatest / least;
  };
  EXPECT_LT(getSpread({-1, 1}, false), 1.15);
  EXPECT_GT(getSpread({-1, 1, 0, 0.4}, false), 1.3);
  EXPECT_LT(getSpread({-1, 1, 0, 0.4}, true), 1.15);
}

TEST(RandomData, ReliefKeepsToTheRange) {
  for (RandomRange range :
       {RandomRange{0.25, 1, 0, 0.4}, RandomRange{-1, 1, 0.25, 0.4}}) {
    for (ElementType type : {ElementType::F32, ElementType::F64}) {
      Tensor tensor = std::move(*Tensor::create(type, {31, 1, 77}));
      fillRandom(tensor, 1, 0, range, 1);
      double least = 1, greatest = 0;
      for (int64_t i = 0; i < tensor.numElements(); ++i) {
        least = std::min(least, std::fabs(tensor.at(i)));
        greatest = std::max(greatest, std::fabs(tensor.at(i)));
      }
      // What is scaled is the distance from a quarter.
      EXPECT_GE(least, 0.25);
      EXPECT_LT(greatest, 0.25 + 0.75 * 1.4);
      EXPECT_GT(greatest, 1);
      Tensor other = std::move(*Tensor::create(type, {31, 1, 77}));
      fillRandom(other, 1, 0, range, 3);
      EXPECT_TRUE(same(tensor, other));
    }
  }
}
