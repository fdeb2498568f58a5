//===- Opcodes.h - Scalar operations of the evaluator ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_OPCODES_H
#define KILN_LIB_REFERENCE_OPCODES_H

#include "Value.h"

#include "llvm/ADT/StringRef.h"

namespace kiln::reference {

// X(enumerator, op name)
#define KILN_FLOAT_BINARY(X)                                                   \
  X(AddF, "arith.addf")                                                        \
  X(SubF, "arith.subf")                                                        \
  X(MulF, "arith.mulf")                                                        \
  X(DivF, "arith.divf")                                                        \
  X(RemF, "arith.remf")                                                        \
  X(MinimumF, "arith.minimumf")                                                \
  X(MaximumF, "arith.maximumf")                                                \
  X(MinNumF, "arith.minnumf")                                                  \
  X(MaxNumF, "arith.maxnumf")                                                  \
  X(PowF, "math.powf")                                                         \
  X(Atan2, "math.atan2")                                                       \
  X(CopySign, "math.copysign")

#define KILN_FLOAT_UNARY(X)                                                    \
  X(NegF, "arith.negf")                                                        \
  X(AbsF, "math.absf")                                                         \
  X(Ceil, "math.ceil")                                                         \
  X(Floor, "math.floor")                                                       \
  X(Round, "math.round")                                                       \
  X(RoundEven, "math.roundeven")                                               \
  X(Trunc, "math.trunc")                                                       \
  X(Sqrt, "math.sqrt")                                                         \
  X(Rsqrt, "math.rsqrt")                                                       \
  X(Cbrt, "math.cbrt")                                                         \
  X(Exp, "math.exp")                                                           \
  X(Exp2, "math.exp2")                                                         \
  X(ExpM1, "math.expm1")                                                       \
  X(Log, "math.log")                                                           \
  X(Log2, "math.log2")                                                         \
  X(Log10, "math.log10")                                                       \
  X(Log1p, "math.log1p")                                                       \
  X(Sin, "math.sin")                                                           \
  X(Cos, "math.cos")                                                           \
  X(Tan, "math.tan")                                                           \
  X(Asin, "math.asin")                                                         \
  X(Acos, "math.acos")                                                         \
  X(Atan, "math.atan")                                                         \
  X(Sinh, "math.sinh")                                                         \
  X(Cosh, "math.cosh")                                                         \
  X(Tanh, "math.tanh")                                                         \
  X(Asinh, "math.asinh")                                                       \
  X(Acosh, "math.acosh")                                                       \
  X(Atanh, "math.atanh")                                                       \
  X(Erf, "math.erf")                                                           \
  X(Erfc, "math.erfc")                                                         \
  X(ExtF, "arith.extf")                                                        \
  X(TruncF, "arith.truncf")

#define KILN_FLOAT_TEST(X)                                                     \
  X(IsNaN, "math.isnan")                                                       \
  X(IsInf, "math.isinf")                                                       \
  X(IsFinite, "math.isfinite")

#define KILN_INT_BINARY(X)                                                     \
  X(AddI, "arith.addi")                                                        \
  X(SubI, "arith.subi")                                                        \
  X(MulI, "arith.muli")                                                        \
  X(DivSI, "arith.divsi")                                                      \
  X(DivUI, "arith.divui")                                                      \
  X(RemSI, "arith.remsi")                                                      \
  X(RemUI, "arith.remui")                                                      \
  X(CeilDivSI, "arith.ceildivsi")                                              \
  X(CeilDivUI, "arith.ceildivui")                                              \
  X(FloorDivSI, "arith.floordivsi")                                            \
  X(AndI, "arith.andi")                                                        \
  X(OrI, "arith.ori")                                                          \
  X(XOrI, "arith.xori")                                                        \
  X(ShLI, "arith.shli")                                                        \
  X(ShRSI, "arith.shrsi")                                                      \
  X(ShRUI, "arith.shrui")                                                      \
  X(MinSI, "arith.minsi")                                                      \
  X(MaxSI, "arith.maxsi")                                                      \
  X(MinUI, "arith.minui")                                                      \
  X(MaxUI, "arith.maxui")                                                      \
  X(CmpI, "arith.cmpi")

#define KILN_INT_UNARY(X)                                                      \
  X(AbsI, "math.absi")                                                         \
  X(ExtSI, "arith.extsi")                                                      \
  X(ExtUI, "arith.extui")                                                      \
  X(TruncI, "arith.trunci")                                                    \
  X(IndexCast, "arith.index_cast")                                             \
  X(IndexCastUI, "arith.index_castui")

#define KILN_OTHER(X)                                                          \
  X(CmpF, "arith.cmpf")                                                        \
  X(Select, "arith.select")                                                    \
  X(SIToFP, "arith.sitofp")                                                    \
  X(UIToFP, "arith.uitofp")                                                    \
  X(FPToSI, "arith.fptosi")                                                    \
  X(FPToUI, "arith.fptoui")                                                    \
  X(Bitcast, "arith.bitcast")                                                  \
  X(Fma, "math.fma")                                                           \
  X(ClampF, "math.clampf")

enum class Opcode : uint8_t {
#define KILN_ENUM(id, name) id,
  KILN_FLOAT_BINARY(KILN_ENUM) KILN_FLOAT_UNARY(KILN_ENUM)
      KILN_FLOAT_TEST(KILN_ENUM) KILN_INT_BINARY(KILN_ENUM)
          KILN_INT_UNARY(KILN_ENUM) KILN_OTHER(KILN_ENUM)
#undef KILN_ENUM
  // Made by the body compiler.
  Constant,  // `constant`
  LoopIndex, // the loop index `immediate`
  Node,      // an element of node `immediate`; the operands are coordinates
};

/// The opcode of an op with this name.
std::optional<Opcode> getOpcode(llvm::StringRef name);

Value evalFloatBinary(Opcode code, const Value &a, const Value &b,
                      ElementType type);
Value evalFloatUnary(Opcode code, const Value &a, ElementType type);
Value evalFloatTest(Opcode code, const Value &a, ChoiceArena &arena);
/// `type` is the operands' type; `predicate` that of a cmpi.
Value evalIntBinary(Opcode code, const Value &a, const Value &b,
                    ElementType type, int predicate, ChoiceArena &arena);
Value evalIntUnary(Opcode code, const Value &a, ElementType from,
                   ElementType to, ChoiceArena &arena);
/// `sameOperand`: both operands are one SSA value, so they can only differ from
/// each other by being NaN.
Value evalCompareFloat(int predicate, const Value &a, const Value &b,
                       bool sameOperand, ChoiceArena &arena);
Value evalSelect(const Value &condition, const Value &a, const Value &b,
                 bool isFloat, ChoiceArena &arena);
Value evalIntToFloat(const Value &a, ElementType from, ElementType to,
                     bool isSigned);
Value evalFloatToInt(const Value &a, ElementType to, bool isSigned,
                     ChoiceArena &arena);
Value evalBitcast(const Value &a, ElementType from, ElementType to,
                  ChoiceArena &arena);

/// Reads element `index` of row-major data of `type`.
Value loadElement(ElementType type, const void *data, int64_t index);

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_OPCODES_H
