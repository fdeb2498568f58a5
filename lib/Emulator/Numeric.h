//===- Numeric.h - Conversions of narrow floating-point types ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_NUMERIC_H
#define KILN_LIB_EMULATOR_NUMERIC_H

#include <bit>
#include <cmath>
#include <cstdint>

namespace kiln::emulator {

inline float halfToFloat(uint32_t bits) {
  uint32_t sign = (bits & 0x8000u) << 16;
  uint32_t exponent = bits >> 10 & 31, mantissa = bits & 0x3ff;
  if (exponent == 31)
    return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0) {
    float value = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -value : value;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

/// Rounds to nearest, ties to even, in one step.
inline uint16_t doubleToHalf(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value))
    return sign | 0x7e00;
  value = std::fabs(value);
  if (value >= 65520)
    return sign | 0x7c00;
  if (value <
      0x1p-14) // Subnormal: a multiple of 2^-24; may round up to normal.
    return sign | static_cast<uint16_t>(std::nearbyint(value * 0x1p24));
  int exponent;
  double fraction = std::frexp(value, &exponent); // In [0.5, 1).
  auto mantissa = static_cast<uint32_t>(std::nearbyint(fraction * 2048));
  // A carry out of the mantissa raises the exponent, as it should.
  return sign | static_cast<uint16_t>(((exponent + 13) << 10) + mantissa);
}

/// Rounds to nearest, ties to even.
inline uint16_t floatToBfloat(float value) {
  auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// Rounds to nearest, ties to even, in one step: by way of a float rounded to
/// odd, which keeps apart from a tie what is not one.
inline uint16_t doubleToBfloat(double value) {
  auto narrow = static_cast<float>(value);
  if (std::isnan(value) || narrow == value)
    return floatToBfloat(narrow);
  auto bits = std::bit_cast<uint32_t>(narrow);
  if (std::fabs(narrow) > std::fabs(value))
    --bits;
  return floatToBfloat(std::bit_cast<float>(bits | 1));
}

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_NUMERIC_H
