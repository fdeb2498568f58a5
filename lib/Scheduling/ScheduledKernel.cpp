//===- ScheduledKernel.cpp - What a schedule is chosen for ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ScheduledKernel.h"

#include "SearchSteps.h"

#include "kiln/Analysis/ImageWork.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

using namespace mlir;
using namespace kiln;

FailureOr<ScheduledKernel> ScheduledKernel::analyze(KernelOp kernel,
                                                    ScheduleKind kind) {
  Block &body = kernel.getBody().front();
  ValueRange results = body.getTerminator()->getOperands();
  if (results.size() != kernel.getNumResults())
    return kernel.emitOpError("is cut into tiles already; a schedule is chosen "
                              "before kiln-tile-to-blocks");
  FailureOr<KernelSpace> space = KernelSpace::analyze(
      body, results,
      /*aroundContraction=*/kind == ScheduleKind::Instruction);
  if (failed(space))
    return failure();
  ScheduledKernel analyzed{*space, SmallVector<Value>(results), std::nullopt};
  if (!space->getContraction())
    return analyzed;
  analyzed.view = space->getContraction();
  analyzed.view->needsAllFilters = space->needsAllChannels(results);
  FailureOr<PaddedImage> image = getPaddedImage(*analyzed.view);
  Type element = getElementTypeOrSelf(analyzed.view->getImageType());
  if (failed(image) || findChainFault(image->ops, element))
    return emitSourceError(
        analyzed.view->op,
        "not supported: padding must be a constant zero of static size, around "
        "rows and columns; pad batch and channels outside the program, and "
        "what computes the image before it is padded must keep zeros");
  return analyzed;
}

static FailureOr<SelectedSchedule> selectLoops(const ScheduledKernel &analyzed,
                                               KernelOp kernel,
                                               TargetAttr target) {
  FailureOr<LoopScheduleAttr> schedule = selectLoopSchedule(
      analyzed.space, analyzed.results, target, kernel.getContext(),
      [&] { return emitError(kernel.getLoc()) << "not supported: "; });
  if (failed(schedule))
    return failure();
  return SelectedSchedule{analyzed, *schedule, ""};
}

static FailureOr<SelectedSchedule>
selectForInstruction(KernelOp kernel, TargetAttr target, Precision precision) {
  FailureOr<ScheduledKernel> analyzed = ScheduledKernel::analyze(kernel);
  if (failed(analyzed))
    return failure();
  if (!analyzed->view)
    return selectLoops(*analyzed, kernel, target);
  FailureOr<ScheduleAttr> schedule =
      selectSchedule(*analyzed->view, target, precision, [&] {
        return emitSourceError(analyzed->view->op, "not supported: ");
      });
  if (failed(schedule))
    return failure();
  return SelectedSchedule{*analyzed, *schedule, ""};
}

FailureOr<SelectedSchedule> kiln::selectKernelSchedule(KernelOp kernel,
                                                       TargetAttr target,
                                                       Precision precision) {
  MLIRContext *context = kernel.getContext();
  FailureOr<SelectedSchedule> selected = failure(), loops = failure();
  std::string lacks = getReason(context, [&](auto) -> LogicalResult {
    selected = selectForInstruction(kernel, target, precision);
    return selected;
  });
  if (succeeded(selected))
    return selected;
  // Slower by far, and right: a window that no block can hold, or padding that
  // no copy makes, are read in loops.
  getReason(context, [&](auto) -> LogicalResult {
    FailureOr<ScheduledKernel> analyzed =
        ScheduledKernel::analyze(kernel, ScheduleKind::Loops);
    if (succeeded(analyzed))
      loops = selectLoops(*analyzed, kernel, target);
    return loops;
  });
  if (failed(loops)) // says what is asked for first
    return selectForInstruction(kernel, target, precision);
  loops->lacks = std::move(lacks);
  return loops;
}
