//===- AccessMap.cpp - Evaluates indexing maps ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

using namespace mlir;
using namespace kiln::reference;

static int64_t evaluateExpr(AffineExpr expr, const int64_t *loops) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return loops[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  int64_t a = evaluateExpr(binary.getLHS(), loops);
  int64_t b = evaluateExpr(binary.getRHS(), loops);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return a + b;
  case AffineExprKind::Mul:
    return a * b;
  case AffineExprKind::Mod:
    return ((a % b) + b) % b;
  case AffineExprKind::FloorDiv:
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
  default:
    return a / b + (a % b != 0 && (a < 0) == (b < 0));
  }
}

AccessMap::AccessMap(AffineMap affine)
    : map(affine), rank(affine.getNumResults()), numLoops(affine.getNumDims()) {
  SmallVector<int64_t> point(numLoops, 0);
  for (AffineExpr expr : map.getResults()) {
    constants.push_back(evaluateExpr(expr, point.data()));
    expr.walk([&](AffineExpr part) {
      linear &= part.getKind() != AffineExprKind::Mod &&
                part.getKind() != AffineExprKind::FloorDiv &&
                part.getKind() != AffineExprKind::CeilDiv;
    });
    for (unsigned loop = 0; loop != numLoops; ++loop) {
      point[loop] = 1;
      coefficients.push_back(evaluateExpr(expr, point.data()) -
                             constants.back());
      point[loop] = 0;
    }
  }
}

bool AccessMap::uses(unsigned loop) const { return map.isFunctionOfDim(loop); }

void AccessMap::evaluate(const int64_t *loops, int64_t *coordinates) const {
  for (unsigned i = 0; i != rank; ++i) {
    if (!linear) {
      coordinates[i] = evaluateExpr(map.getResult(i), loops);
      continue;
    }
    int64_t sum = constants[i];
    for (unsigned loop = 0; loop != numLoops; ++loop)
      sum += coefficients[i * numLoops + loop] * loops[loop];
    coordinates[i] = sum;
  }
}
