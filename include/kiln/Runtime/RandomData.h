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
};

/// 64 random bits from a counter.
uint64_t hashCounter(uint64_t seed, uint64_t stream, uint64_t counter);

/// A random integer in [0, bound), for choosing samples.
int64_t randomBelow(uint64_t seed, uint64_t stream, uint64_t counter,
                    int64_t bound);

/// [-1, 1) divided by the square root of fan_in for floats; [-8, 8) for
/// integers, [0, 2) for i1.
RandomRange getDefaultRange(const TensorInfo &info);

/// Fills `tensor`; `stream` is the index of the argument. 0 threads: as many as
/// the machine has.
void fillRandom(Tensor &tensor, uint64_t seed, uint64_t stream,
                RandomRange range, unsigned threads = 0);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_RANDOMDATA_H
