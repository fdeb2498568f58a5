//===- ExpandMath.cpp - Math functions as f32 arithmetic ------------------===//
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

#include "kiln/Conversion/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_EXPANDMATH
#include "kiln/Conversion/Passes.h.inc"

namespace {
constexpr double kLog2e = 1.4426950408889634;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Builds arithmetic on scalars, vectors or tensors of one shape.
class Emitter {
public:
  Emitter(Location loc, OpBuilder &builder, Type shape)
      : b(loc, builder), shape(shape) {}

  Type like(Type element) {
    if (auto shaped = dyn_cast<ShapedType>(shape))
      return shaped.clone(element);
    return element;
  }
  Value constant(TypedAttr attr) {
    if (auto shaped = dyn_cast<ShapedType>(shape))
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(shaped.clone(attr.getType()), attr));
    return arith::ConstantOp::create(b, attr);
  }
  Value f32(double value) {
    return constant(b.getF32FloatAttr(static_cast<float>(value)));
  }
  Value f64(double value) { return constant(b.getF64FloatAttr(value)); }
  Value i32(int32_t value) { return constant(b.getI32IntegerAttr(value)); }
  Value i64(int64_t value) { return constant(b.getI64IntegerAttr(value)); }
  /// A constant of the element type of `type`.
  Value same(Value like, double value) {
    return getElementTypeOrSelf(like).isF64() ? f64(value) : f32(value);
  }

  Value add(Value x, Value y) { return arith::AddFOp::create(b, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, x, y); }
  Value neg(Value x) { return arith::NegFOp::create(b, x); }
  Value abs(Value x) { return math::AbsFOp::create(b, x); }
  Value trunc(Value x) { return math::TruncOp::create(b, x); }
  Value nearest(Value x) { return math::RoundEvenOp::create(b, x); }
  Value fma(Value x, Value y, Value z) {
    return math::FmaOp::create(b, x, y, z);
  }
  Value copySign(Value x, Value sign) {
    return math::CopySignOp::create(b, x, sign);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, condition, x, y);
  }
  Value both(Value x, Value y) { return arith::AndIOp::create(b, x, y); }
  Value either(Value x, Value y) { return arith::OrIOp::create(b, x, y); }
  Value compare(arith::CmpFPredicate predicate, Value x, double y) {
    return compare(predicate, x, same(x, y));
  }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, predicate, x, y);
  }
  /// `x` within [low, high]; NaN becomes a bound, so that it can be converted
  /// to an integer.
  Value clamp(Value x, double low, double high) {
    Value below = arith::MinNumFOp::create(b, x, same(x, high));
    return arith::MaxNumFOp::create(b, below, same(x, low));
  }
  /// Coefficients from the highest power down to the constant.
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value sum = same(x, coefficients.front());
    for (double coefficient : coefficients.drop_front())
      sum = fma(sum, x, same(x, coefficient));
    return sum;
  }

  Value toInt(Value x) {
    return arith::FPToSIOp::create(b, like(b.getI32Type()), x);
  }
  Value toFloat(Value x) {
    return arith::SIToFPOp::create(b, like(b.getF32Type()), x);
  }
  Value bitcast(Value x, Type element) {
    return arith::BitcastOp::create(b, like(element), x);
  }
  Value addInt(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value subInt(Value x, Value y) { return arith::SubIOp::create(b, x, y); }
  Value andInt(Value x, Value y) { return arith::AndIOp::create(b, x, y); }
  /// 2^n for an i32 `n` in [-126, 127].
  Value powerOfTwo(Value n) {
    Value bits = arith::ShLIOp::create(b, addInt(n, i32(127)), i32(23));
    return bitcast(bits, b.getF32Type());
  }
  /// x * 2^n, rounded once, for x near 1 and an i32 `n` in [-250, 250].
  Value scale(Value x, Value n) {
    Value half = arith::ShRSIOp::create(b, n, i32(1));
    Value first = mul(x, powerOfTwo(half));
    return mul(first, powerOfTwo(subInt(n, half)));
  }

  Value exp2(Value x) { return math::Exp2Op::create(b, x); }
  Value exp(Value x);
  Value expm1(Value x);
  Value log(Value x, double base);
  Value log1p(Value x);
  Value tanh(Value x);
  Value erf(Value x);
  Value pow(Value x, Value y);

  ImplicitLocOpBuilder b;

private:
  Type shape;
  static constexpr auto kLess = arith::CmpFPredicate::OLT;
  static constexpr auto kEqual = arith::CmpFPredicate::OEQ;
  static constexpr auto kNotEqual = arith::CmpFPredicate::ONE;
  static constexpr auto kUnordered = arith::CmpFPredicate::UNO;
};

/// n = round(x / ln 2); exp(x) = 2^n * exp2((x - n ln 2) / ln 2).
Value Emitter::exp(Value x) {
  Value n = nearest(clamp(mul(x, f32(kLog2e)), -160, 160));
  Value r = fma(n, f32(-0x1.62e400p-1), x);
  r = fma(n, f32(-0x1.7f7d1cp-20), r);
  return scale(exp2(mul(r, f32(kLog2e))), toInt(n));
}

/// exp(x) - 1 = 2^n * (exp(r) - 1) + (2^n - 1) with a polynomial for |r| <
/// 0.35.
Value Emitter::expm1(Value x) {
  Value n = nearest(clamp(mul(x, f32(kLog2e)), -30, 128));
  Value r = fma(n, f32(-0x1.62e400p-1), x);
  r = fma(n, f32(-0x1.7f7d1cp-20), r);
  Value q = polynomial(
      r, {1. / 40320, 1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2});
  Value p = fma(mul(r, r), q, r);
  // Half of the power, as 2^128 has no float.
  Value half = powerOfTwo(subInt(toInt(n), i32(1)));
  Value sum = fma(half, p, sub(half, f32(0.5)));
  Value result = add(sum, sum);
  result = select(compare(kLess, x, -17.5), f32(-1), result);
  return select(compare(kEqual, x, 0.0), x, result); // keeps -0
}

/// x = 2^i * (1 + m), m in [-1/3, 1/3]; log(1 + m) by a polynomial.
Value Emitter::log(Value x, double base) {
  Value tiny = compare(kLess, x, 0x1p-126);
  Value a = select(tiny, mul(x, f32(0x1p23)), x);
  Value offset = select(tiny, f32(-23), f32(0));
  Value bits = bitcast(a, b.getI32Type());
  Value e = andInt(subInt(bits, i32(0x3f2aaaab)),
                   i32(static_cast<int32_t>(0xff800000)));
  Value i = fma(toFloat(e), f32(0x1p-23), offset);
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
  Value regular = both(compare(arith::CmpFPredicate::OGT, x, 0.0),
                       compare(kLess, x, kInfinity));
  return select(regular, r, special);
}

/// With u = 1 + x rounded, log(u) * (x / (u - 1)) makes up for the rounding.
Value Emitter::log1p(Value x) {
  Value u = add(x, f32(1));
  Value exact = either(compare(kEqual, u, 1.0), compare(kEqual, u, kInfinity));
  Value result = mul(log(u, 0), div(x, sub(u, f32(1))));
  return select(exact, x, result);
}

Value Emitter::tanh(Value x) {
  Value t = abs(x);
  Value large = sub(f32(1), div(f32(2), add(exp(add(t, t)), f32(1))));
  Value s = mul(x, x);
  Value p = polynomial(
      s, {1.57396831e-2, -5.23029624e-2, 1.33152977e-1, -3.33327681e-1});
  Value small = fma(mul(p, s), x, x);
  Value isLarge = compare(arith::CmpFPredicate::OGE, t, 0.55);
  return copySign(select(isLarge, large, small), x);
}

Value Emitter::erf(Value x) {
  Value t = abs(x), s = mul(x, x);
  Value r = polynomial(t, {-1.72853470e-5, 3.83197126e-4});
  Value u = polynomial(t, {-3.88396438e-3, 2.42546219e-2});
  r = fma(r, s, u);
  r = fma(r, t, f32(-1.06777877e-1));
  r = fma(r, t, f32(-6.34846687e-1));
  r = fma(r, t, f32(-1.28717512e-1));
  r = fma(r, t, neg(t));
  Value large = copySign(sub(f32(1), exp(r)), x);
  Value p = polynomial(s, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2,
                           1.12819925e-1, -3.76125336e-1, 1.28379166e-1});
  Value small = fma(p, x, x);
  return select(compare(arith::CmpFPredicate::OGT, t, 0.927734375), large,
                small);
}

/// 2^(y * log2 |x|) with the logarithm in f64, whose error the exponent would
/// multiply; then the cases of C.
Value Emitter::pow(Value x, Value y) {
  Type f64Type = like(b.getF64Type());
  Value ax = abs(x);
  Value wide = arith::ExtFOp::create(b, f64Type, ax);
  Value bits = bitcast(wide, b.getI64Type());
  // m in [0.70, 1.41) around 1.
  Value e = andInt(subInt(bits, i64(0x3fe6a09e00000000)),
                   i64(static_cast<int64_t>(0xfff0000000000000)));
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
  Value n = nearest(clamp(t, -200, 200));
  Value r = arith::TruncFOp::create(b, like(b.getF32Type()), sub(t, n));
  Value result = scale(exp2(r), toInt(n));

  Value integer = compare(kEqual, trunc(y), y);
  Value half = mul(y, f32(0.5));
  Value odd = both(integer, compare(kNotEqual, trunc(half), half));
  Value signedResult = copySign(result, x);
  result = select(odd, signedResult, result);
  Value negative = both(compare(kLess, x, 0.0),
                        compare(arith::CmpFPredicate::OGT, x, -kInfinity));
  Value fraction = compare(kNotEqual, trunc(y), y);
  result = select(both(negative, fraction), f32(kNaN), result);
  result = select(compare(kUnordered, x, y), add(x, y), result);
  Value one = either(compare(kEqual, y, 0.0), compare(kEqual, x, 1.0));
  return select(one, f32(1), result);
}

/// The expansion of `op` on f32 operands, or null where the op stays.
Value expand(Operation *op, ValueRange x, Emitter &emit) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<math::ExpOp>([&](auto) { return emit.exp(x[0]); })
      .Case<math::Exp2Op>([&](auto) { return emit.exp2(x[0]); })
      .Case<math::ExpM1Op>([&](auto) { return emit.expm1(x[0]); })
      .Case<math::LogOp>([&](auto) { return emit.log(x[0], 0); })
      .Case<math::Log2Op>([&](auto) { return emit.log(x[0], 2); })
      .Case<math::Log10Op>([&](auto) { return emit.log(x[0], 10); })
      .Case<math::Log1pOp>([&](auto) { return emit.log1p(x[0]); })
      .Case<math::TanhOp>([&](auto) { return emit.tanh(x[0]); })
      .Case<math::ErfOp>([&](auto) { return emit.erf(x[0]); })
      .Case<math::PowFOp>([&](auto) { return emit.pow(x[0], x[1]); })
      .Case<math::RsqrtOp>([&](auto) {
        Value root = math::SqrtOp::create(emit.b, x[0]);
        return emit.div(emit.f32(1), root);
      })
      .Default([](Operation *) { return Value(); });
}

class ExpandMath : public impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::LogOp,
              math::Log2Op, math::Log10Op, math::Log1pOp, math::TanhOp,
              math::ErfOp, math::PowFOp, math::RsqrtOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      Type type = op->getResult(0).getType();
      Type element = getElementTypeOrSelf(type);
      if (!element.isF32() && !element.isF16() && !element.isBF16()) {
        op->emitError("'") << op->getName() << "' on " << element
                           << " has no expansion; f16, bf16 and f32 have one";
        return signalPassFailure();
      }
      bool narrow = !element.isF32();
      if (!narrow && isa<math::Exp2Op>(op))
        continue; // an instruction
      OpBuilder builder(op);
      Emitter emit(op->getLoc(), builder, type);
      SmallVector<Value> operands(op->getOperands());
      if (narrow)
        for (Value &operand : operands)
          operand = arith::ExtFOp::create(
              emit.b, emit.like(emit.b.getF32Type()), operand);
      Value result = expand(op, operands, emit);
      if (narrow)
        result = arith::TruncFOp::create(emit.b, type, result);
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      ++numExpanded;
    }
  }
};
} // namespace
} // namespace kiln
