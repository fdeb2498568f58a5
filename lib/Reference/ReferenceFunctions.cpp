//===- ReferenceFunctions.cpp - Transcendental functions in float64 -------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Good to a few units of f64, which is all that a reference for f32 needs:
// written for shortness, not for speed.
//
//===----------------------------------------------------------------------===//

#include "ReferenceMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

#include <limits>

using namespace mlir;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kLn2 = 0.69314718055994530942;
/// ln 2 in two parts, the first short enough for exact products.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

/// Emits arithmetic on f64.
class Emitter {
public:
  Emitter(OpBuilder &builder, Location loc) : b(builder), loc(loc) {}

  Value constant(double value) {
    return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(value));
  }
  Value integer(int64_t value) {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
  }
  Value add(Value x, Value y) { return make<arith::AddFOp>(x, y); }
  Value sub(Value x, Value y) { return make<arith::SubFOp>(x, y); }
  Value mul(Value x, Value y) { return make<arith::MulFOp>(x, y); }
  Value div(Value x, Value y) { return make<arith::DivFOp>(x, y); }
  Value fma(Value x, Value y, Value z) {
    return intrinsic("llvm.fma.f64", {x, y, z});
  }
  Value abs(Value x) { return intrinsic("llvm.fabs.f64", x); }
  Value copySign(Value x, Value y) {
    return intrinsic("llvm.copysign.f64", {x, y});
  }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, loc, predicate, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, loc, condition, x, y);
  }
  Value intrinsic(StringRef name, ValueRange arguments) {
    return LLVM::CallIntrinsicOp::create(b, loc, b.getF64Type(),
                                         b.getStringAttr(name), arguments)
        .getResult(0);
  }
  /// Keeps NaN out of what follows: `low` stands for it.
  Value clamp(Value x, double low, double high) {
    x = select(compare(arith::CmpFPredicate::OGT, x, constant(low)), x,
               constant(low));
    return select(compare(arith::CmpFPredicate::OLT, x, constant(high)), x,
                  constant(high));
  }
  /// `special` where x is NaN, else `result`.
  Value keepNaN(Value x, Value result) {
    return select(compare(arith::CmpFPredicate::UNO, x, x), x, result);
  }
  /// The sum of coefficients[i] x^i.
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value sum = constant(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = fma(sum, x, constant(coefficient));
    return sum;
  }
  /// 2^n of an integer within the normal exponents.
  Value powerOfTwo(Value n) {
    Value biased = arith::AddIOp::create(b, loc, n, integer(1023));
    Value bits = arith::ShLIOp::create(b, loc, biased, integer(52));
    return arith::BitcastOp::create(b, loc, b.getF64Type(), bits);
  }

  Value exp(Value x);
  Value expm1(Value x);
  Value tanh(Value x);
  Value log(Value x);
  Value log1p(Value x);
  Value erf(Value x);

private:
  template <typename OpTy>
  Value make(Value x, Value y) {
    return OpTy::create(b, loc, x, y);
  }

  OpBuilder &b;
  Location loc;
};

} // namespace

/// exp(r) with |r| <= ln(2) / 2 by its series, times 2^n in two steps so that
/// neither leaves the normal numbers.
Value Emitter::exp(Value x) {
  Value safe = clamp(x, -746, 710);
  Value n = intrinsic("llvm.roundeven.f64", mul(safe, constant(1 / kLn2)));
  Value r = fma(n, constant(-kLn2High), safe);
  r = fma(n, constant(-kLn2Low), r);
  SmallVector<double> series = {1};
  for (int i = 1; i <= 14; ++i)
    series.push_back(series.back() / i);
  Value result = polynomial(r, series);
  Value whole = arith::FPToSIOp::create(b, loc, b.getI64Type(), n);
  Value half = arith::ShRSIOp::create(b, loc, whole, integer(1));
  Value rest = arith::SubIOp::create(b, loc, whole, half);
  result = mul(mul(result, powerOfTwo(half)), powerOfTwo(rest));
  return keepNaN(x, result);
}

Value Emitter::expm1(Value x) {
  Value small = clamp(x, -0.4, 0.4);
  SmallVector<double> series = {1};
  for (int i = 2; i <= 16; ++i)
    series.push_back(series.back() / i);
  Value near = mul(small, polynomial(small, series));
  Value isNear = compare(arith::CmpFPredicate::OLT, abs(x), constant(0.4));
  return select(isNear, near, sub(exp(x), constant(1)));
}

Value Emitter::tanh(Value x) {
  Value t = expm1(mul(abs(x), constant(-2)));
  Value magnitude = div(sub(constant(0), t), add(constant(2), t));
  return keepNaN(x, copySign(magnitude, x));
}

/// x = 2^e m with m near 1; log m = 2 atanh((m - 1) / (m + 1)).
Value Emitter::log(Value x) {
  Value isTiny = compare(arith::CmpFPredicate::OLT, x, constant(0x1p-1022));
  Value scaled = select(isTiny, mul(x, constant(0x1p54)), x);
  Value bits = arith::BitcastOp::create(b, loc, b.getI64Type(), scaled);
  // The bits of sqrt(1/2): what lies above in the fraction counts as below 1.
  Value shifted =
      arith::SubIOp::create(b, loc, bits, integer(0x3fe6a09e667f3bcd));
  Value e = arith::ShRSIOp::create(b, loc, shifted, integer(52));
  Value exponentBits = arith::ShLIOp::create(b, loc, e, integer(52));
  Value fraction = arith::SubIOp::create(b, loc, bits, exponentBits);
  Value m = arith::BitcastOp::create(b, loc, b.getF64Type(), fraction);
  Value s = div(sub(m, constant(1)), add(m, constant(1)));
  SmallVector<double> series;
  for (int i = 0; i <= 12; ++i)
    series.push_back(2.0 / (2 * i + 1));
  Value logOfM = mul(s, polynomial(mul(s, s), series));
  Value exponent = arith::SIToFPOp::create(b, loc, b.getF64Type(), e);
  exponent = select(isTiny, sub(exponent, constant(54)), exponent);
  Value result = fma(exponent, constant(kLn2High),
                     fma(exponent, constant(kLn2Low), logOfM));
  auto where = [&](arith::CmpFPredicate predicate, double at, double value) {
    result =
        select(compare(predicate, x, constant(at)), constant(value), result);
  };
  where(arith::CmpFPredicate::OEQ, kInf, kInf);
  where(arith::CmpFPredicate::OEQ, 0, -kInf);
  where(arith::CmpFPredicate::OLT, 0, std::numeric_limits<double>::quiet_NaN());
  return keepNaN(x, result);
}

/// log(1 + x), with the rounding of 1 + x taken out again.
Value Emitter::log1p(Value x) {
  Value sum = add(x, constant(1));
  Value rounded = sub(sum, constant(1));
  Value corrected = div(mul(log(sum), x), rounded);
  Value isTiny = compare(arith::CmpFPredicate::OEQ, rounded, constant(0));
  Value result = select(isTiny, x, corrected);
  Value isInfinite = compare(arith::CmpFPredicate::OEQ, x, constant(kInf));
  return select(isInfinite, x, result);
}

/// 2 / sqrt(pi) exp(-x^2) times the sum of 2^k x^(2k+1) / (1 3 5 ... (2k+1)),
/// whose terms are all positive.
Value Emitter::erf(Value x) {
  constexpr int64_t kTerms = 160; // enough for |x| <= 6
  Value safe = clamp(abs(x), 0, 6);
  Value square = mul(safe, safe);
  Value twice = add(square, square);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value initial[] = {safe, safe, constant(1)};
  auto loop = scf::ForOp::create(
      b, loc, index(0), index(kTerms), index(1), initial,
      [&](OpBuilder &inner, Location at, Value, ValueRange carried) {
        Emitter e(inner, at);
        Value odd = e.add(carried[2], e.constant(2));
        Value term = e.div(e.mul(carried[1], twice), odd);
        scf::YieldOp::create(inner, at,
                             ValueRange{e.add(carried[0], term), term, odd});
      });
  Value magnitude = mul(mul(loop.getResult(0), constant(1.1283791670955125739)),
                        exp(sub(constant(0), square)));
  return keepNaN(x, copySign(magnitude, x));
}

Value kiln::emitReferenceFunction(OpBuilder &builder, Operation *op) {
  Emitter e(builder, op->getLoc());
  if (op->getNumOperands() != 1)
    return {};
  Value x = op->getOperand(0);
  if (isa<math::ExpOp>(op))
    return e.exp(x);
  if (isa<math::Exp2Op>(op))
    return e.exp(e.mul(x, e.constant(kLn2)));
  if (isa<math::ExpM1Op>(op))
    return e.expm1(x);
  if (isa<math::TanhOp>(op))
    return e.tanh(x);
  if (isa<math::LogOp>(op))
    return e.log(x);
  if (isa<math::Log2Op>(op))
    return e.mul(e.log(x), e.constant(1.44269504088896340736));
  if (isa<math::Log10Op>(op))
    return e.mul(e.log(x), e.constant(0.43429448190325182765));
  if (isa<math::Log1pOp>(op))
    return e.log1p(x);
  if (isa<math::ErfOp>(op))
    return e.erf(x);
  if (isa<math::ErfcOp>(op))
    return e.sub(e.constant(1), e.erf(x));
  return {};
}
