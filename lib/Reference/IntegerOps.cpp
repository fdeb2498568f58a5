//===- IntegerOps.cpp - Integers, comparisons and casts -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Opcodes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <bit>
#include <cstring>

using namespace kiln::reference;
using llvm::SmallVector;
using mlir::arith::CmpFPredicate;
using mlir::arith::CmpIPredicate;

std::optional<Opcode> kiln::reference::getOpcode(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Opcode>>(name)
#define KILN_CASE(id, opName) .Case(opName, Opcode::id)
      KILN_FLOAT_BINARY(KILN_CASE) KILN_FLOAT_UNARY(KILN_CASE)
          KILN_FLOAT_TEST(KILN_CASE) KILN_INT_BINARY(KILN_CASE)
              KILN_INT_UNARY(KILN_CASE) KILN_OTHER(KILN_CASE)
#undef KILN_CASE
                  .Default(std::nullopt);
}

static bool compareInts(CmpIPredicate predicate, int64_t a, int64_t b,
                        unsigned width) {
  uint64_t ua = zeroExtend(a, width), ub = zeroExtend(b, width);
  switch (predicate) {
  case CmpIPredicate::eq:
    return a == b;
  case CmpIPredicate::ne:
    return a != b;
  case CmpIPredicate::slt:
    return a < b;
  case CmpIPredicate::sle:
    return a <= b;
  case CmpIPredicate::sgt:
    return a > b;
  case CmpIPredicate::sge:
    return a >= b;
  case CmpIPredicate::ult:
    return ua < ub;
  case CmpIPredicate::ule:
    return ua <= ub;
  case CmpIPredicate::ugt:
    return ua > ub;
  case CmpIPredicate::uge:
    return ua >= ub;
  }
  return false;
}

/// Undefined results (division by zero, overflowing shifts) are given as zero.
static int64_t computeInts(Opcode code, int64_t a, int64_t b, unsigned width,
                           int predicate) {
  auto ua = zeroExtend(a, width), ub = zeroExtend(b, width);
  bool noQuotient =
      b == 0 || (b == -1 && a == signExtend(1ll << (width - 1), width));
  switch (code) {
  case Opcode::AddI:
    return int64_t(uint64_t(a) + uint64_t(b));
  case Opcode::SubI:
    return int64_t(uint64_t(a) - uint64_t(b));
  case Opcode::MulI:
    return int64_t(uint64_t(a) * uint64_t(b));
  case Opcode::DivSI:
    return noQuotient ? 0 : a / b;
  case Opcode::RemSI:
    return noQuotient ? 0 : a % b;
  case Opcode::DivUI:
    return b == 0 ? 0 : int64_t(ua / ub);
  case Opcode::RemUI:
    return b == 0 ? 0 : int64_t(ua % ub);
  case Opcode::CeilDivUI:
    return b == 0 ? 0 : int64_t(ua / ub + (ua % ub != 0));
  case Opcode::CeilDivSI:
    return noQuotient ? 0 : a / b + (a % b != 0 && (a < 0) == (b < 0));
  case Opcode::FloorDivSI:
    return noQuotient ? 0 : a / b - (a % b != 0 && (a < 0) != (b < 0));
  case Opcode::AndI:
    return a & b;
  case Opcode::OrI:
    return a | b;
  case Opcode::XOrI:
    return a ^ b;
  case Opcode::ShLI:
    return ub >= width ? 0 : int64_t(ua << ub);
  case Opcode::ShRSI:
    return ub >= width ? 0 : a >> ub;
  case Opcode::ShRUI:
    return ub >= width ? 0 : int64_t(ua >> ub);
  case Opcode::MinSI:
    return std::min(a, b);
  case Opcode::MaxSI:
    return std::max(a, b);
  case Opcode::MinUI:
    return ua < ub ? a : b;
  case Opcode::MaxUI:
    return ua > ub ? a : b;
  default:
    return compareInts(static_cast<CmpIPredicate>(predicate), a, b, width) ? -1
                                                                           : 0;
  }
}

Value kiln::reference::evalIntBinary(Opcode code, const Value &a,
                                     const Value &b, ElementType type,
                                     int predicate, ChoiceArena &arena) {
  unsigned width = code == Opcode::CmpI ? 1 : type.width;
  auto compute = [&](int64_t x, int64_t y) {
    return signExtend(computeInts(code, x, y, type.width, predicate), width);
  };
  int64_t nominal = compute(a.integer, b.integer);
  if (!a.choices && !b.choices)
    return Value::integral(nominal);
  SmallVector<int64_t> as, bs, list;
  if (!listChoices(a, as) || !listChoices(b, bs))
    return makeAnyInteger(nominal, arena);
  for (int64_t x : as)
    for (int64_t y : bs)
      list.push_back(compute(x, y));
  return makeChoices(list, nominal, arena);
}

Value kiln::reference::evalIntUnary(Opcode code, const Value &a,
                                    ElementType from, ElementType to,
                                    ChoiceArena &arena) {
  auto compute = [&](int64_t x) -> int64_t {
    if (code == Opcode::ExtUI || code == Opcode::IndexCastUI)
      return signExtend(int64_t(zeroExtend(x, from.width)), to.width);
    if (code == Opcode::AbsI)
      return signExtend(x < 0 ? int64_t(0 - uint64_t(x)) : x, to.width);
    return signExtend(x, to.width);
  };
  if (!a.choices)
    return Value::integral(compute(a.integer));
  SmallVector<int64_t> list;
  if (!listChoices(a, list))
    return makeAnyInteger(compute(a.integer), arena);
  for (int64_t &x : list)
    x = compute(x);
  return makeChoices(list, compute(a.integer), arena);
}

Value kiln::reference::evalCompareFloat(int predicate, const Value &a,
                                        const Value &b, bool sameOperand,
                                        ChoiceArena &arena) {
  auto kind = static_cast<CmpFPredicate>(predicate);
  enum Relation { Less, Equal, Greater, Unordered };
  auto holds = [&](Relation relation) -> int64_t {
    bool less = relation == Less, equal = relation == Equal,
         greater = relation == Greater, unordered = relation == Unordered;
    auto result = [&] {
      switch (kind) {
      case CmpFPredicate::AlwaysFalse:
        return false;
      case CmpFPredicate::OEQ:
        return equal;
      case CmpFPredicate::OGT:
        return greater;
      case CmpFPredicate::OGE:
        return greater || equal;
      case CmpFPredicate::OLT:
        return less;
      case CmpFPredicate::OLE:
        return less || equal;
      case CmpFPredicate::ONE:
        return less || greater;
      case CmpFPredicate::ORD:
        return !unordered;
      case CmpFPredicate::UEQ:
        return equal || unordered;
      case CmpFPredicate::UGT:
        return greater || unordered;
      case CmpFPredicate::UGE:
        return greater || equal || unordered;
      case CmpFPredicate::ULT:
        return less || unordered;
      case CmpFPredicate::ULE:
        return less || equal || unordered;
      case CmpFPredicate::UNE:
        return !equal;
      case CmpFPredicate::UNO:
        return unordered;
      case CmpFPredicate::AlwaysTrue:
        return true;
      }
      return false;
    };
    return result() ? -1 : 0;
  };
  SmallVector<int64_t> list;
  if (a.mayBeNaN || b.mayBeNaN)
    list.push_back(holds(Unordered));
  if (!a.isEmpty() && !b.isEmpty()) {
    if (sameOperand) {
      list.push_back(holds(Equal));
    } else {
      if (a.lo < b.hi)
        list.push_back(holds(Less));
      if (a.hi > b.lo)
        list.push_back(holds(Greater));
      if (a.lo <= b.hi && b.lo <= a.hi)
        list.push_back(holds(Equal));
    }
  }
  Relation nominal = std::isnan(a.value) || std::isnan(b.value) ? Unordered
                     : a.value < b.value                        ? Less
                     : a.value > b.value                        ? Greater
                                                                : Equal;
  return makeChoices(list, holds(nominal), arena);
}

Value kiln::reference::evalSelect(const Value &condition, const Value &a,
                                  const Value &b, bool isFloat,
                                  ChoiceArena &arena) {
  const Value &chosen = condition.integer ? a : b;
  if (!condition.choices)
    return chosen;
  return unite(chosen, condition.integer ? b : a, isFloat, arena);
}

Value kiln::reference::evalIntToFloat(const Value &a, ElementType from,
                                      ElementType to, bool isSigned) {
  auto convert = [&](int64_t x) {
    return isSigned ? double(x) : double(zeroExtend(x, from.width));
  };
  Value r = Value::exact(convert(a.integer));
  SmallVector<int64_t> list;
  if (!listChoices(a, list)) {
    setUnknown(r);
    return r;
  }
  for (int64_t x : list) {
    r.lo = std::min(r.lo, convert(x));
    r.hi = std::max(r.hi, convert(x));
  }
  roundResult(to, r);
  return r;
}

Value kiln::reference::evalFloatToInt(const Value &a, ElementType to,
                                      bool isSigned, ChoiceArena &arena) {
  double top = std::ldexp(1.0, to.width - (isSigned ? 1 : 0));
  double bottom = isSigned ? -top : 0;
  auto fits = [&](double x) { return x > bottom - 1 && x < top; };
  auto convert = [&](double x) {
    if (!fits(x))
      return int64_t(0);
    return signExtend(x >= 0x1p63 ? int64_t(uint64_t(x)) : int64_t(x),
                      to.width);
  };
  int64_t nominal = convert(a.value);
  // Out of range the source does not say what comes out.
  if (a.mayBeNaN || a.isEmpty() || !fits(a.lo) || !fits(a.hi))
    return makeAnyInteger(nominal, arena);
  double first = std::trunc(a.lo), last = std::trunc(a.hi);
  if (last - first > 64)
    return makeAnyInteger(nominal, arena);
  SmallVector<int64_t> list;
  for (double x = first; x <= last; ++x)
    list.push_back(convert(x));
  return makeChoices(list, nominal, arena);
}

/// The bits of a float of type `type`.
static int64_t encode(ElementType type, double value) {
  switch (type.kind) {
  case ElementType::F64:
    return std::bit_cast<int64_t>(value);
  case ElementType::F32:
    return std::bit_cast<int32_t>(static_cast<float>(value));
  default: {
    llvm::APFloat number(value);
    bool ignored;
    number.convert(type.kind == ElementType::F16 ? llvm::APFloat::IEEEhalf()
                                                 : llvm::APFloat::BFloat(),
                   llvm::APFloat::rmNearestTiesToEven, &ignored);
    return number.bitcastToAPInt().getSExtValue();
  }
  }
}

static double decodeHalf(uint16_t bits) {
  unsigned exponent = (bits >> 10) & 31, fraction = bits & 1023;
  double magnitude;
  if (exponent == 31)
    magnitude = fraction ? std::numeric_limits<double>::quiet_NaN()
                         : std::numeric_limits<double>::infinity();
  else if (exponent == 0)
    magnitude = std::ldexp(double(fraction), -24);
  else
    magnitude = std::ldexp(double(fraction | 1024), int(exponent) - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

static double decode(ElementType type, uint64_t bits) {
  switch (type.kind) {
  case ElementType::F64:
    return std::bit_cast<double>(bits);
  case ElementType::F32:
    return std::bit_cast<float>(uint32_t(bits));
  case ElementType::BF16:
    return std::bit_cast<float>(uint32_t(bits) << 16);
  default:
    return decodeHalf(uint16_t(bits));
  }
}

Value kiln::reference::evalBitcast(const Value &a, ElementType from,
                                   ElementType to, ChoiceArena &arena) {
  if (from.isFloat() && to.isFloat())
    return a;
  if (from.isFloat()) {
    int64_t bits = encode(from, a.value);
    return a.isPoint() && decode(from, uint64_t(bits)) == a.value
               ? Value::integral(bits)
               : makeAnyInteger(bits, arena);
  }
  if (!to.isFloat())
    return a;
  Value r = Value::exact(decode(to, uint64_t(a.integer)));
  if (a.choices) {
    setUnknown(r);
    r.mayBeNaN = true;
  }
  return r;
}

Value kiln::reference::loadElement(ElementType type, const void *data,
                                   int64_t index) {
  const char *at = static_cast<const char *>(data) + index * type.bytes();
  uint64_t bits = 0;
  std::memcpy(&bits, at, type.bytes());
  if (type.isFloat())
    return Value::exact(decode(type, bits));
  return Value::integral(signExtend(int64_t(bits), type.width));
}
