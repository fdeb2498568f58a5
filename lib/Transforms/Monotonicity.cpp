//===- Monotonicity.cpp - Which scalar ops keep an order ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Transforms/Monotonicity.h"

#include "Expressions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

namespace {

std::optional<APFloat> getFinite(Value value) {
  std::optional<APFloat> constant = getConstant(value);
  return constant && constant->isFinite() ? constant : std::nullopt;
}

/// Whether `value` is never infinite. It may be NaN.
bool isNeverInfinite(Value value) {
  if (getFinite(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (isa<math::TanhOp, math::ErfOp, math::SinOp, math::CosOp>(op))
    return true;
  if (isa<arith::NegFOp, arith::ExtFOp>(op))
    return isNeverInfinite(op->getOperand(0));
  // A clamp between finite constants.
  auto isBoundedBy = [](Operation *clamp) {
    return getFinite(clamp->getOperand(0)) || getFinite(clamp->getOperand(1));
  };
  auto hasInner = [&](auto outer, auto innerKind) {
    Value value = outer->getOperand(getFinite(outer->getOperand(0)) ? 1 : 0);
    auto inner = value.getDefiningOp<decltype(innerKind)>();
    return inner && isBoundedBy(outer) && isBoundedBy(inner);
  };
  if (auto minimum = dyn_cast<arith::MinimumFOp>(op))
    return hasInner(minimum, arith::MaximumFOp());
  if (auto maximum = dyn_cast<arith::MaximumFOp>(op))
    return hasInner(maximum, arith::MinimumFOp());
  return false;
}

/// Whether `value` is above zero or NaN, as 1 + exp z.
bool isPositive(Value value) {
  auto sum = value.getDefiningOp<arith::AddFOp>();
  if (!sum)
    return false;
  for (unsigned i = 0; i < 2; ++i) {
    std::optional<APFloat> addend = getFinite(sum->getOperand(i));
    Operation *term = sum->getOperand(1 - i).getDefiningOp();
    if (addend && !addend->isNegative() && !addend->isZero() && term &&
        isa<math::ExpOp, math::Exp2Op, math::AbsFOp>(term))
      return true;
  }
  return false;
}

constexpr Direction kUp = Direction::NonDecreasing;
constexpr Direction kDown = Direction::NonIncreasing;

Direction bySign(const APFloat &factor) {
  return factor.isNegative() ? kDown : kUp;
}

/// Steps of one op; `x` is its varying operand, at position `position`.
std::optional<MonotoneStep> matchOp(Operation *op, unsigned position,
                                    bool approximate) {
  Value x = op->getOperand(position);
  auto step = [&](Direction direction, bool keepsInfinities = true) {
    return std::optional(MonotoneStep{direction, x, {op}, keepsInfinities});
  };
  Value other =
      op->getNumOperands() == 2 ? op->getOperand(1 - position) : Value();
  return TypeSwitch<Operation *, std::optional<MonotoneStep>>(op)
      .Case<arith::MulFOp>([&](auto) {
        std::optional<APFloat> factor = getFinite(other);
        return factor && !factor->isZero() ? step(bySign(*factor))
                                           : std::nullopt;
      })
      .Case<arith::DivFOp>([&](auto) {
        std::optional<APFloat> constant = getFinite(other);
        if (!constant || constant->isZero())
          return std::optional<MonotoneStep>();
        if (position == 0)
          return step(bySign(*constant));
        return isPositive(x) ? step(constant->isNegative() ? kUp : kDown, false)
                             : std::nullopt;
      })
      .Case<arith::AddFOp>([&](auto) {
        // With a non-constant addend a NaN could reach all values alike, and
        // a reduction that skips NaN would give its identity instead.
        return isNeverInfinite(other) ? step(kUp, getFinite(other).has_value())
                                      : std::nullopt;
      })
      .Case<arith::SubFOp>([&](auto) {
        return isNeverInfinite(other) ? step(position == 0 ? kUp : kDown,
                                             getFinite(other).has_value())
                                      : std::nullopt;
      })
      .Case<arith::MaximumFOp, arith::MinimumFOp>([&](auto) {
        std::optional<APFloat> bound = getConstant(other);
        return bound && !bound->isNaN() ? step(kUp, false) : std::nullopt;
      })
      .Case<arith::NegFOp>([&](auto) { return step(kDown); })
      .Case<arith::TruncFOp>([&](auto) {
        // Overflow must give infinity; types without one give NaN.
        Type type = op->getResult(0).getType();
        return type.isF16() || type.isBF16() || type.isF32() ? step(kUp)
                                                             : std::nullopt;
      })
      .Case<arith::ExtFOp, math::FloorOp, math::CeilOp, math::RoundOp,
            math::RoundEvenOp, math::TruncOp>([&](auto) { return step(kUp); })
      .Case<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::TanhOp,
            math::ErfOp>(
          [&](auto) { return approximate ? step(kUp, false) : std::nullopt; })
      .Default([](Operation *) { return std::nullopt; });
}

} // namespace

std::optional<ClampingSelect>
kiln::matchClampingSelect(arith::SelectOp select,
                          function_ref<bool(Value)> isVarying) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare)
    return std::nullopt;
  Value lhs = compare.getLhs(), rhs = compare.getRhs();
  arith::CmpFPredicate predicate = compare.getPredicate();
  if (!isVarying(lhs)) {
    std::swap(lhs, rhs);
    constexpr std::pair<arith::CmpFPredicate, arith::CmpFPredicate> swapped[] =
        {{arith::CmpFPredicate::OGT, arith::CmpFPredicate::OLT},
         {arith::CmpFPredicate::OGE, arith::CmpFPredicate::OLE},
         {arith::CmpFPredicate::UGT, arith::CmpFPredicate::ULT},
         {arith::CmpFPredicate::UGE, arith::CmpFPredicate::ULE}};
    for (auto [greater, less] : swapped) {
      if (predicate == greater || predicate == less) {
        predicate = predicate == greater ? less : greater;
        break;
      }
    }
  }
  std::optional<APFloat> bound = getConstant(rhs);
  if (!isVarying(lhs) || !bound || bound->isNaN())
    return std::nullopt;
  auto isBound = [&](Value value) {
    std::optional<APFloat> constant = getConstant(value);
    return constant && constant->bitwiseIsEqual(*bound);
  };
  bool keepsOnTrue =
      select.getTrueValue() == lhs && isBound(select.getFalseValue());
  bool keepsOnFalse =
      select.getFalseValue() == lhs && isBound(select.getTrueValue());
  if (!keepsOnTrue && !keepsOnFalse)
    return std::nullopt;
  switch (predicate) {
  // NaN compares true under the unordered predicates, false under the others;
  // it must take the branch that passes it on.
  case arith::CmpFPredicate::UGT:
  case arith::CmpFPredicate::ULT:
  case arith::CmpFPredicate::UGE:
  case arith::CmpFPredicate::ULE:
    if (!keepsOnTrue)
      return std::nullopt;
    break;
  case arith::CmpFPredicate::OGT:
  case arith::CmpFPredicate::OLT:
  case arith::CmpFPredicate::OGE:
  case arith::CmpFPredicate::OLE:
    if (!keepsOnFalse)
      return std::nullopt;
    break;
  default:
    return std::nullopt;
  }
  // Zeros compare equal. With a bound of zero, both zeros must give the bound:
  // if they were passed on, -0 could come out above or below the bound's +0.
  bool equalKeeps = predicate == arith::CmpFPredicate::UGE ||
                    predicate == arith::CmpFPredicate::ULE ||
                    predicate == arith::CmpFPredicate::OGT ||
                    predicate == arith::CmpFPredicate::OLT;
  if (bound->isZero() && equalKeeps)
    return std::nullopt;
  bool takesGreater = predicate == arith::CmpFPredicate::UGT ||
                      predicate == arith::CmpFPredicate::UGE ||
                      predicate == arith::CmpFPredicate::OGT ||
                      predicate == arith::CmpFPredicate::OGE;
  return ClampingSelect{compare, lhs, rhs, takesGreater == keepsOnTrue};
}

std::optional<MonotoneStep>
kiln::matchMonotoneStep(Value value, function_ref<bool(Value)> isVarying,
                        bool approximate) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    auto clamp = matchClampingSelect(select, isVarying);
    if (!clamp)
      return std::nullopt;
    return MonotoneStep{kUp, clamp->variable, {clamp->compare, select}, false};
  }
  std::optional<unsigned> position;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isVarying(operand.get()))
      continue;
    if (position)
      return std::nullopt;
    position = operand.getOperandNumber();
  }
  if (!position || op->getNumOperands() > 2 || op->getNumResults() != 1)
    return std::nullopt;
  return matchOp(op, *position, approximate);
}
