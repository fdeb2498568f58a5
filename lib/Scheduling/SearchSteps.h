//===- SearchSteps.h - Steps through a search space -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_SEARCHSTEPS_H
#define KILN_LIB_SCHEDULING_SEARCHSTEPS_H

#include "kiln/Scheduling/Rules.h"

namespace kiln {

/// The neighbours of a schedule of `conv` that are worth a look, each
/// completed; blocks have `leastWarps` to 8 warps.
llvm::SmallVector<KernelSchedule>
getContractionNeighbours(ScheduleAttr from, const ContractionView &conv,
                         int64_t leastWarps);

/// The same without a contraction.
llvm::SmallVector<KernelSchedule> getLoopNeighbours(LoopScheduleAttr from,
                                                    const KernelSpace &space);

/// Breadth first, each schedule once: `starts`, what `step` leads to from them,
/// then `more`, and so on. `visit` says whether to go on from a schedule
/// (advance), not from there (skip), or to stop (interrupt).
void walkSchedules(
    llvm::ArrayRef<KernelSchedule> starts, llvm::ArrayRef<KernelSchedule> more,
    llvm::function_ref<llvm::SmallVector<KernelSchedule>(KernelSchedule)> step,
    llvm::function_ref<mlir::WalkResult(KernelSchedule)> visit);

/// What `check` says of a schedule: empty if it succeeds, else the text of the
/// diagnostic that it gives.
std::string getReason(mlir::MLIRContext *context,
                      llvm::function_ref<mlir::LogicalResult(
                          llvm::function_ref<mlir::InFlightDiagnostic()>)>
                          check);

/// The first schedule that fits on a walk from `start` through all that does
/// not; `start` is the least that the rules try. Null after `emitError` has
/// said how many were tried, and what is wrong with the one of the least
/// `demand`.
KernelSchedule searchFitting(
    KernelSchedule start,
    llvm::function_ref<llvm::SmallVector<KernelSchedule>(KernelSchedule)> step,
    llvm::function_ref<mlir::LogicalResult(
        KernelSchedule, llvm::function_ref<mlir::InFlightDiagnostic()>)>
        check,
    llvm::function_ref<uint64_t(KernelSchedule)> demand,
    llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_SEARCHSTEPS_H
