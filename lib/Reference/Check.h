//===- Check.h - Is an actual element right? -------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_CHECK_H
#define KILN_LIB_REFERENCE_CHECK_H

#include "Value.h"

#include "kiln-c/Reference.h"

#include <vector>

namespace kiln::reference {

/// What the statistics of a batch need of one element.
struct Observation {
  double error = 0;     // actual - nominal value
  double deviation = 0; // expected size of it; 0: not observed
  double value = 0;
  /// Distance from the nearest result of rounding to nearest, away from zero
  /// positive, in half units of the last place; NaN: more than one or two
  /// roundings stand between.
  double drift = std::numeric_limits<double>::quiet_NaN();
};

/// Judges one element by its bounds alone. `actual` is of type
/// `type.inMemory()`.
KilnReferenceResult judge(const Value &expected, const Value &actual,
                          ElementType type, Observation &observation);

/// Fails elements whose errors are each within the bounds, but together are
/// larger or more one-sided than right arithmetic makes them.
void judgeBatch(const std::vector<Observation> &observations,
                KilnReferenceResult *results);

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_CHECK_H
