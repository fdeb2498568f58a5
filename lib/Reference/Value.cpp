//===- Value.cpp - What one element may be --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Value.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

#include <bit>
#include <climits>
#include <cstring>

using namespace kiln::reference;

/// More choices than this are as good as none.
static constexpr size_t kMaxChoices = 64;

int ElementType::precision() const {
  switch (kind) {
  case F16:
    return 11;
  case BF16:
    return 8;
  case F32:
    return 24;
  default:
    return 53;
  }
}

int ElementType::minExponent() const {
  switch (kind) {
  case F16:
    return -14;
  case BF16:
  case F32:
    return -126;
  default:
    return -1022;
  }
}

double ElementType::maxFinite() const {
  switch (kind) {
  case F16:
    return 65504;
  case BF16:
    return std::ldexp(255.0, 120);
  case F32:
    return std::numeric_limits<float>::max();
  default:
    return std::numeric_limits<double>::max();
  }
}

std::optional<ElementType> ElementType::get(mlir::Type type) {
  if (type.isF16())
    return ElementType{F16, 16};
  if (type.isBF16())
    return ElementType{BF16, 16};
  if (type.isF32())
    return ElementType{F32, 32};
  if (type.isF64())
    return ElementType{F64, 64};
  if (type.isIndex())
    return ElementType{Int, 64};
  if (type.isInteger(1) || type.isInteger(8) || type.isInteger(16) ||
      type.isInteger(32) || type.isInteger(64))
    return ElementType{Int, uint8_t(type.getIntOrFloatBitWidth())};
  return std::nullopt;
}

double kiln::reference::roundTo(ElementType type, double value) {
  if (type.kind == ElementType::F64)
    return value;
  if (type.kind == ElementType::F32)
    return static_cast<float>(value);
  if (!std::isfinite(value) || value == 0)
    return value;
  int exponent = std::max(std::ilogb(value), type.minExponent());
  double unit = std::ldexp(1.0, exponent - type.precision() + 1);
  double rounded = std::nearbyint(value / unit) * unit;
  if (std::abs(rounded) > type.maxFinite())
    return std::copysign(std::numeric_limits<double>::infinity(), value);
  return rounded;
}

double kiln::reference::halfUlp(ElementType type, double magnitude) {
  magnitude = std::abs(magnitude);
  if (!std::isfinite(magnitude))
    return 0;
  int exponent = magnitude == 0
                     ? type.minExponent()
                     : std::max(std::ilogb(magnitude), type.minExponent());
  return std::ldexp(1.0, exponent - type.precision());
}

double kiln::reference::roundToTF32(double value) {
  auto single = static_cast<float>(value);
  if (!std::isfinite(single))
    return single;
  uint32_t bits = (std::bit_cast<uint32_t>(single) + 0x1000u) & ~0x1fffu;
  return std::bit_cast<float>(bits);
}

int kiln::reference::lowestBit(double value) {
  auto bits = std::bit_cast<uint64_t>(value);
  uint64_t fraction = bits & 0xfffffffffffffull;
  int exponent = int(bits >> 52) & 0x7ff;
  if (exponent == 0) {
    if (fraction == 0)
      return INT_MAX;
    return std::countr_zero(fraction) - 1074;
  }
  fraction |= 1ull << 52;
  return std::countr_zero(fraction) + exponent - 1075;
}

void kiln::reference::setUnknown(Value &value) {
  value.hi = std::numeric_limits<double>::infinity();
  value.lo = -value.hi;
}

void kiln::reference::roundResult(ElementType type, Value &v) {
  if (type.kind == ElementType::F64 || v.isEmpty())
    return;
  double lo = roundTo(type, v.lo), hi = roundTo(type, v.hi);
  // A number that the type holds is not rounded.
  if (v.isPoint() && lo == v.lo) {
    v.staged = roundTo(type, v.staged);
    return;
  }
  v.lo = std::min(v.lo, lo);
  v.hi = std::max(v.hi, hi);
  v.staged = roundTo(type, v.staged);
  double half = halfUlp(type, v.value);
  v.variance += half * half / 3;
}

bool kiln::reference::listChoices(const Value &value,
                                  llvm::SmallVectorImpl<int64_t> &list) {
  list.clear();
  if (!value.choices) {
    list.push_back(value.integer);
    return true;
  }
  if (value.choices->any)
    return false;
  list.append(value.choices->values.begin(), value.choices->values.end());
  return true;
}

Value kiln::reference::makeChoices(llvm::SmallVectorImpl<int64_t> &list,
                                   int64_t nominal, ChoiceArena &arena) {
  llvm::sort(list);
  list.erase(llvm::unique(list), list.end());
  Value result = Value::integral(nominal);
  if (list.size() < 2)
    return result;
  if (list.size() > kMaxChoices)
    return makeAnyInteger(nominal, arena);
  arena.push_back({{list.begin(), list.end()}, false});
  result.choices = &arena.back();
  return result;
}

Value kiln::reference::makeAnyInteger(int64_t nominal, ChoiceArena &arena) {
  arena.push_back({{}, true});
  Value result = Value::integral(nominal);
  result.choices = &arena.back();
  return result;
}

Value kiln::reference::makeUndefined(ElementType type, ChoiceArena &arena) {
  if (!type.isFloat())
    return makeAnyInteger(0, arena);
  Value any;
  setUnknown(any);
  any.mayBeNaN = true;
  return any;
}

Value kiln::reference::unite(const Value &a, const Value &b, bool isFloat,
                             ChoiceArena &arena) {
  if (!isFloat) {
    llvm::SmallVector<int64_t> list, other;
    if (!listChoices(a, list) || !listChoices(b, other))
      return makeAnyInteger(a.integer, arena);
    list.append(other.begin(), other.end());
    return makeChoices(list, a.integer, arena);
  }
  Value result = a;
  result.mayBeNaN |= b.mayBeNaN;
  // An empty interval is [inf, -inf], the neutral element.
  result.lo = minSigned(a.lo, b.lo);
  result.hi = maxSigned(a.hi, b.hi);
  result.variance = std::max(a.variance, b.variance);
  return result;
}

int64_t kiln::reference::signExtend(int64_t value, unsigned width) {
  if (width >= 64)
    return value;
  return int64_t(uint64_t(value) << (64 - width)) >> (64 - width);
}

uint64_t kiln::reference::zeroExtend(int64_t value, unsigned width) {
  if (width >= 64)
    return uint64_t(value);
  return uint64_t(value) & ((1ull << width) - 1);
}
