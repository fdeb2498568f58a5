//===- ElementTypeTest.cpp - Tests of element conversions ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/ElementType.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace kiln::runtime;

TEST(ElementType, HalfRoundTrips) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float value = halfToFloat(uint16_t(bits));
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(halfToFloat(doubleToHalf(value))));
    else
      ASSERT_EQ(doubleToHalf(value), bits);
  }
}

TEST(ElementType, BfloatRoundTrips) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float value = bfloatToFloat(uint16_t(bits));
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(bfloatToFloat(doubleToBfloat(value))));
    else
      ASSERT_EQ(doubleToBfloat(value), bits);
  }
}

TEST(ElementType, RoundsToNearestEven) {
  // The middle between two neighbours goes to the even one, a hair above up.
  for (uint32_t bits = 0; bits < 0x7c00; ++bits) {
    double low = halfToFloat(uint16_t(bits));
    double high = bits == 0x7bff ? 65536 : halfToFloat(uint16_t(bits + 1));
    double middle = (low + high) / 2;
    ASSERT_EQ(doubleToHalf(middle), bits + (bits & 1));
    ASSERT_EQ(doubleToHalf(std::nextafter(middle, 1e6)), bits + 1);
    ASSERT_EQ(doubleToHalf(std::nextafter(middle, 0)), bits);
  }
  EXPECT_EQ(doubleToHalf(1e300), 0x7c00);
  EXPECT_EQ(doubleToHalf(-1e-300), 0x8000);
  EXPECT_EQ(doubleToBfloat(1.00390625), 0x3f80); // halfway to 1.0078125
}

TEST(ElementType, LoadsAndStores) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16, ElementType::F64,
        ElementType::I64, ElementType::I32}) {
    char memory[16] = {};
    storeFromDouble(type, memory, 1, -3);
    EXPECT_EQ(loadAsDouble(type, memory, 1), -3) << getName(type);
    EXPECT_EQ(loadAsDouble(type, memory, 0), 0);
    EXPECT_EQ(parseElementType(getName(type)), type);
  }
  EXPECT_EQ(roundTo(ElementType::F32, 0.1), double(0.1f));
  EXPECT_EQ(roundTo(ElementType::I32, -1.5), -2);
  EXPECT_FALSE(parseElementType("tf32"));
}
