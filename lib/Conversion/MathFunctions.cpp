//===- MathFunctions.cpp - Exponentials, logarithms, tanh, erf, powers ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Each function reduces its argument, evaluates a polynomial with fused
// multiply-adds and scales back. Special values come out of the arithmetic
// itself where possible and are selected where not. Upstream's expansions are
// not used: their log is wrong on denormals, their tanh cancels near 0.
//
//===----------------------------------------------------------------------===//

#include "MathBuilder.h"

#include "mlir/IR/Matchers.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace kiln;

static constexpr double kLog2e = 1.4426950408889634;
static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
static constexpr auto kLess = arith::CmpFPredicate::OLT;
static constexpr auto kGreater = arith::CmpFPredicate::OGT;
static constexpr auto kEqual = arith::CmpFPredicate::OEQ;
static constexpr auto kNotEqual = arith::CmpFPredicate::ONE;
static constexpr auto kUnordered = arith::CmpFPredicate::UNO;

/// Whether the op that computes `x` says that it is at most `bound`, or NaN.
static bool isAtMost(Value x, double bound) {
  Operation *op = x.getDefiningOp();
  if (!op)
    return false;
  if (auto negative = dyn_cast<arith::NegFOp>(op))
    return bound >= 0 && negative.getOperand().getDefiningOp<math::AbsFOp>();
  APFloat constant(0.0f);
  return isa<arith::MinimumFOp, arith::MinNumFOp>(op) &&
         llvm::any_of(op->getOperands(), [&](Value operand) {
           return matchPattern(operand, m_ConstantFloat(&constant)) &&
                  constant.convertToDouble() <= bound;
         });
}

/// n = round(x log2 e) within the exponents of normal numbers; exp(x) = 2^n *
/// 2^(x log2 e - n). Where n is cut off the second factor is far from 1, and
/// the product overflows, or rounds to a subnormal number, once.
Value MathBuilder::exp(Value x, Value low) {
  Value t = mul(x, f32(kLog2e));
  // NaN becomes a bound here and comes back through x.
  t = atLeast(t, -126);
  if (!isAtMost(x, 87))
    t = atMost(t, 126);
  auto [n, power] = roundToPower(t);
  constexpr float kHigh = static_cast<float>(kLog2e);
  Value r = fma(x, f32(kHigh), arith::NegFOp::create(b, n));
  r = fma(x, f32(kLog2e - kHigh), r);
  if (low)
    r = fma(low, f32(kHigh), r);
  return mul(flushingExp2(r), power);
}

Value MathBuilder::exp2(Value x) { return math::Exp2Op::create(b, x); }

/// exp(x) - 1 = 2^n * (exp(r) - 1) + (2^n - 1) with a polynomial for |r| <
/// 0.35.
Value MathBuilder::expm1(Value x) {
  // Half of the power, as 2^128 has no float.
  auto [n, half] =
      roundToPower(atLeast(atMost(mul(x, f32(kLog2e)), 128), -30), -1);
  Value r = fma(n, f32(-0x1.62e400p-1), x);
  r = fma(n, f32(-0x1.7f7d1cp-20), r);
  Value q = polynomial(
      r, {1. / 40320, 1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2});
  Value p = fma(mul(r, r), q, r);
  Value sum = fma(half, p, sub(half, f32(0.5)));
  Value result = add(sum, sum);
  result = select(compare(kLess, x, -17.5), f32(-1), result);
  return copySign(result, x); // keeps -0
}

MathBuilder::Scaled MathBuilder::splitExponent(Value x, uint32_t pivot) {
  Value tiny = compare(kLess, x, 0x1p-126);
  Value a = select(tiny, mul(x, f32(0x1p23)), x);
  Value offset = select(tiny, f32(-23), f32(0));
  Value bits = bitcast(a, b.getI32Type());
  Value e = andInt(subInt(bits, i32(pivot)), i32(0xff800000));
  Value exponent = arith::SIToFPOp::create(b, like(b.getF32Type()), e);
  Value i = fma(exponent, f32(0x1p-23), offset);
  return {i, bitcast(subInt(bits, e), b.getF32Type())};
}

Value MathBuilder::selectLogarithm(Value x, double pole, Value r) {
  // x + x is NaN for NaN and infinite for infinity.
  Value special = add(x, x);
  special = select(compare(kLess, x, pole), f32(kNaN), special);
  special = select(compare(kEqual, x, pole), f32(-kInfinity), special);
  Value regular =
      both(compare(kGreater, x, pole), compare(kLess, x, kInfinity));
  return select(regular, r, special);
}

/// x = 2^i * (1 + m), m in [-1/3, 1/3]; log(1 + m) by a polynomial.
Value MathBuilder::log(Value x, double base) {
  auto [i, mantissa] = splitExponent(x, 0x3f2aaaab);
  Value m = sub(mantissa, f32(1));
  Value s = mul(m, m);
  Value odd = polynomial(s, {0.140869141, 0.139814854, 0.200120345});
  Value r =
      polynomial(s, {-0.130310059, -0.121483512, -0.166846126, -0.249996200});
  r = fma(odd, m, r);
  r = fma(r, m, f32(0.333331972));
  r = fma(r, m, f32(-0.5));
  r = fma(r, s, m);
  if (base == 0) {
    r = fma(i, f32(0.693147182), r);
  } else {
    // In two parts, as the rounded factor alone costs an ulp.
    double perNat = 1 / std::log(base), perBit = std::log(2) / std::log(base);
    auto low = [](double value) { return value - static_cast<float>(value); };
    Value small = fma(i, f32(low(perBit)), mul(r, f32(low(perNat))));
    r = fma(i, f32(perBit), fma(r, f32(perNat), small));
  }
  return selectLogarithm(x, 0, r);
}

/// 1 + x = 2^i * (1 + m), m in about [-1/4, 1/2], where m = 2^-i x + (2^-i - 1)
/// is formed without 1 + x, which would lose the end of x; then as log.
Value MathBuilder::log1p(Value x) {
  if (auto exponential = x.getDefiningOp<math::ExpOp>();
      exponential && isAtMost(exponential.getOperand(), 0))
    // Of [0, 1], as in softplus: nothing to reduce.
    return mul(x, polynomial(x, {-0.00317605702, 0.0195425273, -0.0563736128,
                                 0.105436238, -0.152696671, 0.196632743,
                                 -0.249516163, 0.333297105, -0.499998926, 1.}));
  Value u = bitcast(add(x, f32(1)), b.getI32Type());
  Value e = andInt(subInt(u, i32(0x3f400000)), i32(0xff800000));
  Value scaled = bitcast(subInt(bitcast(x, b.getI32Type()), e), b.getF32Type());
  Value four = bitcast(subInt(i32(0x40800000), e), b.getF32Type());
  Value m = add(scaled, fma(f32(0.25), four, f32(-1)));
  Value s = mul(m, m);
  Value odd = polynomial(s, {0.105469480, 0.144914404, 0.199888934});
  Value r =
      polynomial(s, {-0.0453482792, -0.132296383, -0.166415766, -0.250002742});
  r = fma(odd, m, r);
  r = fma(r, m, f32(0.333335280));
  r = fma(r, m, f32(-0.5));
  r = fma(r, s, m);
  Value exponent = arith::SIToFPOp::create(b, like(b.getF32Type()), e);
  r = fma(mul(exponent, f32(0x1p-23)), f32(0.693147182), r);
  r = copySign(r, x); // keeps -0
  return selectLogarithm(x, -1, r);
}

/// 1 - 2 / (exp(2 |x|) + 1), whose exponential needs no more than its first
/// digits, and a polynomial where that cancels.
Value MathBuilder::tanh(Value x) {
  Value t = abs(x);
  Value power = flushingExp2(mul(t, f32(2 * kLog2e)));
  Value large = fma(f32(-2), flushingReciprocal(add(power, f32(1))), f32(1));
  Value s = mul(x, x);
  Value p = polynomial(
      s, {1.57396831e-2, -5.23029624e-2, 1.33152977e-1, -3.33327681e-1});
  Value small = fma(mul(p, s), x, x);
  Value isLarge = compare(arith::CmpFPredicate::OGE, t, 0.55);
  return copySign(select(isLarge, large, small), x);
}

Value MathBuilder::erf(Value x) {
  Value t = abs(x), s = mul(x, x);
  Value r = polynomial(t, {-1.72853470e-5 * kLog2e, 3.83197126e-4 * kLog2e});
  Value u = polynomial(t, {-3.88396438e-3 * kLog2e, 2.42546219e-2 * kLog2e});
  r = fma(r, s, u);
  r = fma(r, t, f32(-1.06777877e-1 * kLog2e));
  r = fma(r, t, f32(-6.34846687e-1 * kLog2e));
  r = fma(r, t, f32(-1.12871751 * kLog2e));
  Value large = sub(f32(1), flushingExp2(mul(r, t)));
  Value p = polynomial(s, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2,
                           1.12819925e-1, -3.76125336e-1, 1.28379166e-1});
  Value small = fma(p, x, x);
  Value isLarge = compare(kGreater, t, 0.927734375);
  return copySign(select(isLarge, large, small), x);
}

/// log x of a positive number as an unevaluated sum, good to about 2^-40: an
/// exponent multiplies its error. x = 2^i m, m in [sqrt(1/2), sqrt 2); log m is
/// 2 atanh(q) with q = (m - 1) / (m + 1), whose first two terms are kept exact.
MathBuilder::Sum MathBuilder::logSum(Value x) {
  constexpr double kLog2 = 0.6931471805599453;
  constexpr double kHigh = static_cast<float>(kLog2);
  auto negate = [&](Value v) -> Value { return arith::NegFOp::create(b, v); };
  auto [i, m] = splitExponent(x, 0x3f3504f3);
  Value inverse = flushingReciprocal(add(m, f32(1)));
  m = sub(m, f32(1));
  Value q = mul(inverse, m);
  Value qLow = mul(inverse, fma(q, negate(m), fma(q, f32(-2), m)));
  Value s = mul(q, q);
  Value r =
      polynomial(s, {0.1293334961, 0.1419928074, 0.2000148296, 0.3333332539});
  Value sLow = fma(q, add(qLow, qLow), fma(q, q, negate(s)));
  Value cube = mul(s, q);
  Value cubeLow = fma(s, qLow, fma(sLow, q, fma(s, q, negate(cube))));
  Value rest = fma(r, cube, fma(r, cubeLow, qLow));
  Value twice = add(q, q);
  Value high = fma(i, f32(kHigh), twice);
  Value back = fma(i, f32(-kHigh), high);
  Value low = fma(i, f32(kLog2 - kHigh), fma(f32(2), rest, sub(twice, back)));
  Value sum = add(high, low);
  return {sum, add(sub(high, sum), low)};
}

/// exp(y log |x|) with the logarithm and the product as sums; then the cases of
/// C.
Value MathBuilder::pow(Value x, Value y) {
  Value ax = abs(x);
  auto [log, logLow] = logSum(ax);
  log = select(compare(kEqual, ax, 0.0), f32(-kInfinity), log);
  log = select(compare(kEqual, ax, kInfinity), f32(kInfinity), log);
  // Any power of 1 is 1, an infinite one too.
  Value factor = select(compare(kEqual, ax, 1.0), f32(0), y);
  Value t = mul(log, factor);
  Value low =
      fma(logLow, factor, fma(log, factor, arith::NegFOp::create(b, t)));
  // Beyond, the power is infinite or zero, and the low part may be NaN.
  Value isNear = compare(kLess, abs(t), 300.0);
  Value result = exp(t, select(isNear, low, f32(0)));

  Value integer = compare(kEqual, trunc(y), y);
  Value half = mul(y, f32(0.5));
  Value odd = both(integer, compare(kNotEqual, trunc(half), half));
  Value signedResult = copySign(result, x);
  result = select(odd, signedResult, result);
  Value negative =
      both(compare(kLess, x, 0.0), compare(kGreater, x, -kInfinity));
  Value fraction = compare(kNotEqual, trunc(y), y);
  result = select(both(negative, fraction), f32(kNaN), result);
  result = select(compare(kUnordered, x, y), add(x, y), result);
  Value one = either(compare(kEqual, y, 0.0), compare(kEqual, x, 1.0));
  return select(one, f32(1), result);
}
