//===- Rules.h - Schedules by rule ----------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_RULES_H
#define KILN_SCHEDULING_RULES_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// What multiplies f32 operands.
enum class Precision { TF32, F32 };

/// The schedule that the rules give `conv` on `target`, or failure after
/// `emitError` has said what does not fit.
mlir::FailureOr<ScheduleAttr>
selectSchedule(const ContractionView &conv, TargetAttr target,
               Precision precision,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The conservative schedule that a better one has to beat: `chosen` with four
/// warps, two stages and no ring; its tile shrunk along rows, then along
/// channels, until that fits. Null where no such tile takes four warps or fits.
ScheduleAttr selectBaseline(const ContractionView &conv, TargetAttr target,
                            ScheduleAttr chosen);

/// Tiles of the whole result of `conv`: blocks of a launch, unless they are
/// persistent.
int64_t countTiles(ScheduleAttr schedule, const ContractionView &conv);

/// The loop schedule that the rules give a kernel with this space and these
/// results, or failure after `emitError` has said what does not fit.
mlir::FailureOr<LoopScheduleAttr>
selectLoopSchedule(const KernelSpace &space, mlir::ValueRange results,
                   TargetAttr target, mlir::MLIRContext *context,
                   llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The same with at most 128 threads a block, four warps: the conservative
/// schedule that a better one has to beat. Null where it does not fit.
LoopScheduleAttr selectLoopBaseline(const KernelSpace &space,
                                    mlir::ValueRange results, TargetAttr target,
                                    mlir::MLIRContext *context);

} // namespace kiln

#endif // KILN_SCHEDULING_RULES_H
