//===- Proposals.h - Which schedules to try ---------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_PROPOSALS_H
#define KILN_TUNING_PROPOSALS_H

#include "kiln/Tuning/Program.h"

namespace kiln::tuning {

/// What differs, "num_warps 8 -> 4, block 32768 -> 16384 outputs".
std::string describeChange(KernelSchedule from, KernelSchedule to);

/// A schedule that fits, and what the model expects of it.
struct Ranked {
  KernelSchedule schedule;
  std::optional<double> predictedMs;
};
/// The schedules of the space that fit, those that the model expects to be
/// fastest first; `numConsidered` gets how many there are with those that do
/// not fit.
std::vector<Ranked> rankSpace(const Program &program, int64_t limit,
                              size_t &numConsidered);

/// The schedule of the space that does what `advice` says and is otherwise as
/// close to `from` as can be: warps and tile change together, so that a warp
/// computes as much as before; where registers spill it computes less. Null
/// where none fits or nothing is to be changed. `ranked` is the space.
KernelSchedule propose(const Program &program, KernelSchedule from,
                       const Advice &advice, const std::vector<Ranked> &ranked);

} // namespace kiln::tuning

#endif // KILN_TUNING_PROPOSALS_H
