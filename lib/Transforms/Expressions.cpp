//===- Expressions.cpp - What scalar expressions mean ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace kiln;

LogicalResult
kiln::verifyRounding(StringRef rounding,
                     function_ref<InFlightDiagnostic()> emitError) {
  if (rounding == "fused" || rounding == "source")
    return success();
  return emitError() << "unknown rounding '" << rounding
                     << "'; known are fused, source";
}

bool kiln::isSimplified(Type type) {
  return type.isF32() || type.isF16() || type.isBF16();
}

std::optional<APFloat> kiln::getConstant(Value value) {
  APFloat constant(0.0);
  if (matchPattern(value, m_ConstantFloat(&constant)))
    return constant;
  return std::nullopt;
}

bool kiln::isConstant(Value value, double constant) {
  std::optional<APFloat> found = getConstant(value);
  return found && found->convertToDouble() == constant;
}

/// The other operand of a commutative op that has the constant as one.
template <typename Op>
static Value matchWithConstant(Value value, double constant) {
  auto op = value.getDefiningOp<Op>();
  if (!op)
    return Value();
  if (isConstant(op.getRhs(), constant))
    return op.getLhs();
  return isConstant(op.getLhs(), constant) ? op.getRhs() : Value();
}

bool kiln::isNegatedMagnitude(Value x) {
  auto negative = x.getDefiningOp<arith::NegFOp>();
  return negative && negative.getOperand().getDefiningOp<math::AbsFOp>();
}

Value kiln::matchOnePlusExp(Value value) {
  Value other = matchWithConstant<arith::AddFOp>(value, 1);
  auto exponential = other ? other.getDefiningOp<math::ExpOp>() : nullptr;
  return exponential ? exponential.getOperand() : Value();
}

/// log1p(exp x) or log(1 + exp x).
static Value matchLogOfExp(Value value) {
  if (auto log = value.getDefiningOp<math::LogOp>())
    return matchOnePlusExp(log.getOperand());
  auto log = value.getDefiningOp<math::Log1pOp>();
  auto exponential =
      log ? log.getOperand().getDefiningOp<math::ExpOp>() : nullptr;
  return exponential ? exponential.getOperand() : Value();
}

/// max(x, 0) + log1p(exp(-|x|)).
static Value matchRampAndLog(Value value) {
  auto sum = value.getDefiningOp<arith::AddFOp>();
  if (!sum)
    return Value();
  for (unsigned i = 0; i < 2; ++i) {
    Value argument = matchLogOfExp(sum->getOperand(1 - i));
    Value ramp = sum->getOperand(i);
    Value x = matchWithConstant<arith::MaximumFOp>(ramp, 0);
    if (!x)
      x = matchWithConstant<arith::MaxNumFOp>(ramp, 0);
    if (x && argument && isNegatedMagnitude(argument) &&
        argument.getDefiningOp()->getOperand(0).getDefiningOp()->getOperand(
            0) == x)
      return x;
  }
  return Value();
}

Value kiln::matchSoftplus(Value value) {
  if (Value x = matchLogOfExp(value))
    return x;
  if (Value x = matchRampAndLog(value))
    return x;
  auto select = value.getDefiningOp<arith::SelectOp>();
  auto compare =
      select ? select.getCondition().getDefiningOp<arith::CmpFOp>() : nullptr;
  Value x = compare ? matchSoftplus(select.getFalseValue()) : Value();
  if (!x)
    return Value();
  // From 15 on log1p(exp x) is x to the last place of an f32.
  std::optional<APFloat> bound = getConstant(compare.getRhs());
  arith::CmpFPredicate predicate = compare.getPredicate();
  if (compare.getLhs() == x && select.getTrueValue() == x && bound &&
      bound->convertToDouble() >= 15 &&
      (predicate == arith::CmpFPredicate::OGT ||
       predicate == arith::CmpFPredicate::OGE))
    return x;
  // NaN in any case.
  bool isNaNTest = compare.getLhs() == compare.getRhs() &&
                   compare.getLhs() == x &&
                   (predicate == arith::CmpFPredicate::UNE ||
                    predicate == arith::CmpFPredicate::UNO);
  if (isNaNTest &&
      matchWithConstant<arith::AddFOp>(select.getTrueValue(), 0) == x)
    return x;
  return Value();
}

/// Adds the loops of the generic around it that `value` depends on; all where
/// that is not known.
static void addLoops(Value value, linalg::GenericOp generic,
                     llvm::SmallBitVector &loops, unsigned steps = 32) {
  if (value.getParentBlock() != generic.getBody())
    return;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    OpOperand &operand = generic->getOpOperand(argument.getArgNumber());
    AffineMap map = generic.getMatchingIndexingMap(&operand);
    for (unsigned loop = 0; loop < map.getNumDims(); ++loop)
      if (map.isFunctionOfDim(loop))
        loops.set(loop);
    return;
  }
  Operation *op = value.getDefiningOp();
  if (steps == 0 || op->getNumRegions() || isa<linalg::IndexOp>(op) ||
      !isPure(op)) {
    loops.set();
    return;
  }
  for (Value operand : op->getOperands())
    addLoops(operand, generic, loops, steps - 1);
}

bool kiln::isShared(Value value) {
  auto generic =
      dyn_cast<linalg::GenericOp>(value.getParentBlock()->getParentOp());
  if (!generic || generic.getNumParallelLoops() != generic.getNumLoops())
    return false;
  llvm::SmallBitVector loops(generic.getNumLoops());
  addLoops(value, generic, loops);
  for (auto [loop, size] : llvm::enumerate(generic.getStaticLoopRanges()))
    if (size != 1 && !loops.test(loop))
      return true;
  return false;
}

Scaled kiln::matchScaled(Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  if (!product)
    return {};
  for (unsigned i = 0; i < 2; ++i) {
    std::optional<APFloat> factor = getConstant(product->getOperand(i));
    APFloat inverse(0.0);
    if (factor && factor->isNormal() && factor->getExactInverse(&inverse) &&
        inverse.isNormal())
      return {product->getOperand(1 - i), factor->convertToDouble()};
  }
  return {};
}

Scaled kiln::matchScaledOnePlusTanh(arith::AddFOp sum) {
  for (unsigned i = 0; i < 2; ++i) {
    Value term = sum->getOperand(i);
    Scaled scaled = matchScaled(term);
    if (!scaled.value)
      scaled = {term, 1};
    auto tanh = scaled.value.getDefiningOp<math::TanhOp>();
    if (tanh && scaled.factor > 0 && tanh->hasOneUse() && term.hasOneUse() &&
        isConstant(sum->getOperand(1 - i), scaled.factor))
      return {tanh.getOperand(), scaled.factor};
  }
  return {};
}
