//===- LinearForm.cpp - Sums of multiples ---------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/LinearForm.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"

using namespace mlir;
using namespace kiln;

std::optional<LinearForm> kiln::getLinearForm(AffineExpr expr,
                                              unsigned numDims) {
  LinearForm form;
  // Quotients would be further columns.
  if (failed(getFlattenedAffineExpr(expr, numDims, 0, &form.factors)) ||
      form.factors.size() != numDims + 1)
    return std::nullopt;
  form.constant = form.factors.pop_back_val();
  return form;
}
