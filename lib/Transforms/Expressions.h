//===- Expressions.h - What scalar expressions mean -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_EXPRESSIONS_H
#define KILN_LIB_TRANSFORMS_EXPRESSIONS_H

#include "kiln/Transforms/Rounding.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/APFloat.h"

#include <optional>

namespace kiln {

/// Whether expressions of `type` are simplified: f32, f16, bf16.
bool isSimplified(mlir::Type type);

std::optional<llvm::APFloat> getConstant(mlir::Value value);
bool isConstant(mlir::Value value, double constant);

/// Whether `x` is -|y|.
bool isNegatedMagnitude(mlir::Value x);

/// The x of which `value` is log(1 + exp x), in one of the forms that exporters
/// write: log1p(exp x), log(1 + exp x), max(x, 0) + log1p(exp(-|x|)), and each
/// of them behind a select of x itself where x is large, or of a NaN where x is
/// NaN.
mlir::Value matchSoftplus(mlir::Value value);

/// The z of which `value` is 1 + exp z.
mlir::Value matchOnePlusExp(mlir::Value value);

/// Whether `value`, of the body of a generic, is the same along a loop of more
/// than one iteration: it depends on operands that are broadcast along it.
bool isShared(mlir::Value value);

/// A value times a constant.
struct Scaled {
  mlir::Value value;
  double factor = 0;
};

/// Where `value` is a product with a power of two.
Scaled matchScaled(mlir::Value value);

/// The u for which `sum` is s * (1 + tanh u), s a power of two, and s; the tanh
/// must have no other use.
Scaled matchScaledOnePlusTanh(mlir::arith::AddFOp sum);

} // namespace kiln

#endif // KILN_LIB_TRANSFORMS_EXPRESSIONS_H
