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
Value MathBuilder::exp(Value x) {
  Value t = mul(x, f32(kLog2e));
  // NaN becomes a bound here and comes back through x.
  t = atLeast(t, -126);
  if (!isAtMost(x, 87))
    t = atMost(t, 126);
  auto [n, power] = roundToPower(t);
  constexpr float kHigh = static_cast<float>(kLog2e);
  Value r = fma(x, f32(kHigh), arith::NegFOp::create(b, n));
  r = fma(x, f32(kLog2e - kHigh), r);
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

/// x = 2^i * (1 + m), m in [-1/3, 1/3]; log(1 + m) by a polynomial.
Value MathBuilder::log(Value x, double base) {
  Value tiny = compare(kLess, x, 0x1p-126);
  Value a = select(tiny, mul(x, f32(0x1p23)), x);
  Value offset = select(tiny, f32(-23), f32(0));
  Value bits = bitcast(a, b.getI32Type());
  Value e = andInt(subInt(bits, i32(0x3f2aaaab)), i32(0xff800000));
  Value exponent = arith::SIToFPOp::create(b, like(b.getF32Type()), e);
  Value i = fma(exponent, f32(0x1p-23), offset);
  Value m = sub(bitcast(subInt(bits, e), b.getF32Type()), f32(1));
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
  // x + x is NaN for NaN and infinite for infinity.
  Value special = add(x, x);
  special = select(compare(kLess, x, 0.0), f32(kNaN), special);
  special = select(compare(kEqual, x, 0.0), f32(-kInfinity), special);
  Value regular = both(compare(kGreater, x, 0.0), compare(kLess, x, kInfinity));
  return select(regular, r, special);
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
  Value special = add(x, x);
  special = select(compare(kLess, x, -1.0), f32(kNaN), special);
  special = select(compare(kEqual, x, -1.0), f32(-kInfinity), special);
  Value regular =
      both(compare(kGreater, x, -1.0), compare(kLess, x, kInfinity));
  return select(regular, r, special);
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

/// 2^(y * log2 |x|) with the logarithm in f64, whose error the exponent would
/// multiply; then the cases of C.
Value MathBuilder::pow(Value x, Value y) {
  Type f64Type = like(b.getF64Type());
  Value ax = abs(x);
  Value wide = arith::ExtFOp::create(b, f64Type, ax);
  Value bits = bitcast(wide, b.getI64Type());
  // m in [0.70, 1.41) around 1.
  Value e =
      andInt(subInt(bits, i64(0x3fe6a09e00000000)), i64(0xfff0000000000000));
  Value m = bitcast(subInt(bits, e), b.getF64Type());
  Value exponent = arith::SIToFPOp::create(
      b, f64Type, Value(arith::ShRSIOp::create(b, e, i64(52))));
  Value s = div(sub(m, f64(1)), add(m, f64(1)));
  Value z = mul(s, s);
  Value p = polynomial(
      z, {1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1.});
  Value log2 = fma(mul(s, f64(2 * kLog2e)), p, exponent);
  log2 = select(compare(kEqual, ax, 0.0), f64(-kInfinity), log2);
  log2 = select(compare(kEqual, ax, kInfinity), f64(kInfinity), log2);

  Value t = mul(Value(arith::ExtFOp::create(b, f64Type, y)), log2);
  t = select(compare(kEqual, ax, 1.0), f64(0), t);
  auto narrow = [&](Value value) -> Value {
    return arith::TruncFOp::create(b, like(b.getF32Type()), value);
  };
  auto [n, power] = roundToPower(atLeast(atMost(narrow(t), 126), -126));
  Value r = narrow(sub(t, arith::ExtFOp::create(b, f64Type, n)));
  Value result = mul(flushingExp2(r), power);

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
