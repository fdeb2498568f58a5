//===- SignConditions.cpp - What a value's sign must be -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SignConditions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

/// A constant number; integers are signed.
static std::optional<double> getConstant(Value value) {
  if (APFloat number(0.0); matchPattern(value, m_ConstantFloat(&number)))
    return number.convertToDouble();
  if (APInt number; matchPattern(value, m_ConstantInt(&number)))
    return number.roundToDouble(/*isSigned=*/true);
  return std::nullopt;
}

static bool has(Sign sign, Sign part) { return (sign & part) == part; }

/// The constant operand of a commutative op and the other one.
static std::pair<std::optional<double>, Value> splitConstant(Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (std::optional<double> constant = getConstant(rhs))
    return {constant, lhs};
  return {getConstant(lhs), rhs};
}

void kiln::requireDefined(Operation *op, RequireFn require) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<math::RsqrtOp, math::LogOp, math::Log2Op, math::Log10Op>(
          [&](auto op) { require(op.getOperand(), Sign::Positive); })
      .Case<math::SqrtOp, math::Log1pOp>(
          [&](auto op) { require(op.getOperand(), Sign::NotNegative); })
      .Case([&](math::PowFOp op) {
        std::optional<double> exponent = getConstant(op.getRhs());
        if (!exponent || *exponent != std::trunc(*exponent))
          require(op.getLhs(), Sign::Positive);
        else if (*exponent < 0)
          require(op.getLhs(), Sign::NotZero);
      })
      .Case<arith::DivFOp, arith::RemFOp, arith::DivSIOp, arith::DivUIOp,
            arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp,
            arith::RemSIOp, arith::RemUIOp>(
          [&](auto op) { require(op.getRhs(), Sign::NotZero); });
}

/// `value + addend`. A positive addend asks for no more than a value that is
/// not negative: a variance and an epsilon.
static void requireForSum(Value value, double addend, Sign sign,
                          RequireFn require) {
  if (addend > 0)
    require(value, Sign::NotNegative);
  else if (addend == 0)
    require(value, sign);
}

static void requireForProduct(Operation *op, Sign sign, RequireFn require) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  if (lhs == rhs) // A square.
    return require(lhs, sign & Sign::NotZero);
  auto [factor, value] = splitConstant(op);
  if (!factor) {
    require(lhs, sign);
    require(rhs, sign);
  } else if (*factor > 0 || (*factor < 0 && sign == Sign::NotZero)) {
    require(value, sign);
  }
}

static void requireForQuotient(arith::DivFOp op, Sign sign, RequireFn require) {
  std::optional<double> over = getConstant(op.getLhs());
  std::optional<double> by = getConstant(op.getRhs());
  bool signsMatter = has(sign, Sign::NotNegative);
  // A negative constant turns the sign, which nothing here can ask for.
  if ((over && *over <= 0 && signsMatter) || (by && *by <= 0 && signsMatter))
    return;
  require(op.getLhs(), sign);
  require(op.getRhs(), sign);
}

static void requireForMaximum(Operation *op, Sign sign, RequireFn require) {
  auto [floor, value] = splitConstant(op);
  if (!floor) {
    require(op->getOperand(0), sign);
    require(op->getOperand(1), sign);
  } else if (*floor < 0) {
    require(value, sign);
  } else if (*floor == 0 && has(sign, Sign::NotZero)) {
    require(value, Sign::Positive);
  }
}

static void requireForMinimum(Operation *op, Sign sign, RequireFn require) {
  auto [ceiling, value] = splitConstant(op);
  if (!ceiling) {
    require(op->getOperand(0), sign);
    require(op->getOperand(1), sign);
  } else if (*ceiling > 0 || (*ceiling == 0 && sign == Sign::NotNegative) ||
             (*ceiling < 0 && sign == Sign::NotZero)) {
    require(value, sign);
  }
}

void kiln::requireForResult(Operation *op, Sign sign, RequireFn require) {
  if (sign == Sign::Any)
    return;
  llvm::TypeSwitch<Operation *>(op)
      // The sign of the result is that of the operand.
      .Case<arith::ExtFOp, arith::TruncFOp, arith::ExtSIOp, arith::ExtUIOp,
            arith::SIToFPOp, arith::UIToFPOp, arith::IndexCastOp, math::CbrtOp,
            math::TanhOp, math::ErfOp, math::SinhOp, math::AtanOp,
            math::ExpM1Op, math::SqrtOp, math::RsqrtOp, math::Log1pOp>(
          [&](Operation *op) { require(op->getOperand(0), sign); })
      .Case([&](math::PowFOp op) { require(op.getLhs(), sign); })
      .Case([&](tensor::ExtractOp op) { require(op.getTensor(), sign); })
      .Case([&](arith::SelectOp op) {
        require(op.getTrueValue(), sign);
        require(op.getFalseValue(), sign);
      })
      .Case<arith::NegFOp>([&](auto op) {
        if (sign == Sign::NotZero)
          require(op.getOperand(), sign);
      })
      .Case<math::AbsFOp, math::AbsIOp>(
          [&](auto op) { require(op.getOperand(), sign & Sign::NotZero); })
      .Case<arith::AddFOp, arith::AddIOp>([&](Operation *op) {
        auto [addend, value] = splitConstant(op);
        if (addend)
          return requireForSum(value, *addend, sign, require);
        Sign both = has(sign, Sign::NotZero) ? Sign::Positive : sign;
        require(op->getOperand(0), both);
        require(op->getOperand(1), both);
      })
      .Case<arith::SubFOp, arith::SubIOp>([&](Operation *op) {
        if (std::optional<double> taken = getConstant(op->getOperand(1)))
          requireForSum(op->getOperand(0), -*taken, sign, require);
      })
      .Case<arith::MulFOp, arith::MulIOp>(
          [&](Operation *op) { requireForProduct(op, sign, require); })
      .Case([&](arith::DivFOp op) { requireForQuotient(op, sign, require); })
      .Case<arith::MaximumFOp, arith::MaxNumFOp, arith::MaxSIOp>(
          [&](Operation *op) { requireForMaximum(op, sign, require); })
      .Case<arith::MinimumFOp, arith::MinNumFOp, arith::MinSIOp>(
          [&](Operation *op) { requireForMinimum(op, sign, require); });
}
