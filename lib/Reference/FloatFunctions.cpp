//===- FloatFunctions.cpp - Functions of one float ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"

#include <algorithm>

using namespace kiln::reference;

static constexpr double kInf = std::numeric_limits<double>::infinity();
static constexpr double kPi = 3.14159265358979323846;

namespace {

/// How a function maps an interval.
enum class Shape { Increasing, Decreasing, EvenFromZero, Bounded, Tangent };

struct Function {
  double (*evaluate)(double);
  Shape shape;
  /// Error of a right implementation in units of the last place of an f32 (of
  /// an f64 for f64); zero: exact. Polynomials without a vendor's library set
  /// these: see docs/numerics.md.
  double ulps;
  /// Where the function is a number.
  double from = -kInf, to = kInf;
  /// Absolute error of implementations that lose relative accuracy.
  double absolute = 0;
};

} // namespace

static Function getFunction(Opcode code) {
#define KILN_CALL(expression) [](double x) -> double { return expression; }
  switch (code) {
  case Opcode::NegF:
    return {KILN_CALL(-x), Shape::Decreasing, 0};
  case Opcode::AbsF:
    return {KILN_CALL(std::fabs(x)), Shape::EvenFromZero, 0};
  case Opcode::Ceil:
    return {KILN_CALL(std::ceil(x)), Shape::Increasing, 0};
  case Opcode::Floor:
    return {KILN_CALL(std::floor(x)), Shape::Increasing, 0};
  case Opcode::Round:
    return {KILN_CALL(std::round(x)), Shape::Increasing, 0};
  case Opcode::RoundEven:
    return {KILN_CALL(std::nearbyint(x)), Shape::Increasing, 0};
  case Opcode::Trunc:
    return {KILN_CALL(std::trunc(x)), Shape::Increasing, 0};
  case Opcode::Sqrt:
    return {KILN_CALL(std::sqrt(x)), Shape::Increasing, 1, 0.0, kInf};
  case Opcode::Rsqrt:
    return {KILN_CALL(1 / std::sqrt(x)), Shape::Decreasing, 4, 0.0, kInf};
  case Opcode::Cbrt:
    return {KILN_CALL(std::cbrt(x)), Shape::Increasing, 16};
  case Opcode::Exp:
    return {KILN_CALL(std::exp(x)), Shape::Increasing, 8};
  case Opcode::Exp2:
    return {KILN_CALL(std::exp2(x)), Shape::Increasing, 96};
  case Opcode::ExpM1:
    return {KILN_CALL(std::expm1(x)), Shape::Increasing, 8, -kInf, kInf,
            std::ldexp(1.0, -22)};
  case Opcode::Log:
    return {KILN_CALL(std::log(x)), Shape::Increasing, 8, 0.0, kInf,
            std::ldexp(1.0, -22)};
  case Opcode::Log2:
    return {KILN_CALL(std::log2(x)), Shape::Increasing, 8, 0.0, kInf,
            std::ldexp(1.0, -22)};
  case Opcode::Log10:
    return {KILN_CALL(std::log10(x)), Shape::Increasing, 8, 0.0, kInf,
            std::ldexp(1.0, -22)};
  case Opcode::Log1p:
    return {KILN_CALL(std::log1p(x)), Shape::Increasing, 8, -1.0, kInf};
  case Opcode::Sin:
    return {KILN_CALL(std::sin(x)), Shape::Bounded, 8, -kInf, kInf, 1e-5};
  case Opcode::Cos:
    return {KILN_CALL(std::cos(x)), Shape::Bounded, 8, -kInf, kInf, 1e-5};
  case Opcode::Tan:
    return {KILN_CALL(std::tan(x)), Shape::Tangent, 64, -kInf, kInf, 1e-5};
  case Opcode::Asin:
    return {KILN_CALL(std::asin(x)), Shape::Increasing, 48, -1.0, 1.0};
  case Opcode::Acos:
    return {KILN_CALL(std::acos(x)), Shape::Decreasing, 48, -1.0, 1.0, 1e-6};
  case Opcode::Atan:
    return {KILN_CALL(std::atan(x)), Shape::Increasing, 48};
  case Opcode::Sinh:
    return {KILN_CALL(std::sinh(x)), Shape::Increasing, 16, -kInf, kInf,
            std::ldexp(1.0, -22)};
  case Opcode::Cosh:
    return {KILN_CALL(std::cosh(x)), Shape::EvenFromZero, 16};
  case Opcode::Tanh:
    return {KILN_CALL(std::tanh(x)), Shape::Increasing, 8};
  case Opcode::Asinh:
    return {KILN_CALL(std::asinh(x)), Shape::Increasing, 16, -kInf, kInf,
            std::ldexp(1.0, -21)};
  case Opcode::Acosh:
    return {KILN_CALL(std::acosh(x)), Shape::Increasing, 16, 1.0, kInf,
            std::ldexp(1.0, -21)};
  case Opcode::Atanh:
    return {KILN_CALL(std::atanh(x)), Shape::Increasing, 16, -1.0, 1.0,
            std::ldexp(1.0, -22)};
  case Opcode::Erf:
    return {KILN_CALL(std::erf(x)), Shape::Increasing, 8};
  default:
    return {KILN_CALL(std::erfc(x)), Shape::Decreasing, 72, -kInf, kInf,
            std::ldexp(1.0, -24)};
  }
#undef KILN_CALL
}

/// Ends of the image of [lo, hi], which lies within the domain.
static void mapInterval(const Function &f, double lo, double hi, Value &r) {
  double atLo = f.evaluate(lo), atHi = f.evaluate(hi);
  switch (f.shape) {
  case Shape::Increasing:
    r.lo = atLo;
    r.hi = atHi;
    return;
  case Shape::Decreasing:
    r.lo = atHi;
    r.hi = atLo;
    return;
  case Shape::EvenFromZero:
    r.lo = lo <= 0 && hi >= 0 ? f.evaluate(0.0) : std::min(atLo, atHi);
    r.hi = std::max(atLo, atHi);
    return;
  case Shape::Bounded: {
    // The slope is at most one.
    double width = hi - lo;
    if (!(width < 2)) {
      r.lo = -1;
      r.hi = 1;
      return;
    }
    r.lo = std::max(-1.0, std::min(atLo, atHi) - width / 2);
    r.hi = std::min(1.0, std::max(atLo, atHi) + width / 2);
    if (width == 0)
      r.lo = r.hi = atLo;
    return;
  }
  case Shape::Tangent:
    if (std::floor(lo / kPi + 0.5) == std::floor(hi / kPi + 0.5)) {
      r.lo = atLo;
      r.hi = atHi;
    } else {
      setUnknown(r);
    }
    return;
  }
}

/// What evaluation in floating point adds to a function's exact image.
static void addImplementationError(const Function &f, ElementType type,
                                   Value &r) {
  if (f.ulps == 0)
    return;
  bool isDouble = type.kind == ElementType::F64;
  double relative = f.ulps * std::ldexp(1.0, isDouble ? -52 : -23);
  double scale = isDouble ? std::ldexp(1.0, -29) : 1;
  // Results below the normal numbers may be flushed.
  double tiny = std::ldexp(1.0, isDouble ? -1022 : -126);
  auto slack = [&](double end) {
    if (end == 0 || std::isinf(end))
      return 0.0;
    return std::abs(end) * relative + f.absolute * scale +
           (std::abs(end) < 4 * tiny ? tiny : 0);
  };
  bool positive = r.lo >= 0;
  r.lo -= slack(r.lo);
  r.hi += slack(r.hi);
  if (positive)
    r.lo = std::max(r.lo, 0.0);
  double spread = std::abs(r.value) * relative + f.absolute * scale;
  if (std::isfinite(spread))
    r.variance += spread * spread / 4;
}

Value kiln::reference::evalFloatUnary(Opcode code, const Value &a,
                                      ElementType type) {
  Value r = a;
  if (a.isEmpty())
    return r;
  if (code == Opcode::ExtF)
    return r;
  if (code == Opcode::TruncF) {
    roundResult(type, r);
    return r;
  }
  Function f = getFunction(code);
  if (code == Opcode::NegF) {
    r.value = -a.value;
    r.staged = -a.staged;
    r.lo = -a.hi;
    r.hi = -a.lo;
    return r;
  }
  double lo = std::max(a.lo, f.from), hi = std::min(a.hi, f.to);
  // A zero's sign reaches rsqrt and sqrt.
  lo = lo == a.lo ? a.lo : lo;
  if (lo > hi) {
    r.setNaN();
    return r;
  }
  if (a.lo < f.from || a.hi > f.to)
    r.mayBeNaN = true;
  if ((f.shape == Shape::Bounded || f.shape == Shape::Tangent) &&
      (std::isinf(a.lo) || std::isinf(a.hi))) {
    if (a.isPoint()) {
      r.setNaN();
      return r;
    }
    r.mayBeNaN = true;
  }
  r.value = f.evaluate(std::clamp(a.value, lo, hi));
  r.staged = f.evaluate(std::clamp(a.staged, lo, hi));
  mapInterval(f, lo, hi, r);
  if (code == Opcode::Rsqrt && a.lo <= 0 && std::signbit(a.lo)) {
    // A negative zero, or a small negative number flushed to it.
    r.lo = a.hi == 0 && std::signbit(a.hi) ? -kInf : r.lo;
    r.hi = a.hi == 0 && std::signbit(a.hi) ? -kInf : kInf;
    if (a.lo == 0)
      r.lo = -kInf;
  }
  if (std::isnan(r.lo) || std::isnan(r.hi))
    setUnknown(r);
  // The error of the argument passes with the function's mean slope.
  r.variance = 0;
  if (a.variance > 0 && hi > lo && std::isfinite(r.hi - r.lo) &&
      std::isfinite(hi - lo)) {
    double slope = (r.hi - r.lo) / (hi - lo);
    r.variance = a.variance * slope * slope;
  }
  addImplementationError(f, type, r);
  if (std::isnan(r.value))
    r.value = std::clamp(0.0, r.lo, r.hi);
  roundResult(type, r);
  return r;
}

Value kiln::reference::evalFloatTest(Opcode code, const Value &a,
                                     ChoiceArena &arena) {
  auto test = [&](double x) -> int64_t {
    if (code == Opcode::IsNaN)
      return std::isnan(x) ? -1 : 0;
    if (code == Opcode::IsInf)
      return std::isinf(x) ? -1 : 0;
    return std::isfinite(x) ? -1 : 0;
  };
  llvm::SmallVector<int64_t> list;
  if (a.mayBeNaN)
    list.push_back(test(std::numeric_limits<double>::quiet_NaN()));
  if (!a.isEmpty()) {
    list.append({test(a.lo), test(a.hi)});
    if (a.lo < a.hi)
      list.push_back(test(std::clamp(0.0, a.lo, a.hi)));
  }
  return makeChoices(list, test(a.value), arena);
}
