//===- ScheduledKernel.h - What a schedule is chosen for -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H
#define KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H

#include "kiln/Analysis/KernelSpace.h"
#include "kiln/Scheduling/Rules.h"

namespace kiln {

/// What multiplies the contraction of a kernel that has one.
enum class ScheduleKind { Instruction, Loops };
inline ScheduleKind getKind(KernelSchedule schedule) {
  return llvm::isa<LoopScheduleAttr>(schedule) ? ScheduleKind::Loops
                                               : ScheduleKind::Instruction;
}

/// What a schedule is chosen for.
struct ScheduledKernel {
  KernelSpace space;
  llvm::SmallVector<mlir::Value> results;
  /// That of `space`, with what the results ask of it.
  std::optional<ContractionView> view;

  /// As a schedule of the kind of `given` sees it: with a loop schedule a
  /// contraction is a reduction like others. Failure after an error at a kernel
  /// that has tiles already, or at the op that has no place, or whose padding
  /// is no part of a copy.
  static mlir::FailureOr<ScheduledKernel>
  analyze(KernelOp kernel, ScheduleKind kind = ScheduleKind::Instruction);
};

/// What the rules choose for a kernel.
struct SelectedSchedule {
  /// As the schedule sees it.
  ScheduledKernel kernel;
  KernelSchedule schedule;
  /// Why a contraction is multiplied in loops though there is an instruction
  /// for it; else empty.
  std::string lacks;
};

/// Failure after an error that says what does not fit.
mlir::FailureOr<SelectedSchedule>
selectKernelSchedule(KernelOp kernel, TargetAttr target, Precision precision);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_SCHEDULEDKERNEL_H
