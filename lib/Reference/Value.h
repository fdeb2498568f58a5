//===- Value.h - What one element may be ----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The point evaluator computes every element as a set of right answers: an
// interval for floats, a small set for integers. docs/numerics.md has the
// model.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_VALUE_H
#define KILN_LIB_REFERENCE_VALUE_H

#include "mlir/IR/Types.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>

namespace kiln::reference {

/// An element type. `index` is a 64-bit integer.
struct ElementType {
  enum Kind : uint8_t { F16, BF16, F32, F64, Int } kind = F32;
  uint8_t width = 32; // in bits

  bool isFloat() const { return kind != Int; }
  /// Bytes of one element in memory; i1 takes a byte.
  unsigned bytes() const { return width < 8 ? 1 : width / 8; }
  /// As what an element lies in memory: an i1 is a byte, 0 or 1.
  ElementType inMemory() const {
    return {kind, width < 8 ? uint8_t(8) : width};
  }
  /// Bits of the significand, the hidden one included.
  int precision() const;
  /// Exponent of the smallest normal number.
  int minExponent() const;
  double maxFinite() const;
  double minNormal() const { return std::ldexp(1.0, minExponent()); }
  /// Largest relative error of one rounding to nearest.
  double unitRoundoff() const { return std::ldexp(1.0, -precision()); }

  static std::optional<ElementType> get(mlir::Type type);
};

/// Rounds to nearest, ties to even; overflows to infinity.
double roundTo(ElementType type, double value);
/// Half a unit in the last place of `type` at `magnitude`.
double halfUlp(ElementType type, double magnitude);
/// What tensor cores read of an f32: 10 bits of fraction, to nearest, ties away
/// from zero. NaN and infinity stay.
double roundToTF32(double value);
/// Exponent of the lowest set bit; INT_MAX for zero. The number must be finite.
int lowestBit(double value);

/// The integers that are right where a comparison could go either way.
struct Choices {
  llvm::SmallVector<int64_t, 8> values; // sorted, at least two
  bool any = false;                     // too many to list: everything is right
};

/// Owns the choices of the values of one query.
using ChoiceArena = std::deque<Choices>;

struct Value {
  /// The nominal value: nothing but the operands of contractions is rounded.
  double value = 0;
  /// The right answers; empty (lo > hi) if the element is surely NaN. A zero at
  /// an end keeps its sign, so that [-0, +0] means a zero of unknown sign.
  double lo = 0, hi = 0;
  /// The value with every rounding that the source's types make.
  double staged = 0;
  /// Expected square of a right kernel's error, for the statistics of a batch.
  double variance = 0;
  bool mayBeNaN = false;
  /// Integers, sign-extended from their type (true is -1).
  int64_t integer = 0;
  const Choices *choices = nullptr;

  static Value exact(double v) {
    Value r;
    r.value = r.lo = r.hi = r.staged = v;
    if (std::isnan(v))
      r.setNaN();
    return r;
  }
  static Value integral(int64_t v) {
    Value r;
    r.integer = v;
    return r;
  }
  void setNaN() {
    value = staged = std::numeric_limits<double>::quiet_NaN();
    lo = std::numeric_limits<double>::infinity();
    hi = -lo;
    mayBeNaN = true;
    variance = 0;
  }
  bool isPoint() const { return lo == hi; }
  bool isEmpty() const { return lo > hi; }
};

/// a < b with -0 < +0.
inline bool lessSigned(double a, double b) {
  return a < b || (a == b && std::signbit(a) && !std::signbit(b));
}
inline double minSigned(double a, double b) { return lessSigned(b, a) ? b : a; }
inline double maxSigned(double a, double b) { return lessSigned(a, b) ? b : a; }

/// Widens to everything but NaN.
void setUnknown(Value &value);
/// The result of an op of type `type`: a kernel may keep it wider, or round it.
void roundResult(ElementType type, Value &value);
/// Both `a` and `b` are right; the nominal value is `a`'s.
Value unite(const Value &a, const Value &b, bool isFloat, ChoiceArena &arena);
/// The integers that `value` may be. False if there are too many.
bool listChoices(const Value &value, llvm::SmallVectorImpl<int64_t> &list);
/// A value that may be any of `list` (not empty), `nominal` among them.
Value makeChoices(llvm::SmallVectorImpl<int64_t> &list, int64_t nominal,
                  ChoiceArena &arena);
/// An integer of which nothing is known but a nominal value.
Value makeAnyInteger(int64_t nominal, ChoiceArena &arena);
/// What memory that nobody has written holds: anything, NaN too.
Value makeUndefined(ElementType type, ChoiceArena &arena);
/// Wraps to the low `width` bits, sign-extended.
int64_t signExtend(int64_t value, unsigned width);
uint64_t zeroExtend(int64_t value, unsigned width);

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_VALUE_H
