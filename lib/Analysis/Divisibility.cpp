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
  if (!apply)
    return 1;
  std::function<int64_t(AffineExpr)> divisorOf = [&](AffineExpr expr) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      return getKnownDivisor(apply.getDimOperands()[dim.getPosition()]);
    if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
      return getKnownDivisor(apply.getSymbolOperands()[symbol.getPosition()]);
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return std::abs(constant.getValue());
    auto binary = cast<AffineBinaryOpExpr>(expr);
    if (binary.getKind() == AffineExprKind::Add)
      return std::gcd(divisorOf(binary.getLHS()), divisorOf(binary.getRHS()));
    if (binary.getKind() == AffineExprKind::Mul)
      return divisorOf(binary.getLHS()) * divisorOf(binary.getRHS());
    return int64_t(1);
  };
  return divisorOf(apply.getAffineMap().getResult(0));
}
