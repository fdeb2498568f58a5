//===- Proposals.h - From a diagnosis to a schedule -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PROFILING_PROPOSALS_H
#define KILN_LIB_PROFILING_PROPOSALS_H

#include "kiln/Profiling/Diagnosis.h"

namespace kiln::profiling {

/// Steps of the schedule that may loosen what bounds the kernel; `together` is
/// what all of them make of it, null where there is none.
std::vector<Proposal> propose(const KernelProfile &profile,
                              const KernelFacts &facts,
                              const Diagnosis &diagnosis,
                              KernelSchedule &together);

/// A schedule as it is written, `#kiln.schedule<...>`.
std::string print(KernelSchedule schedule);

/// What warps that are stalled for a reason wait for.
llvm::StringRef describeStall(llvm::StringRef reason);

} // namespace kiln::profiling

#endif // KILN_LIB_PROFILING_PROPOSALS_H
