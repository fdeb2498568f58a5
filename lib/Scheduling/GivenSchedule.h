//===- GivenSchedule.h - Schedules that no rule chose -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_GIVENSCHEDULE_H
#define KILN_SCHEDULING_GIVENSCHEDULE_H

#include "ScheduledKernel.h"

namespace kiln {

/// Succeeds if `given` computes `kernel` on `target` in `precision`, as
/// parsePrecision takes it; otherwise says at the kernel or its contraction
/// what does not fit.
mlir::LogicalResult checkGivenSchedule(KernelSchedule given, KernelOp kernel,
                                       const ScheduledKernel &analyzed,
                                       TargetAttr target,
                                       llvm::StringRef precision);

} // namespace kiln

#endif // KILN_SCHEDULING_GIVENSCHEDULE_H
