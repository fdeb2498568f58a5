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
  FailureOr<SelectedSchedule> selected =
      selectKernelSchedule(kernel, target, precision);
  if (failed(selected))
    return failure();
  SearchSpace made;
  made.space = std::move(selected->kernel.space);
  made.results = std::move(selected->kernel.results);
  made.view = std::move(selected->kernel.view);
  made.target = target;
  made.choice = selected->schedule;
  if (!made.view) {
    made.baseline = selectLoopBaseline(made.space, made.results, target,
                                       kernel.getContext());
    return made;
  }
  made.baseline =
      selectBaseline(*made.view, target, cast<ScheduleAttr>(made.choice));
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
