//===- SineCosine.cpp - sin and cos of any float --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathBuilder.h"

#include <limits>

using namespace mlir;
using namespace kiln;

/// 1 / (2 pi) in words of 32 bits below the point, behind one for what is above
/// it.
static constexpr uint32_t kPerTurn[] = {0x00000000, 0x28be60db, 0x9391054a,
                                        0x7f09d5f4, 0x7d4d3770, 0x36d8a566,
                                        0x4f10e410, 0x7f9458ea};

/// Payne and Hanek, "Radian Reduction for Trigonometric Functions" (1983): of
/// |x| / (2 pi) only the bits around the point matter, so that the fraction of
/// x is multiplied by the words of 1 / (2 pi) that reach there. Exact enough
/// for every float, without a table in memory.
MathBuilder::Quadrant MathBuilder::reduceAngle(Value x) {
  Type i32Type = b.getI32Type(), i64Type = like(b.getI64Type());
  Value bits = bitcast(x, i32Type); // of a positive number
  // x = m * 2^(e - 32), m with its highest bit set.
  Value m = orInt(shiftLeft(bits, i32(8)), i32(0x80000000));
  Value e = arith::MaxSIOp::create(
      b, subInt(shiftRight(bits, i32(23)), i32(126)), i32(0));
  Value first = shiftRight(e, i32(5));
  Value shift = arith::ExtUIOp::create(b, i64Type, andInt(e, i32(31)));
  Value isFirst[4];
  for (unsigned k = 0; k < 4; ++k)
    isFirst[k] = isEqual(first, i32(k));
  auto wide = [&](Value word) -> Value {
    return arith::ExtUIOp::create(b, i64Type, word);
  };
  // The words from number `first` on.
  Value words[4];
  for (unsigned i = 0; i < 4; ++i) {
    Value word = i32(kPerTurn[i + 4]);
    for (unsigned k = 0; k < 4; ++k)
      word = select(isFirst[k], i32(kPerTurn[i + k]), word);
    words[i] = wide(word);
  }
  auto shifted = [&](unsigned i) {
    Value pair = orInt(shiftLeft(words[i], i64(32)), words[i + 1]);
    return shiftRight(shiftLeft(pair, shift), i64(32));
  };
  // Turns, 64 bits below the point; whole turns are lost in the overflow.
  Value factor = wide(m);
  Value turns = shiftRight(mulInt(factor, shifted(2)), i64(32));
  turns = addInt(mulInt(factor, shifted(1)), turns);
  turns = addInt(shiftLeft(mulInt(factor, shifted(0)), i64(32)), turns);
  // The nearest quarter, and the signed rest from there.
  Value count = shiftRight(addInt(turns, i64(uint64_t(1) << 61)), i64(62));
  Value rest = arith::SIToFPOp::create(b, like(b.getF32Type()),
                                       shiftLeft(turns, i64(2)));
  rest = mul(rest, f32(0x1.921fb54442d18p-64)); // pi/2 * 2^-64

  Value isSmall = compare(arith::CmpFPredicate::OLT, x, 0x1.921fb4p-1);
  Value isFinite = compare(arith::CmpFPredicate::OLT, x,
                           std::numeric_limits<double>::infinity());
  rest = select(isFinite, rest, sub(x, x)); // NaN
  Value narrow = arith::TruncIOp::create(b, like(i32Type), count);
  return {select(isSmall, x, rest), select(isSmall, i32(0), narrow)};
}

Value MathBuilder::sineOrCosine(Value x, bool isCosine) {
  auto [r, count] = reduceAngle(abs(x));
  if (isCosine)
    count = addInt(count, i32(1));
  Value s = mul(r, r);
  Value sine = polynomial(
      s, {2.86567956e-6, -1.98559923e-4, 8.33338592e-3, -1.66666672e-1});
  sine = fma(mul(sine, s), r, r);
  Value cosine =
      polynomial(s, {2.44677067e-5, -1.38877297e-3, 4.16666567e-2, -0.5, 1});
  Value isOdd = isEqual(andInt(count, i32(1)), i32(1));
  Value result = select(isOdd, cosine, sine);
  // Sign of the quadrant, and of the argument for the sine.
  Value sign = shiftLeft(andInt(count, i32(2)), i32(30));
  if (!isCosine)
    sign = xorInt(sign, andInt(bitcast(x, b.getI32Type()), i32(0x80000000)));
  return bitcast(xorInt(bitcast(result, b.getI32Type()), sign), b.getF32Type());
}
