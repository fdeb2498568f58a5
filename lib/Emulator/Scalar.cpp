//===- Scalar.cpp - NVVM intrinsics on registers of one thread ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The .approx forms are computed by the host's math library, closer to the true
// value than a device: an emulated result is no measure of their error.
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Intrinsics.h"

#include <cfloat>

using namespace kiln::emulator;
using namespace llvm;

namespace {
/// An intrinsic's name, split: base operation and modifiers.
struct ScalarName {
  StringRef base;
  bool ftz = false, nan = false, sat = false, relu = false, xorsign = false,
       satfinite = false;
  StringRef rounding; // "rn", "rna", "rz", "rm", "rp", "approx" or "full".

  explicit ScalarName(StringRef name) {
    SmallVector<StringRef> parts;
    name.split(parts, '.');
    base = parts[0];
    for (StringRef part : ArrayRef(parts).drop_front()) {
      ftz |= part == "ftz";
      nan |= part == "nan";
      sat |= part == "sat";
      relu |= part == "relu";
      xorsign |= part == "xorsign";
      satfinite |= part == "satfinite";
      if (part == "rn" || part == "rna" || part == "rz" || part == "rm" ||
          part == "rp" || part == "approx" || part == "full")
        rounding = part;
    }
  }
};

class Expander {
public:
  Expander(const ScalarName &name, CallInst &call, IRBuilder<> &builder)
      : name(name), call(call), b(builder), type(call.getType()) {
    for (Value *arg : call.args())
      args.push_back(name.ftz ? flush(arg) : arg);
  }

  Value *expand() {
    Value *result = emit();
    if (!result || !result->getType()->isFPOrFPVectorTy())
      return result;
    if (name.ftz)
      result = flush(result);
    if (name.sat || name.base == "saturate")
      result = clamp(result);
    if (name.relu) // max(x, 0), NaN stays the canonical NaN.
      result = b.CreateBinaryIntrinsic(Intrinsic::maximum, result,
                                       Constant::getNullValue(type));
    return result;
  }

private:
  Value *unary(Intrinsic::ID id) { return b.CreateUnaryIntrinsic(id, args[0]); }
  Value *one() { return ConstantFP::get(type, 1.0); }

  /// Subnormal f32 values become zeros of the same sign.
  Value *flush(Value *value) {
    if (!value->getType()->getScalarType()->isFloatTy())
      return value;
    Value *magnitude = b.CreateUnaryIntrinsic(Intrinsic::fabs, value);
    Value *small =
        b.CreateFCmpOLT(magnitude, ConstantFP::get(value->getType(), FLT_MIN));
    Value *zero = b.CreateBinaryIntrinsic(
        Intrinsic::copysign, Constant::getNullValue(value->getType()), value);
    return b.CreateSelect(small, zero, value);
  }

  /// To [0, 1]; NaN becomes 0.
  Value *clamp(Value *value) {
    Value *low = b.CreateBinaryIntrinsic(Intrinsic::maxnum, value,
                                         Constant::getNullValue(type));
    return b.CreateBinaryIntrinsic(Intrinsic::minnum, low, one());
  }

  Value *emit();
  Value *emitMinMax();
  Value *emitConversion();
  Value *emitTf32();
  Value *emitPack();
  Value *emitMulHigh(bool isSigned);

  const ScalarName &name;
  CallInst &call;
  IRBuilder<> &b;
  Type *type;
  SmallVector<Value *> args;
};
} // namespace

Value *Expander::emitMinMax() {
  if (name.xorsign || !type->isFPOrFPVectorTy())
    return nullptr;
  bool isMax = name.base == "fmax";
  // Both order -0 below +0, as PTX does.
  Intrinsic::ID id =
      name.nan ? (isMax ? Intrinsic::maximum : Intrinsic::minimum)
               : (isMax ? Intrinsic::maximumnum : Intrinsic::minimumnum);
  Value *result = b.CreateBinaryIntrinsic(id, args[0], args[1]);
  if (!type->isFloatTy())
    return result;
  Value *isNaN = b.CreateFCmpUNO(result, result);
  Value *canonical = b.CreateBitCast(b.getInt32(0x7fffffff), type);
  return b.CreateSelect(isNaN, canonical, result);
}

Value *Expander::emitTf32() {
  if (name.satfinite)
    return nullptr;
  Value *value = args[0];
  if (name.relu)
    value = b.CreateBinaryIntrinsic(Intrinsic::maximum, value,
                                    Constant::getNullValue(value->getType()));
  Value *bits = b.CreateBitCast(value, b.getInt32Ty());
  Value *rounded = bits;
  if (name.rounding == "rna") {
    rounded = b.CreateAdd(bits, b.getInt32(0x1000));
  } else if (name.rounding == "rn") {
    Value *odd = b.CreateAnd(b.CreateLShr(bits, 13), b.getInt32(1));
    rounded = b.CreateAdd(bits, b.CreateAdd(odd, b.getInt32(0xfff)));
  }
  rounded = b.CreateAnd(rounded, b.getInt32(0xffffe000));
  Value *isNaN = b.CreateFCmpUNO(value, value);
  return b.CreateSelect(isNaN, b.getInt32(0x7fffffff), rounded);
}

/// ff2f16x2, ff2bf16x2: the first operand goes to the upper half.
Value *Expander::emitPack() {
  if (name.rounding != "rn" || name.satfinite)
    return nullptr;
  auto *vector = dyn_cast<FixedVectorType>(type);
  if (!vector)
    return nullptr;
  Type *element = vector->getElementType();
  Value *result = PoisonValue::get(type);
  result = b.CreateInsertElement(result, b.CreateFPTrunc(args[0], element), 1);
  return b.CreateInsertElement(result, b.CreateFPTrunc(args[1], element),
                               uint64_t(0));
}

Value *Expander::emitMulHigh(bool isSigned) {
  unsigned width = type->getIntegerBitWidth();
  Type *wide = b.getIntNTy(2 * width);
  Value *x = b.CreateIntCast(args[0], wide, isSigned);
  Value *y = b.CreateIntCast(args[1], wide, isSigned);
  return b.CreateTrunc(b.CreateLShr(b.CreateMul(x, y), width), type);
}

/// f2i, d2ull, ui2f, f2h, d2f and the like.
Value *Expander::emitConversion() {
  StringRef from, to;
  std::tie(from, to) = name.base.split('2');
  if (to.empty() || call.arg_size() != 1)
    return nullptr;
  bool fromFloat = args[0]->getType()->isFloatingPointTy();
  if (fromFloat && type->isIntegerTy() &&
      (to == "i" || to == "ui" || to == "ll" || to == "ull")) {
    Intrinsic::ID round = name.rounding == "rn"   ? Intrinsic::roundeven
                          : name.rounding == "rm" ? Intrinsic::floor
                          : name.rounding == "rp" ? Intrinsic::ceil
                                                  : Intrinsic::trunc;
    Intrinsic::ID convert =
        to.starts_with("u") ? Intrinsic::fptoui_sat : Intrinsic::fptosi_sat;
    Value *whole = unary(round);
    return b.CreateIntrinsic(convert, {type, whole->getType()}, {whole});
  }
  if (name.rounding != "rn" || name.satfinite)
    return nullptr;
  if (!fromFloat && type->isFloatingPointTy())
    return from.starts_with("u") ? b.CreateUIToFP(args[0], type)
                                 : b.CreateSIToFP(args[0], type);
  if (!fromFloat)
    return nullptr;
  Type *target = to == "h" || to == "f16" ? b.getHalfTy()
                 : to == "bf16"           ? b.getBFloatTy()
                 : to == "f"              ? b.getFloatTy()
                                          : nullptr;
  if (!target || args[0]->getType()->getPrimitiveSizeInBits() <=
                     target->getPrimitiveSizeInBits())
    return nullptr;
  Value *narrow = b.CreateFPTrunc(args[0], target);
  return target == type ? narrow : b.CreateBitCast(narrow, type);
}

Value *Expander::emit() {
  StringRef base = name.base;
  bool exact = name.rounding == "rn";
  bool nearest = exact || name.rounding == "approx" || name.rounding == "full";
  if (base == "fmin" || base == "fmax")
    return emitMinMax();
  if (base == "f2tf32")
    return emitTf32();
  if (base == "ff2f16x2" || base == "ff2bf16x2")
    return emitPack();
  if (base == "add" && exact)
    return b.CreateFAdd(args[0], args[1]);
  if (base == "mul" && exact)
    return b.CreateFMul(args[0], args[1]);
  if (base == "div" && nearest)
    return b.CreateFDiv(args[0], args[1]);
  if (base == "fma" && exact)
    return b.CreateIntrinsic(Intrinsic::fma, {type},
                             {args[0], args[1], args[2]});
  if (base == "rcp" && nearest)
    return b.CreateFDiv(one(), args[0]);
  if (base == "sqrt" && (nearest || name.rounding.empty()))
    return unary(Intrinsic::sqrt);
  if (base == "rsqrt" && nearest)
    return b.CreateFDiv(one(), unary(Intrinsic::sqrt));
  if (base == "ex2")
    return unary(Intrinsic::exp2);
  if (base == "lg2")
    return unary(Intrinsic::log2);
  if (base == "sin")
    return unary(Intrinsic::sin);
  if (base == "cos")
    return unary(Intrinsic::cos);
  if (base == "tanh")
    return unary(Intrinsic::tanh);
  if (base == "fabs")
    return unary(Intrinsic::fabs);
  if (base == "floor")
    return unary(Intrinsic::floor);
  if (base == "ceil")
    return unary(Intrinsic::ceil);
  if (base == "trunc")
    return unary(Intrinsic::trunc);
  if (base == "round")
    return unary(Intrinsic::roundeven);
  if (base == "saturate" || base == "move")
    return args[0];
  if (base == "neg")
    return b.CreateFNeg(args[0]);
  if (base == "mulhi") {
    StringRef kind = call.getCalledFunction()->getName().rsplit('.').second;
    return emitMulHigh(!kind.starts_with("u"));
  }
  if (base == "mul24") {
    bool isSigned = !call.getCalledFunction()->getName().ends_with("ui");
    auto narrow = [&](Value *value) {
      Value *up = b.CreateShl(value, 8);
      return isSigned ? b.CreateAShr(up, 8) : b.CreateLShr(up, 8);
    };
    return b.CreateMul(narrow(args[0]), narrow(args[1]));
  }
  if (base == "fshl" || base == "fshr") {
    // The shift amount is clamped to 32 instead of taken modulo 32.
    Value *amount = b.CreateBinaryIntrinsic(
        Intrinsic::umin, args[2], ConstantInt::get(args[2]->getType(), 32));
    Type *wide = b.getInt64Ty();
    Value *both = b.CreateOr(b.CreateShl(b.CreateZExt(args[0], wide), 32),
                             b.CreateZExt(args[1], wide));
    amount = b.CreateZExt(amount, wide);
    if (base == "fshr")
      return b.CreateTrunc(b.CreateLShr(both, amount), type);
    Value *high = b.CreateLShr(b.CreateShl(both, amount), 32);
    return b.CreateTrunc(high, type);
  }
  if (base == "lohi") // lohi.i2d
    return b.CreateBitCast(
        b.CreateOr(b.CreateZExt(args[0], b.getInt64Ty()),
                   b.CreateShl(b.CreateZExt(args[1], b.getInt64Ty()), 32)),
        type);
  if (base == "d2i" && name.rounding.empty()) { // d2i.lo, d2i.hi
    Value *bits = b.CreateBitCast(args[0], b.getInt64Ty());
    if (call.getCalledFunction()->getName().ends_with("hi"))
      bits = b.CreateLShr(bits, 32);
    return b.CreateTrunc(bits, type);
  }
  if (base == "reflect") // No reflection parameter is set.
    return Constant::getNullValue(type);
  return emitConversion();
}

Value *kiln::emulator::expandScalar(StringRef text, CallInst &call,
                                    IRBuilder<> &builder) {
  ScalarName name(text);
  if (name.base == "ldu") { // ldu.global.{i,f,p}: a plain load.
    auto *align = cast<ConstantInt>(call.getArgOperand(1));
    return builder.CreateAlignedLoad(call.getType(), call.getArgOperand(0),
                                     MaybeAlign(align->getZExtValue()));
  }
  if (text == "internal.addrspace.wrap")
    return call.getArgOperand(0);
  return Expander(name, call, builder).expand();
}
