//===- Divisibility.h - What is known to divide an index ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_DIVISIBILITY_H
#define KILN_ANALYSIS_DIVISIBILITY_H

#include "mlir/IR/Value.h"

#include <cstdint>
#include <optional>

namespace kiln {

/// The largest number known to divide an index value, from constants, loop
/// bounds and `affine.apply`. 0 (the value is always 0) counts as divisible by
/// anything: `0 % n == 0`.
int64_t getKnownDivisor(mlir::Value value);

/// What is known to be left of an index value when it is divided by `modulus`,
/// which is positive: from 0 to `modulus - 1`, or nothing.
std::optional<int64_t> getKnownRemainder(mlir::Value value, int64_t modulus);

} // namespace kiln

#endif // KILN_ANALYSIS_DIVISIBILITY_H
