//===- ElementType.cpp - Element types of tensors ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/ElementType.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace kiln::runtime {

size_t getSize(ElementType type) {
  switch (type) {
  case ElementType::F64:
  case ElementType::I64:
    return 8;
  case ElementType::F32:
  case ElementType::I32:
    return 4;
  case ElementType::F16:
  case ElementType::BF16:
    return 2;
  case ElementType::I1:
    return 1;
  }
  return 0;
}

bool isFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F16 ||
         type == ElementType::BF16 || type == ElementType::F64;
}

static constexpr std::pair<ElementType, std::string_view> typeNames[] = {
    {ElementType::F32, "f32"},   {ElementType::F16, "f16"},
    {ElementType::BF16, "bf16"}, {ElementType::F64, "f64"},
    {ElementType::I64, "i64"},   {ElementType::I32, "i32"},
    {ElementType::I1, "i1"}};

std::string_view getName(ElementType type) {
  for (const auto &[candidate, name] : typeNames)
    if (candidate == type)
      return name;
  return "?";
}

std::optional<ElementType> parseElementType(std::string_view name) {
  for (const auto &[type, candidate] : typeNames)
    if (candidate == name)
      return type;
  return std::nullopt;
}

float halfToFloat(uint16_t bits) {
  uint32_t sign = uint32_t(bits & 0x8000) << 16;
  uint32_t exponent = (bits >> 10) & 31;
  uint32_t mantissa = bits & 1023;
  if (exponent == 31)
    return std::bit_cast<float>(sign | 0x7f800000 | (mantissa << 13));
  if (exponent == 0) {
    float magnitude = std::ldexp(float(mantissa), -24);
    return sign ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) |
                              (mantissa << 13));
}

float bfloatToFloat(uint16_t bits) {
  return std::bit_cast<float>(uint32_t(bits) << 16);
}

/// Rounds to a 16-bit float with `mantissaBits`, straight from double: going
/// through float would round twice.
template <int mantissaBits>
static uint16_t roundTo16(double value) {
  constexpr int exponentBits = 15 - mantissaBits;
  constexpr int bias = (1 << (exponentBits - 1)) - 1;
  constexpr uint16_t infinity = ((1 << exponentBits) - 1) << mantissaBits;
  constexpr int drop = 52 - mantissaBits;
  uint64_t bits = std::bit_cast<uint64_t>(value);
  uint16_t sign = uint16_t(bits >> 48) & 0x8000;
  uint64_t magnitude = bits & 0x7fffffffffffffff;
  if (magnitude > 0x7ff0000000000000)
    return sign | infinity | (1 << (mantissaBits - 1));
  int exponent = int(magnitude >> 52) - 1023 + bias;
  if (exponent <= 0) {
    // Subnormal: the quantum is fixed, nearbyint rounds to nearest even.
    double scaled =
        std::nearbyint(std::ldexp(std::fabs(value), bias - 1 + mantissaBits));
    return sign | uint16_t(scaled);
  }
  if (exponent >= (1 << exponentBits) - 1)
    return sign | infinity;
  uint64_t kept = (uint64_t(exponent) << 52) | (magnitude & 0xfffffffffffff);
  kept += ((uint64_t(1) << (drop - 1)) - 1) + ((kept >> drop) & 1);
  return sign | uint16_t(kept >> drop);
}

uint16_t doubleToHalf(double value) { return roundTo16<10>(value); }
uint16_t doubleToBfloat(double value) { return roundTo16<7>(value); }

template <typename T>
static T loadElement(const void *data, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(data) + index * sizeof(T),
              sizeof(T));
  return value;
}

template <typename T>
static void storeElement(void *data, size_t index, T value) {
  std::memcpy(static_cast<char *>(data) + index * sizeof(T), &value, sizeof(T));
}

double loadAsDouble(ElementType type, const void *data, size_t index) {
  switch (type) {
  case ElementType::F32:
    return loadElement<float>(data, index);
  case ElementType::F16:
    return halfToFloat(loadElement<uint16_t>(data, index));
  case ElementType::BF16:
    return bfloatToFloat(loadElement<uint16_t>(data, index));
  case ElementType::F64:
    return loadElement<double>(data, index);
  case ElementType::I64:
  case ElementType::I32:
  case ElementType::I1:
    return double(loadAsInteger(type, data, index));
  }
  return 0;
}

int64_t loadAsInteger(ElementType type, const void *data, size_t index) {
  switch (type) {
  case ElementType::I64:
    return loadElement<int64_t>(data, index);
  case ElementType::I32:
    return loadElement<int32_t>(data, index);
  case ElementType::I1:
    return loadElement<uint8_t>(data, index);
  default:
    return 0;
  }
}

void storeFromDouble(ElementType type, void *data, size_t index, double value) {
  switch (type) {
  case ElementType::F32:
    return storeElement(data, index, float(value));
  case ElementType::F16:
    return storeElement(data, index, doubleToHalf(value));
  case ElementType::BF16:
    return storeElement(data, index, doubleToBfloat(value));
  case ElementType::F64:
    return storeElement(data, index, value);
  case ElementType::I64:
    return storeElement(data, index, int64_t(std::floor(value)));
  case ElementType::I32:
    return storeElement(data, index, int32_t(std::floor(value)));
  case ElementType::I1:
    return storeElement(data, index, uint8_t(value >= 1));
  }
}

double roundTo(ElementType type, double value) {
  uint64_t storage = 0;
  storeFromDouble(type, &storage, 0, value);
  return loadAsDouble(type, &storage, 0);
}

double getLargest(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return std::numeric_limits<float>::max();
  case ElementType::F16:
    return 65504;
  case ElementType::BF16:
    return bfloatToFloat(0x7f7f);
  default:
    return std::numeric_limits<double>::max();
  }
}

} // namespace kiln::runtime
