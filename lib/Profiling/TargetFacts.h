//===- TargetFacts.h - How a card's profiler counts -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PROFILING_TARGETFACTS_H
#define KILN_LIB_PROFILING_TARGETFACTS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

namespace kiln::profiling {

/// Whether the tensor pipe is counted against twice the rate that it has with
/// f32 accumulation.
inline bool countsTwice(TargetAttr target) {
  return target.getName() == "rtx4090";
}

/// The clock that the profiler locks.
inline double getProfilerMhz(TargetAttr target) {
  return target.getName() == "rtx4090" ? 2235 : target.getClockMhz();
}

} // namespace kiln::profiling

#endif // KILN_LIB_PROFILING_TARGETFACTS_H
