//===- Estimate.cpp - What the model expects of a schedule ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Describe.h"
#include "kiln/Tuning/Program.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::tuning;

std::optional<KernelDescription>
Program::describe(KernelSchedule schedule, const CompileFacts *facts) const {
  std::optional<UsageFacts> usage;
  if (facts && facts->registers)
    usage = {*facts->registers, facts->sharedBytes};
  FailureOr<KernelDescription> description =
      describeKernel(kernel, schedule, usage);
  if (failed(description))
    return std::nullopt;
  Occupancy occupancy = computeOccupancy(
      targetAttr, {description->warps * 32, description->registers,
                   description->sharedBytes});
  if (!occupancy.blocksPerSm)
    return std::nullopt;
  return std::move(*description);
}

std::optional<double> Program::predict(KernelSchedule schedule,
                                       const CompileFacts *facts) const {
  // Of kernels of loops the model knows bytes and operations, not how threads
  // lie: it cannot rank them.
  if (!isa<ScheduleAttr>(schedule))
    return std::nullopt;
  std::optional<KernelDescription> description = describe(schedule, facts);
  if (!description)
    return std::nullopt;
  // Timed runs boost.
  return kiln::predict(*description, targetAttr, Clock::Boost).milliseconds;
}
