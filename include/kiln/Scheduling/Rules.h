//===- Rules.h - Schedules by rule ----------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_RULES_H
#define KILN_SCHEDULING_RULES_H

#include "kiln/Analysis/KernelSpace.h"
#include "kiln/Machine/Occupancy.h"

namespace kiln {

/// What multiplies f32 operands.
enum class Precision { TF32, F32, TF32x3 };

/// "tf32", "tf32x3" or "f32".
std::optional<Precision> parsePrecision(llvm::StringRef text);
llvm::StringRef stringifyPrecision(Precision precision);
/// What parsePrecision takes, for messages: "tf32, tf32x3, f32".
llvm::StringRef getKnownPrecisions();

/// The instruction that multiplies f32 operands in `precision`.
Contraction getF32Contraction(Precision precision);

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

/// Registers of a thread before ptxas has seen it: with up to 64 accumulators
/// 128, with more all of 255. Operands that are split take more (counted in the
/// kernels of 25 programs): 168 beside up to 32 accumulators, 208 beside up to
/// 64.
int64_t estimateRegisters(ScheduleAttr schedule);

/// What a block takes before ptxas has seen it.
BlockResources estimateResources(ScheduleAttr schedule, TargetAttr target,
                                 const ContractionView &conv);

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
