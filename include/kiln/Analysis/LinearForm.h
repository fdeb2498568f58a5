//===- LinearForm.h - Sums of multiples -----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_LINEARFORM_H
#define KILN_ANALYSIS_LINEARFORM_H

#include "mlir/IR/AffineExpr.h"

#include <optional>

namespace kiln {

/// An expression that is a sum of multiples of dimensions, and a constant.
struct LinearForm {
  llvm::SmallVector<int64_t> factors; ///< of each dimension
  int64_t constant = 0;
};
/// Nothing for other expressions, quotients and remainders among them.
std::optional<LinearForm> getLinearForm(mlir::AffineExpr expr,
                                        unsigned numDims);

} // namespace kiln

#endif // KILN_ANALYSIS_LINEARFORM_H
