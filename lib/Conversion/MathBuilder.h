//===- MathBuilder.h - Functions out of f32 arithmetic ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CONVERSION_MATHBUILDER_H
#define KILN_LIB_CONVERSION_MATHBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace kiln {

/// Builds functions on scalars, vectors or tensors of one shape. Operands are
/// f32. How far each is off, docs/numerics.md says and a test holds.
class MathBuilder {
public:
  MathBuilder(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type shape)
      : b(loc, builder), shape(shape) {}

  using Value = mlir::Value;

  /// Of x + low, where there is a `low`.
  Value exp(Value x, Value low = {});
  Value exp2(Value x);
  Value expm1(Value x);
  /// To base e where `base` is 0.
  Value log(Value x, double base);
  Value log1p(Value x);
  Value tanh(Value x);
  Value erf(Value x);
  Value sin(Value x) { return sineOrCosine(x, /*isCosine=*/false); }
  Value cos(Value x) { return sineOrCosine(x, /*isCosine=*/true); }
  Value pow(Value x, Value y);

  mlir::Type like(mlir::Type element);

  mlir::ImplicitLocOpBuilder b;

private:
  Value constant(mlir::TypedAttr attr);
  Value f32(double value);
  Value i32(uint32_t value);
  Value i64(uint64_t value);

  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  Value fma(Value x, Value y, Value z);
  Value abs(Value x);
  Value trunc(Value x);
  Value copySign(Value x, Value sign);
  Value select(Value condition, Value x, Value y);
  Value both(Value x, Value y);
  Value either(Value x, Value y);
  Value compare(mlir::arith::CmpFPredicate predicate, Value x, double y);
  Value compare(mlir::arith::CmpFPredicate predicate, Value x, Value y);
  /// NaN becomes the bound, so that what follows may rely on it.
  Value atMost(Value x, double bound);
  Value atLeast(Value x, double bound);
  /// Coefficients from the highest power down to the constant.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);

  /// 2^x by the instruction that flushes subnormal arguments (to 2^0) and
  /// results (to 0): for where that does not matter.
  Value flushingExp2(Value x);
  /// 1/y by the instruction that flushes; y at least 2^-126, and a result below
  /// that may become 0.
  Value flushingReciprocal(Value y);

  /// `x` to the nearest integer n, and 2^(n + bias).
  struct Power {
    Value n, power;
  };
  Power roundToPower(Value x, int bias = 0);

  Value bitcast(Value x, mlir::Type element);
  Value addInt(Value x, Value y);
  Value subInt(Value x, Value y);
  Value mulInt(Value x, Value y);
  Value andInt(Value x, Value y);
  Value orInt(Value x, Value y);
  Value xorInt(Value x, Value y);
  Value shiftLeft(Value x, Value n);
  Value shiftRight(Value x, Value n);
  Value isEqual(Value x, Value y);

  /// x = 2^i * m of a positive number; `pivot` are the bits of the least m.
  struct Scaled {
    Value i, m;
  };
  Scaled splitExponent(Value x, uint32_t pivot);
  /// The logarithm `r` of what lies between `pole` and infinity, and C's cases
  /// around: -infinity at the pole, NaN below, infinity and NaN themselves.
  Value selectLogarithm(Value x, double pole, Value r);

  /// The value of `high + low`, which is `high` in an f32.
  struct Sum {
    Value high, low;
  };
  Sum logSum(Value x);

  /// Turns of 1/4 in |x|, and what is left of it.
  struct Quadrant {
    Value rest, count;
  };
  Quadrant reduceAngle(Value x);
  Value sineOrCosine(Value x, bool isCosine);

  mlir::Type shape;
};

} // namespace kiln

#endif // KILN_LIB_CONVERSION_MATHBUILDER_H
