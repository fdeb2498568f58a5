//===- GivenSchedule.cpp - Schedules that no rule chose -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GivenSchedule.h"

#include "kiln/Analysis/LoopScheduleFit.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

using namespace mlir;
using namespace kiln;

static LogicalResult checkForContraction(KernelSchedule schedule,
                                         const ContractionView &conv,
                                         TargetAttr target,
                                         StringRef precision) {
  auto emitMisfit = [&] {
    return emitSourceError(conv.op, "the given schedule does not fit: ");
  };
  auto given = dyn_cast<ScheduleAttr>(schedule);
  if (!given)
    return emitMisfit() << "#kiln.loop_schedule is for kernels without a "
                           "contraction that an instruction multiplies";
  if (precision == "f32" && given.getContraction() == Contraction::TF32)
    return emitMisfit() << "contraction = mma_m16n8k8_tf32 rounds, "
                           "precision=f32 is exact";
  if (precision == "tf32" && given.getContraction() == Contraction::FMA &&
      conv.getImageType().getElementType().isF32())
    return emitMisfit() << "contraction = fma is exact, precision=tf32 "
                           "rounds; ask for precision=f32";
  return checkScheduleFits(given, target, conv, emitMisfit);
}

LogicalResult kiln::checkGivenSchedule(KernelSchedule given, KernelOp kernel,
                                       const ScheduledKernel &analyzed,
                                       TargetAttr target, StringRef precision) {
  if (analyzed.view)
    return checkForContraction(given, *analyzed.view, target, precision);
  auto emitMisfit = [&] {
    return kernel.emitOpError("the given schedule does not fit: ");
  };
  auto loops = dyn_cast<LoopScheduleAttr>(given);
  if (!loops)
    return emitMisfit() << "#kiln.schedule needs a contraction that an "
                           "instruction multiplies; this kernel takes a "
                           "#kiln.loop_schedule";
  return checkLoopScheduleFits(loops, target, analyzed.space, analyzed.results,
                               emitMisfit);
}
