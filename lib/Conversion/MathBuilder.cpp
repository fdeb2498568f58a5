//===- MathBuilder.cpp - The arithmetic that functions are made of --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathBuilder.h"

using namespace mlir;
using namespace kiln;

// Read by kiln-lower-to-nvvm: approximate, by an instruction that flushes.
static constexpr auto kFlushing = arith::FastMathFlags::afn;

Type MathBuilder::like(Type element) {
  if (auto shaped = dyn_cast<ShapedType>(shape))
    return shaped.clone(element);
  return element;
}

Value MathBuilder::constant(TypedAttr attr) {
  if (auto shaped = dyn_cast<ShapedType>(shape))
    return arith::ConstantOp::create(
        b, DenseElementsAttr::get(shaped.clone(attr.getType()), attr));
  return arith::ConstantOp::create(b, attr);
}
Value MathBuilder::f32(double value) {
  return constant(b.getF32FloatAttr(static_cast<float>(value)));
}
Value MathBuilder::f64(double value) {
  return constant(b.getF64FloatAttr(value));
}
Value MathBuilder::i32(uint32_t value) {
  return constant(b.getI32IntegerAttr(static_cast<int32_t>(value)));
}
Value MathBuilder::i64(uint64_t value) {
  return constant(b.getI64IntegerAttr(static_cast<int64_t>(value)));
}
Value MathBuilder::same(Value like, double value) {
  return getElementTypeOrSelf(like).isF64() ? f64(value) : f32(value);
}

Value MathBuilder::add(Value x, Value y) {
  return arith::AddFOp::create(b, x, y);
}
Value MathBuilder::sub(Value x, Value y) {
  return arith::SubFOp::create(b, x, y);
}
Value MathBuilder::mul(Value x, Value y) {
  return arith::MulFOp::create(b, x, y);
}
Value MathBuilder::div(Value x, Value y) {
  return arith::DivFOp::create(b, x, y);
}
Value MathBuilder::fma(Value x, Value y, Value z) {
  return math::FmaOp::create(b, x, y, z);
}
Value MathBuilder::abs(Value x) { return math::AbsFOp::create(b, x); }
Value MathBuilder::trunc(Value x) { return math::TruncOp::create(b, x); }
Value MathBuilder::copySign(Value x, Value sign) {
  return math::CopySignOp::create(b, x, sign);
}
Value MathBuilder::select(Value condition, Value x, Value y) {
  return arith::SelectOp::create(b, condition, x, y);
}
Value MathBuilder::both(Value x, Value y) {
  return arith::AndIOp::create(b, x, y);
}
Value MathBuilder::either(Value x, Value y) {
  return arith::OrIOp::create(b, x, y);
}
Value MathBuilder::compare(arith::CmpFPredicate predicate, Value x, double y) {
  return compare(predicate, x, same(x, y));
}
Value MathBuilder::compare(arith::CmpFPredicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(b, predicate, x, y);
}
Value MathBuilder::atMost(Value x, double bound) {
  return arith::MinNumFOp::create(b, x, same(x, bound));
}
Value MathBuilder::atLeast(Value x, double bound) {
  return arith::MaxNumFOp::create(b, x, same(x, bound));
}
Value MathBuilder::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = same(x, coefficients.front());
  for (double coefficient : coefficients.drop_front())
    sum = fma(sum, x, same(x, coefficient));
  return sum;
}

Value MathBuilder::flushingExp2(Value x) {
  return math::Exp2Op::create(b, x, kFlushing);
}
Value MathBuilder::flushingReciprocal(Value y) {
  return arith::DivFOp::create(b, f32(1), y, kFlushing);
}

/// Adding 1.5 * 2^23 leaves the integer in the low bits of the fraction; what
/// else stands there is shifted out. One integer op where conversions, which
/// run at a quarter of the rate, would need several.
MathBuilder::Power MathBuilder::roundToPower(Value x, int bias) {
  Value magic = f32(0x1.8p23 + 127 + bias);
  Value shifted = add(x, magic);
  Value power = bitcast(shiftLeft(bitcast(shifted, b.getI32Type()), i32(23)),
                        b.getF32Type());
  return {sub(shifted, magic), power};
}

Value MathBuilder::integer(Value x, Type type) {
  return arith::FPToSIOp::create(b, like(type), x);
}
Value MathBuilder::bitcast(Value x, Type element) {
  return arith::BitcastOp::create(b, like(element), x);
}
Value MathBuilder::addInt(Value x, Value y) {
  return arith::AddIOp::create(b, x, y);
}
Value MathBuilder::subInt(Value x, Value y) {
  return arith::SubIOp::create(b, x, y);
}
Value MathBuilder::mulInt(Value x, Value y) {
  return arith::MulIOp::create(b, x, y);
}
Value MathBuilder::andInt(Value x, Value y) {
  return arith::AndIOp::create(b, x, y);
}
Value MathBuilder::orInt(Value x, Value y) {
  return arith::OrIOp::create(b, x, y);
}
Value MathBuilder::xorInt(Value x, Value y) {
  return arith::XOrIOp::create(b, x, y);
}
Value MathBuilder::shiftLeft(Value x, Value n) {
  return arith::ShLIOp::create(b, x, n);
}
Value MathBuilder::shiftRight(Value x, Value n) {
  return arith::ShRUIOp::create(b, x, n);
}
Value MathBuilder::isEqual(Value x, Value y) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
}
