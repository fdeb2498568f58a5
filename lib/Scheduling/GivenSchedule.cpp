//===- GivenSchedule.cpp - Schedules that no rule chose -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GivenSchedule.h"

#include "kiln/Analysis/LoopScheduleFit.h"
#include "kiln/Analysis/ScheduleFit.h"

using namespace mlir;
using namespace kiln;

std::optional<ContractionView> kiln::getContraction(const KernelSpace &space,
                                                    ValueRange results) {
  if (!space.getContraction())
    return std::nullopt;
  ContractionView view = *space.getContraction();
  view.needsAllFilters = space.needsAllChannels(results);
  return view;
}

static LogicalResult checkForContraction(KernelSchedule schedule,
                                         const ContractionView &conv,
                                         TargetAttr target,
                                         StringRef precision) {
  auto emitMisfit = [&] {
    return conv.op->emitOpError("the given schedule does not fit: ");
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
                                       const KernelSpace &space,
                                       TargetAttr target, StringRef precision) {
  ValueRange results = kernel.getBody().front().getTerminator()->getOperands();
  if (std::optional<ContractionView> view = getContraction(space, results))
    return checkForContraction(given, *view, target, precision);
  auto emitMisfit = [&] {
    return kernel.emitOpError("the given schedule does not fit: ");
  };
  auto loops = dyn_cast<LoopScheduleAttr>(given);
  if (!loops)
    return emitMisfit() << "#kiln.schedule needs a contraction that an "
                           "instruction multiplies; this kernel takes a "
                           "#kiln.loop_schedule";
  return checkLoopScheduleFits(loops, target, space, results, emitMisfit);
}
