//===- SearchSpace.cpp - The schedules of a kernel to choose from ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/SearchSpace.h"

#include "ContractionSchedules.h"
#include "ScheduledKernel.h"
#include "SearchSteps.h"

#include "kiln/Analysis/LoopScheduleFit.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

using namespace mlir;
using namespace kiln;

FailureOr<SearchSpace> SearchSpace::create(KernelOp kernel, TargetAttr target,
                                           Precision precision) {
  FailureOr<ScheduledKernel> analyzed = ScheduledKernel::analyze(kernel);
  if (failed(analyzed))
    return failure();
  SearchSpace made;
  made.space = std::move(analyzed->space);
  made.results = std::move(analyzed->results);
  made.view = std::move(analyzed->view);
  made.target = target;
  if (!made.view) {
    MLIRContext *context = kernel.getContext();
    FailureOr<LoopScheduleAttr> selected =
        selectLoopSchedule(made.space, made.results, target, context, [&] {
          return emitError(kernel.getLoc()) << "not supported: ";
        });
    if (failed(selected))
      return failure();
    made.choice = *selected;
    made.baseline =
        selectLoopBaseline(made.space, made.results, target, context);
    return made;
  }
  FailureOr<ScheduleAttr> selected =
      selectSchedule(*made.view, target, precision, [&] {
        return emitSourceError(made.view->op, "not supported: ");
      });
  if (failed(selected))
    return failure();
  made.choice = *selected;
  made.baseline = selectBaseline(*made.view, target, *selected);
  for (ScheduleAttr schedule : getTried(*made.view, precision))
    made.tried.push_back(schedule);
  return made;
}

SmallVector<KernelSchedule>
SearchSpace::getNeighbours(KernelSchedule from) const {
  constexpr int64_t kLeastWarps = 2;
  if (view)
    return getContractionNeighbours(cast<ScheduleAttr>(from), *view,
                                    kLeastWarps);
  return getLoopNeighbours(cast<LoopScheduleAttr>(from), space);
}

std::string SearchSpace::check(KernelSchedule schedule) const {
  return getReason(schedule.getContext(), [&](auto emit) {
    return view ? checkScheduleFits(cast<ScheduleAttr>(schedule), target, *view,
                                    emit)
                : checkLoopScheduleFits(cast<LoopScheduleAttr>(schedule),
                                        target, space, results, emit);
  });
}

SmallVector<Candidate> SearchSpace::enumerate(int64_t limit) const {
  SmallVector<Candidate> candidates;
  SmallVector<KernelSchedule> starts = {choice};
  if (baseline)
    starts.push_back(baseline);
  walkSchedules(
      starts, tried, [&](KernelSchedule from) { return getNeighbours(from); },
      [&](KernelSchedule schedule) {
        if (int64_t(candidates.size()) >= limit)
          return WalkResult::interrupt();
        candidates.push_back({schedule, check(schedule)});
        return candidates.back().fits() ? WalkResult::advance()
                                        : WalkResult::skip();
      });
  return candidates;
}

FailureOr<SmallVector<Candidate>> SearchSpace::enumerate(KernelOp kernel,
                                                         TargetAttr target,
                                                         Precision precision,
                                                         int64_t limit) {
  FailureOr<SearchSpace> space = create(kernel, target, precision);
  if (failed(space))
    return failure();
  return space->enumerate(limit);
}
