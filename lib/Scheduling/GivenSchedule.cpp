//===- GivenSchedule.cpp - Schedules that no rule chose -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GivenSchedule.h"

#include "kiln/Analysis/LoopScheduleFit.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"
#include "kiln/Scheduling/Rules.h"

using namespace mlir;
using namespace kiln;

/// Whether `given` multiplies f32 as `asked`.
static LogicalResult checkPrecision(Contraction given, Precision asked,
                                    function_ref<InFlightDiagnostic()> misfit) {
  auto getEffect = [](Precision precision) -> StringRef {
    switch (precision) {
    case Precision::TF32:
      return "rounds";
    case Precision::F32:
      return "is exact";
    case Precision::TF32x3:
      return "splits";
    }
    llvm_unreachable("unknown precision");
  };
  for (Precision other : {Precision::TF32, Precision::F32, Precision::TF32x3})
    if (other != asked && getF32Contraction(other) == given)
      return misfit() << "contraction = " << stringifyContraction(given) << " "
                      << getEffect(other)
                      << ", precision=" << stringifyPrecision(asked) << " "
                      << getEffect(asked)
                      << "; ask for precision=" << stringifyPrecision(other);
  return success(); // one for other operands does not fit for that
}

static LogicalResult checkForContraction(ScheduleAttr given,
                                         const ContractionView &conv,
                                         TargetAttr target,
                                         StringRef precision) {
  auto emitMisfit = [&] {
    return emitSourceError(conv.op, "the given schedule does not fit: ");
  };
  std::optional<Precision> asked = parsePrecision(precision);
  if (asked && conv.getImageType().getElementType().isF32() &&
      failed(checkPrecision(given.getContraction(), *asked, emitMisfit)))
    return failure();
  return checkScheduleFits(given, target, conv, emitMisfit);
}

LogicalResult kiln::checkGivenSchedule(KernelSchedule given, KernelOp kernel,
                                       const ScheduledKernel &analyzed,
                                       TargetAttr target, StringRef precision) {
  if (analyzed.view)
    return checkForContraction(cast<ScheduleAttr>(given), *analyzed.view,
                               target, precision);
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
