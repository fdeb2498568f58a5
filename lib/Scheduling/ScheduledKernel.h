//===- ScheduledKernel.h - What a schedule is chosen for -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H
#define KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// What a schedule is chosen for.
struct ScheduledKernel {
  KernelSpace space;
  llvm::SmallVector<mlir::Value> results;
  /// That of `space`, with what the results ask of it.
  std::optional<ContractionView> view;

  /// Failure after an error at a kernel that has tiles already, or at the op
  /// that has no place, or whose padding is no part of a copy.
  static mlir::FailureOr<ScheduledKernel> analyze(KernelOp kernel);
};

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H
