//===- GivenSchedule.h - Schedules that no rule chose -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_GIVENSCHEDULE_H
#define KILN_SCHEDULING_GIVENSCHEDULE_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// The contraction of a kernel with this space and these results, with what
/// the results ask of its channels; none where it has none.
std::optional<ContractionView> getContraction(const KernelSpace &space,
                                              mlir::ValueRange results);

/// Succeeds if `given` computes `kernel` on `target` in `precision` ("tf32" or
/// "f32"); otherwise says at the kernel or its contraction what does not fit.
/// The padding of the contraction's image is one that can be staged.
mlir::LogicalResult checkGivenSchedule(KernelSchedule given, KernelOp kernel,
                                       const KernelSpace &space,
                                       TargetAttr target,
                                       llvm::StringRef precision);

} // namespace kiln

#endif // KILN_SCHEDULING_GIVENSCHEDULE_H
