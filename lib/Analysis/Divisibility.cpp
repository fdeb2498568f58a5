//===- Divisibility.cpp - What is known to divide an index ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Divisibility.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

static int64_t getKnownDivisor(AffineExpr expr, affine::AffineApplyOp apply) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return kiln::getKnownDivisor(apply.getDimOperands()[dim.getPosition()]);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return kiln::getKnownDivisor(
        apply.getSymbolOperands()[symbol.getPosition()]);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return std::abs(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  auto left = [&] { return getKnownDivisor(binary.getLHS(), apply); };
  auto right = [&] { return getKnownDivisor(binary.getRHS(), apply); };
  if (binary.getKind() == AffineExprKind::Add)
    return std::gcd(left(), right());
  if (binary.getKind() == AffineExprKind::Mul)
    return left() * right();
  return 1;
}

int64_t kiln::getKnownDivisor(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return std::abs(constant.getSExtValue());
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || argument != loop.getInductionVar())
      return 1;
    return std::gcd(getKnownDivisor(loop.getLowerBound()),
                    getKnownDivisor(loop.getStep()));
  }
  auto apply = value.getDefiningOp<affine::AffineApplyOp>();
  return apply ? ::getKnownDivisor(apply.getAffineMap().getResult(0), apply)
               : 1;
}

static int64_t wrap(int64_t number, int64_t modulus) {
  return (number % modulus + modulus) % modulus;
}

static std::optional<int64_t> getKnownRemainder(AffineExpr expr,
                                                affine::AffineApplyOp apply,
                                                int64_t modulus) {
  if (getKnownDivisor(expr, apply) % modulus == 0)
    return 0;
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return kiln::getKnownRemainder(apply.getDimOperands()[dim.getPosition()],
                                   modulus);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return kiln::getKnownRemainder(
        apply.getSymbolOperands()[symbol.getPosition()], modulus);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return wrap(constant.getValue(), modulus);
  auto binary = cast<AffineBinaryOpExpr>(expr);
  bool isSum = binary.getKind() == AffineExprKind::Add;
  if (!isSum && binary.getKind() != AffineExprKind::Mul)
    return std::nullopt;
  auto left = getKnownRemainder(binary.getLHS(), apply, modulus);
  auto right = getKnownRemainder(binary.getRHS(), apply, modulus);
  if (!left || !right)
    return std::nullopt;
  return (isSum ? *left + *right : *left * *right) % modulus;
}

std::optional<int64_t> kiln::getKnownRemainder(Value value, int64_t modulus) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return wrap(constant.getSExtValue(), modulus);
  if (getKnownDivisor(value) % modulus == 0)
    return 0;
  auto apply = value.getDefiningOp<affine::AffineApplyOp>();
  if (!apply)
    return std::nullopt;
  return ::getKnownRemainder(apply.getAffineMap().getResult(0), apply, modulus);
}
