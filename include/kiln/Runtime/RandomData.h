//===- RandomData.h - Reproducible random tensors ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Each element is a function of (seed, stream, index) alone, so the data does
// not depend on the number of threads, and any element can be made alone.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_RANDOMDATA_H
#define KILN_RUNTIME_RANDOMDATA_H

#include "kiln/Runtime/Artifact.h"

namespace kiln::runtime {

/// Uniform in [low, high); integers are rounded towards minus infinity.
struct RandomRange {
  double low, high;
  /// Magnitudes below this are left out of a range around zero: [low, -gap] and
  /// [gap, high). Whole where integers are drawn.
  double gap = 0;
  /// Floats only: the distance from zero (from `gap`, or from `low` where no
  /// number is negative) is scaled by a factor between 1 - relief and
  /// 1 + relief, the product of one for each position along each dimension.
  /// Sums over thousands of numbers that are all alike hardly differ from one
  /// another, and a kernel that confuses them would pass for right; with relief
  /// each has a size of its own.
  double relief = 0;
  /// Floats, too, are rounded towards minus infinity.
  bool whole = false;
};

/// 64 random bits from a counter.
uint64_t hashCounter(uint64_t seed, uint64_t stream, uint64_t counter);

/// A random integer in [0, bound), for choosing samples.
int64_t randomBelow(uint64_t seed, uint64_t stream, uint64_t counter,
                    int64_t bound);

/// [-1, 1) divided by the square root of fan_in for floats; [-8, 8) for
/// integers, [0, 2) for i1. Where the domain of `info` says so, only the
/// positive numbers of that, or all that are not zero; floats then have at
/// least a quarter of the greatest magnitude, so that logarithms, roots and
/// quotients stay within a few powers of two. Floats get a relief of 0.4.
RandomRange getDefaultRange(const TensorInfo &info);
/// "[0.25, 1)", "[-1, -0.25] and [0.25, 1)".
std::string describe(const RandomRange &range);

/// Fills `tensor`; `stream` is the index of the argument. 0 threads: as many as
/// the machine has.
void fillRandom(Tensor &tensor, uint64_t seed, uint64_t stream,
                RandomRange range, unsigned threads = 0);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_RANDOMDATA_H
