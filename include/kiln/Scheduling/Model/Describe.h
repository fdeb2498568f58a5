//===- Describe.h - Kiln's own kernels, described ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_MODEL_DESCRIBE_H
#define KILN_SCHEDULING_MODEL_DESCRIBE_H

#include "kiln/Analysis/TilePlan.h"
#include "kiln/Scheduling/Model/KernelDescription.h"

#include <optional>

namespace kiln {

/// What ptxas found for a kernel.
struct UsageFacts {
  int64_t registers = 0;   ///< of a thread
  int64_t sharedBytes = 0; ///< of a block, static and dynamic
};

/// The kernel around `conv` as `schedule` makes it, before it is compiled:
/// registers are estimated unless `usage` has them.
KernelDescription describe(ScheduleAttr schedule, const ContractionView &conv,
                           std::optional<UsageFacts> usage = std::nullopt);

/// A kernel of loops with this space, whose blocks are cut by `plan` (of
/// `schedule`), and these results.
KernelDescription describe(LoopScheduleAttr schedule, const TilePlan &plan,
                           const KernelSpace &space, mlir::ValueRange results,
                           std::optional<UsageFacts> usage = std::nullopt);

/// The kernel with its schedule, or with `schedule`; failure where its space
/// cannot be analysed or the schedule does not match it.
mlir::FailureOr<KernelDescription>
describeKernel(KernelOp kernel, KernelSchedule schedule = {},
               std::optional<UsageFacts> usage = std::nullopt);

} // namespace kiln

#endif // KILN_SCHEDULING_MODEL_DESCRIBE_H
