//===- FloatOps.cpp - Arithmetic on intervals -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"

#include <algorithm>
#include <array>

using namespace kiln::reference;

static constexpr double kInf = std::numeric_limits<double>::infinity();

/// Sets the interval to the hull of candidate ends. A NaN among them (inf -
/// inf, 0 * inf) means that NaN is possible and the neighbourhood is unbounded.
template <size_t N>
static void setHull(Value &r, const std::array<double, N> &ends) {
  r.lo = kInf;
  r.hi = -kInf;
  bool sawNaN = false;
  for (double end : ends) {
    if (std::isnan(end)) {
      sawNaN = true;
      continue;
    }
    r.lo = minSigned(r.lo, end);
    r.hi = maxSigned(r.hi, end);
  }
  if (!sawNaN)
    return;
  r.mayBeNaN = true;
  setUnknown(r);
}

/// NaN comes out for certain where a nominal value is NaN and no number can be.
static Value makeNaN() {
  Value r;
  r.setNaN();
  return r;
}

static double sq(double x) { return x * x; }

static Value add(const Value &a, const Value &b, bool negate) {
  Value r;
  double sign = negate ? -1 : 1;
  r.value = a.value + sign * b.value;
  r.staged = a.staged + sign * b.staged;
  r.variance = a.variance + b.variance;
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  double blo = negate ? -b.hi : b.lo, bhi = negate ? -b.lo : b.hi;
  if (a.isPoint() && b.isPoint()) {
    r.lo = a.lo + blo;
    r.hi = a.hi + bhi;
    return std::isnan(r.lo) ? makeNaN() : r;
  }
  setHull<2>(r, {a.lo + blo, a.hi + bhi});
  // inf - inf hides inside when an unbounded end meets the opposite one.
  if ((a.hi == kInf && blo == -kInf) || (a.lo == -kInf && bhi == kInf))
    r.mayBeNaN = true;
  return r;
}

// Two factors are often of one value, as in x * sigmoid(x): then their errors
// have one sign and add up.
static Value multiply(const Value &a, const Value &b) {
  Value r;
  r.value = a.value * b.value;
  r.staged = a.staged * b.staged;
  r.variance = sq(std::sqrt(a.variance) * std::abs(b.value) +
                  std::sqrt(b.variance) * std::abs(a.value));
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  if (a.isPoint() && b.isPoint()) {
    if (std::isnan(a.lo * b.lo))
      return makeNaN();
    setHull<4>(r, {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi});
    return r;
  }
  setHull<4>(r, {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi});
  auto holds = [](const Value &v, double x) { return v.lo <= x && x <= v.hi; };
  auto unbounded = [](const Value &v) { return v.lo == -kInf || v.hi == kInf; };
  if ((holds(a, 0) && unbounded(b)) || (holds(b, 0) && unbounded(a)))
    r.mayBeNaN = true;
  return r;
}

static Value divide(const Value &a, const Value &b) {
  Value r;
  r.value = a.value / b.value;
  r.staged = a.staged / b.staged;
  if (b.value != 0)
    r.variance = sq((std::sqrt(a.variance) +
                     std::sqrt(b.variance) * std::abs(a.value / b.value)) /
                    b.value);
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  bool zeroSignKnown =
      b.lo != 0 || b.hi != 0 || std::signbit(b.lo) == std::signbit(b.hi);
  if (b.lo <= 0 && b.hi >= 0 && !(b.isPoint() && zeroSignKnown)) {
    // Zero and its neighbours divide to anything.
    setUnknown(r);
    r.mayBeNaN |= a.lo <= 0 && a.hi >= 0;
    if (std::isnan(r.value))
      r.value = r.staged = 0;
    return r;
  }
  if (a.isPoint() && b.isPoint() && std::isnan(a.lo / b.lo))
    return makeNaN();
  setHull<4>(r, {a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi});
  if (b.lo == 0 && b.hi == 0 && a.lo <= 0 && a.hi >= 0)
    r.mayBeNaN = true;
  return r;
}

static Value remainder(const Value &a, const Value &b) {
  Value r;
  r.value = std::fmod(a.value, b.value);
  r.staged = std::fmod(a.staged, b.staged);
  r.variance = a.variance + b.variance;
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  if (a.isPoint() && b.isPoint()) {
    r.lo = r.hi = r.value;
    return std::isnan(r.value) ? makeNaN() : r;
  }
  if (b.isPoint() && b.lo != 0 && std::isfinite(a.lo) && std::isfinite(a.hi) &&
      std::trunc(a.lo / b.lo) == std::trunc(a.hi / b.lo)) {
    setHull<2>(r, {std::fmod(a.lo, b.lo), std::fmod(a.hi, b.lo)});
    return r;
  }
  double limit = std::min(std::max(std::abs(a.lo), std::abs(a.hi)),
                          std::max(std::abs(b.lo), std::abs(b.hi)));
  r.lo = a.lo < 0 ? -limit : 0;
  r.hi = a.hi > 0 ? limit : 0;
  r.mayBeNaN |=
      (b.lo <= 0 && b.hi >= 0) || std::isinf(a.lo) || std::isinf(a.hi);
  if (std::isnan(r.value))
    r.value = r.staged = 0;
  return r;
}

/// arith.minimumf, maximumf (NaN goes through), minnumf, maxnumf (it does not).
static Value extremum(Opcode code, const Value &a, const Value &b) {
  bool isMin = code == Opcode::MinimumF || code == Opcode::MinNumF;
  bool propagates = code == Opcode::MinimumF || code == Opcode::MaximumF;
  auto pick = [&](double x, double y) {
    if (std::isnan(x) || std::isnan(y)) {
      if (propagates)
        return std::numeric_limits<double>::quiet_NaN();
      return std::isnan(x) ? y : x;
    }
    return isMin ? minSigned(x, y) : maxSigned(x, y);
  };
  if (propagates && (a.isEmpty() || b.isEmpty()))
    return makeNaN();
  Value r;
  r.value = pick(a.value, b.value);
  r.staged = pick(a.staged, b.staged);
  if (a.isEmpty() || b.isEmpty()) { // minnumf or maxnumf of a sure NaN
    const Value &other = a.isEmpty() ? b : a;
    return other;
  }
  r.lo = pick(a.lo, b.lo);
  r.hi = pick(a.hi, b.hi);
  bool overlap = a.lo <= b.hi && b.lo <= a.hi;
  bool fromA = r.value == a.value;
  r.variance = overlap ? std::max(a.variance, b.variance)
                       : (fromA ? a.variance : b.variance);
  if (propagates) {
    r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
    return r;
  }
  // Where one may be NaN, the other comes through; zeros have either sign.
  r.mayBeNaN = a.mayBeNaN && b.mayBeNaN;
  if (a.mayBeNaN) {
    r.lo = minSigned(r.lo, b.lo);
    r.hi = maxSigned(r.hi, b.hi);
  }
  if (b.mayBeNaN) {
    r.lo = minSigned(r.lo, a.lo);
    r.hi = maxSigned(r.hi, a.hi);
  }
  if (r.lo == 0 && r.hi == 0)
    for (double end : {a.lo, a.hi, b.lo, b.hi})
      if (end == 0) {
        r.lo = minSigned(r.lo, end);
        r.hi = maxSigned(r.hi, end);
      }
  return r;
}

static Value power(const Value &a, const Value &b) {
  Value r;
  r.value = std::pow(a.value, b.value);
  r.staged = std::pow(a.staged, b.staged);
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  bool integerPower = b.isPoint() && b.lo == std::trunc(b.lo);
  if (a.isPoint() && b.isPoint() && std::isnan(r.value))
    return makeNaN();
  if (a.lo > 0 || (a.lo >= 0 && b.lo >= 0) || (a.isPoint() && integerPower)) {
    setHull<4>(r, {std::pow(a.lo, b.lo), std::pow(a.lo, b.hi),
                   std::pow(a.hi, b.lo), std::pow(a.hi, b.hi)});
  } else if (integerPower && b.lo > 0) {
    setHull<2>(r, {std::pow(a.lo, b.lo), std::pow(a.hi, b.lo)});
    if (std::fmod(b.lo, 2) == 0 && a.lo <= 0 && a.hi >= 0)
      r.lo = 0;
  } else {
    setUnknown(r);
    r.mayBeNaN = true;
    if (std::isnan(r.value))
      r.value = r.staged = 0;
  }
  // exp2(y * log2(x)): the error of the product is amplified by its size.
  double exponent =
      a.value != 0 ? std::abs(b.value * std::log2(std::abs(a.value))) : 0;
  double relative = std::ldexp(96 + 8 * std::min(exponent, 1024.0), -24);
  if (std::isfinite(r.lo))
    r.lo -= std::abs(r.lo) * relative;
  if (std::isfinite(r.hi))
    r.hi += std::abs(r.hi) * relative;
  if (std::isfinite(r.value))
    r.variance =
        sq(r.value * relative / 4) +
        (a.value != 0 ? a.variance * sq(b.value * r.value / a.value) : 0);
  return r;
}

static Value arcTangent2(const Value &a, const Value &b) {
  Value r;
  r.value = std::atan2(a.value, b.value);
  r.staged = std::atan2(a.staged, b.staged);
  r.mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  if ((a.isPoint() && b.isPoint()) || b.lo > 0) {
    setHull<4>(r, {std::atan2(a.lo, b.lo), std::atan2(a.lo, b.hi),
                   std::atan2(a.hi, b.lo), std::atan2(a.hi, b.hi)});
    double slack = std::ldexp(48.0, -24);
    r.lo -= std::abs(r.lo) * slack;
    r.hi += std::abs(r.hi) * slack;
  } else {
    r.lo = -3.1415930;
    r.hi = 3.1415930;
  }
  r.variance = a.variance + b.variance;
  return r;
}

static Value copySign(const Value &a, const Value &b) {
  Value magnitude = evalFloatUnary(Opcode::AbsF, a, ElementType{});
  Value negated = evalFloatUnary(Opcode::NegF, magnitude, ElementType{});
  Value r = std::signbit(b.value) ? negated : magnitude;
  if (b.mayBeNaN || std::signbit(b.lo) != std::signbit(b.hi)) {
    r.lo = minSigned(magnitude.lo, negated.lo);
    r.hi = maxSigned(magnitude.hi, negated.hi);
  }
  return r;
}

Value kiln::reference::evalFloatBinary(Opcode code, const Value &a,
                                       const Value &b, ElementType type) {
  bool isExtremum = code == Opcode::MinimumF || code == Opcode::MaximumF ||
                    code == Opcode::MinNumF || code == Opcode::MaxNumF;
  if (isExtremum)
    return extremum(code, a, b);
  if (code == Opcode::CopySign)
    return copySign(a, b);
  if (a.isEmpty() || b.isEmpty())
    return makeNaN();
  Value r;
  switch (code) {
  case Opcode::AddF:
    r = add(a, b, /*negate=*/false);
    break;
  case Opcode::SubF:
    r = add(a, b, /*negate=*/true);
    break;
  case Opcode::MulF:
    r = multiply(a, b);
    break;
  case Opcode::DivF: {
    r = divide(a, b);
    // A reciprocal and a product may stand for the division: two roundings.
    if (type.kind != ElementType::F64 && !r.isPoint()) {
      r.lo -= std::abs(r.lo) * std::ldexp(1.5, -24);
      r.hi += std::abs(r.hi) * std::ldexp(1.5, -24);
    } else if (type.kind != ElementType::F64 && std::isfinite(r.lo) &&
               roundTo(type, r.lo) != r.lo) {
      double slack = std::abs(r.lo) * std::ldexp(1.5, -24);
      r.lo -= slack;
      r.hi += slack;
    }
    break;
  }
  case Opcode::RemF:
    r = remainder(a, b);
    break;
  case Opcode::PowF:
    r = power(a, b);
    break;
  default:
    r = arcTangent2(a, b);
    break;
  }
  if (std::isnan(r.value) && !r.isEmpty()) {
    // Only the nominal values clash; keep a number to report.
    r.mayBeNaN = true;
    r.value = r.staged = std::clamp(0.0, r.lo, r.hi);
  }
  roundResult(type, r);
  return r;
}
