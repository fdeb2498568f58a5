//===- Proposals.cpp - Which schedules to try -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Proposals.h"

#include "llvm/ADT/SetVector.h"

#include <cmath>

using namespace mlir;
using namespace kiln;
using namespace kiln::tuning;

static double getVolumeOfWarp(KernelSchedule schedule) {
  return double(getBlockVolume(schedule)) / double(getWarps(schedule));
}

namespace {
/// How far a schedule is from what is wanted.
struct Goal {
  const Advice &advice;
  KernelSchedule from;

  /// Steps of the space that are missing, at least.
  double getDistance(KernelSchedule schedule) const {
    double distance = 0;
    if (advice.warps)
      distance += std::abs(
          std::log2(double(getWarps(schedule)) / double(*advice.warps)));
    if (advice.stages)
      distance += std::abs(double(schedule.getNumStages() - *advice.stages));
    if (advice.smallerBlock &&
        getVolumeOfWarp(schedule) >= getVolumeOfWarp(from))
      distance += 1;
    return distance;
  }
  /// Among those that do what is wanted: a warp's work changes little, and
  /// nothing else that nobody asked for.
  double getCost(KernelSchedule schedule) const {
    double cost =
        std::abs(std::log2(getVolumeOfWarp(schedule) / getVolumeOfWarp(from)));
    if (!advice.warps)
      cost += std::abs(
          std::log2(double(getWarps(schedule)) / double(getWarps(from))));
    if (!advice.stages)
      cost += std::abs(double(schedule.getNumStages() - from.getNumStages()));
    auto mine = dyn_cast<ScheduleAttr>(schedule);
    auto theirs = dyn_cast<ScheduleAttr>(from);
    if (mine && theirs)
      cost += std::abs(std::log2(double(mine.getChunk()) /
                                 double(theirs.getChunk()))) +
              (mine.getRing() != theirs.getRing()) +
              (mine.getLookahead() != theirs.getLookahead());
    return cost;
  }
};
} // namespace

/// Neighbours of `layer` that are nearer to the goal, or, with `aside`, as near
/// as it is.
static SetVector<Attribute> step(const Program &program, const Goal &goal,
                                 const SetVector<Attribute> &layer,
                                 bool aside) {
  constexpr size_t kMost = 256;
  SetVector<Attribute> next;
  for (Attribute attribute : layer) {
    auto schedule = cast<KernelSchedule>(attribute);
    double distance = goal.getDistance(schedule);
    for (KernelSchedule neighbour : program.space().getNeighbours(schedule))
      if (double there = goal.getDistance(neighbour);
          there < distance || (aside && there == distance))
        if (next.size() < kMost)
          next.insert(neighbour);
  }
  return next;
}

static KernelSchedule selectFitting(const Program &program, const Goal &goal,
                                    const SetVector<Attribute> &layer) {
  KernelSchedule best;
  double bestCost = 0, bestMs = 0;
  for (Attribute attribute : layer) {
    auto schedule = cast<KernelSchedule>(attribute);
    if (goal.getDistance(schedule) > 0 ||
        !program.space().check(schedule).empty())
      continue;
    double cost = goal.getCost(schedule);
    double ms = program.predict(schedule).value_or(0);
    if (best && std::pair(cost, ms) >= std::pair(bestCost, bestMs))
      continue;
    best = schedule;
    bestCost = cost;
    bestMs = ms;
  }
  return best;
}

KernelSchedule kiln::tuning::propose(const Program &program,
                                     KernelSchedule from, const Advice &advice,
                                     const std::vector<Ranked> &ranked) {
  if (!advice.changesAnything())
    return {};
  Goal goal{advice, from};
  SetVector<Attribute> layer;
  layer.insert(from);
  // Each step changes one decision; three fields are far apart at most.
  constexpr int kMostSteps = 6;
  for (int i = 0; i < kMostSteps && !layer.empty(); ++i) {
    SetVector<Attribute> next = step(program, goal, layer, /*aside=*/false);
    if (KernelSchedule found = selectFitting(program, goal, next))
      return found;
    if (next.empty())
      break;
    layer = std::move(next);
  }
  // What is wanted does not fit as it is: with another tile perhaps.
  if (KernelSchedule found = selectFitting(
          program, goal, step(program, goal, layer, /*aside=*/true)))
    return found;
  // Or it is no step of the space: what the rules try is not always.
  SetVector<Attribute> all;
  for (const Ranked &candidate : ranked)
    all.insert(candidate.schedule);
  return selectFitting(program, goal, all);
}

std::string kiln::tuning::describeChange(KernelSchedule from,
                                         KernelSchedule to) {
  std::string text;
  auto add = [&](StringRef name, int64_t before, int64_t after,
                 StringRef unit) {
    if (before == after)
      return;
    text += (text.empty() ? "" : ", ") + name.str() + " " +
            std::to_string(before) + " -> " + std::to_string(after) +
            unit.str();
  };
  add("num_warps", getWarps(from), getWarps(to), "");
  add("num_stages", from.getNumStages(), to.getNumStages(), "");
  add("block", getBlockVolume(from), getBlockVolume(to), " outputs");
  return text.empty() ? "other fields" : text;
}

std::vector<Ranked> kiln::tuning::rankSpace(const Program &program,
                                            int64_t limit,
                                            size_t &numConsidered) {
  std::vector<Ranked> ranked;
  SmallVector<Candidate> candidates = program.space().enumerate(limit);
  numConsidered = candidates.size();
  for (const Candidate &candidate : candidates)
    if (candidate.fits())
      ranked.push_back(
          {candidate.schedule, program.predict(candidate.schedule)});
  llvm::stable_sort(ranked, [](const Ranked &a, const Ranked &b) {
    if (a.predictedMs.has_value() != b.predictedMs.has_value())
      return a.predictedMs.has_value();
    return a.predictedMs && *a.predictedMs < *b.predictedMs;
  });
  return ranked;
}
