//===- Estimate.cpp - How long a schedule takes, by the model -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Describe.h"
#include "kiln/Scheduling/Model/Model.h"
#include "kiln/Tuning/Program.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::tuning;

std::optional<double> Program::predict(KernelSchedule schedule,
                                       const CompileFacts *facts) const {
  // Of kernels of loops the model knows bytes and operations, not how threads
  // lie: it cannot rank them.
  if (!isa<ScheduleAttr>(schedule))
    return std::nullopt;
  std::optional<UsageFacts> usage;
  if (facts && facts->registers)
    usage = UsageFacts{*facts->registers, facts->sharedBytes};
  FailureOr<KernelDescription> described =
      describeKernel(kernel, schedule, usage);
  if (failed(described))
    return std::nullopt;
  Prediction prediction = kiln::predict(*described, targetAttr, Clock::Boost);
  if (!prediction.occupancy.blocksPerSm)
    return std::nullopt;
  return prediction.milliseconds;
}
