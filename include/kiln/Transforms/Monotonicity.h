//===- Monotonicity.h - Which scalar ops keep an order ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A function f is exchanged with a reduction, `min_c f(x_c) = f(min_c x_c)`,
/// only where both sides are the same bits. That needs f to be monotone as it
/// is computed, in the order -inf < ... < -0 < +0 < ... < +inf, and to map NaN
/// to NaN and nothing else to NaN. Rounding is monotone, so an op that is
/// monotone in exact arithmetic and rounds once qualifies. Approximations (exp,
/// tanh, ...) do where their error is allowed anyway: what comes out lies
/// within the bound of the function at the same argument, not on the same bits.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_TRANSFORMS_MONOTONICITY_H
#define KILN_TRANSFORMS_MONOTONICITY_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace kiln {

enum class Direction { NonDecreasing, NonIncreasing };

/// The last step of a scalar computation, as a function of one value.
struct MonotoneStep {
  Direction direction;
  /// The value that it is a function of.
  mlir::Value variable;
  /// The ops that make the step, in order (a compare and a select are one).
  llvm::SmallVector<mlir::Operation *, 2> ops;
  /// Whether infinities are mapped to infinities: what a reduction that skips
  /// NaN needs, since it yields its identity when all values are NaN.
  bool keepsInfinities;
};

/// Matches the computation of `value` as a monotone step. `isVarying` tells
/// which values differ along the reduced dimension; a step has exactly one
/// varying operand. Nothing when constants do not prove the direction, and for
/// a function that is approximated unless `approximate`.
std::optional<MonotoneStep>
matchMonotoneStep(mlir::Value value,
                  llvm::function_ref<bool(mlir::Value)> isVarying,
                  bool approximate = false);

} // namespace kiln

#endif // KILN_TRANSFORMS_MONOTONICITY_H
