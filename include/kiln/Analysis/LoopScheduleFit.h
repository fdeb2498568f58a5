//===- LoopScheduleFit.h - Does a loop schedule fit a kernel? -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_LOOPSCHEDULEFIT_H
#define KILN_ANALYSIS_LOOPSCHEDULEFIT_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// Values of a tile that a thread may have, at most: those of a window of 3x3
/// taps, padded to 4x4, at 16 positions.
inline constexpr int64_t kMostLoopValues = 256;

/// Whether a block may work on several positions of `axis` at a time: every
/// reduction over it combines one result with one associative operation that
/// has a neutral element. Others run in the order of the source, a position at
/// a time.
bool canSplit(const KernelSpace &space, int axis);

/// Succeeds if `schedule` computes the kernel within the limits of `target`;
/// otherwise says by name and value what does not fit. Shared memory fits where
/// that of each reduction does: kiln-allocate-scratch lets them take turns.
mlir::LogicalResult
checkLoopScheduleFits(LoopScheduleAttr schedule, TargetAttr target,
                      const KernelSpace &space, mlir::ValueRange results,
                      llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace kiln

#endif // KILN_ANALYSIS_LOOPSCHEDULEFIT_H
