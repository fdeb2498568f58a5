//===- SearchSteps.cpp - Steps through a search space ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SearchSteps.h"

#include "ContractionSchedules.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Threading.h"

using namespace mlir;
using namespace kiln;

/// The fields that are decided; the others follow.
static Decision getDecision(ScheduleAttr schedule) {
  return {schedule.getContraction(), SmallVector<int64_t>(schedule.getTile()),
          schedule.getChunk(),       SmallVector<int64_t>(schedule.getWarps()),
          schedule.getStages(),      schedule.getPersistent(),
          schedule.getColumns(),     schedule.getRing(),
          schedule.getTranspose(),   schedule.getStores(),
          schedule.getChannels()};
}

/// The schedule without the fields that follow from others: whatever the
/// attribute's verifier asks of them, they hinder no step.
static ScheduleAttr strip(ScheduleAttr s) {
  return ScheduleAttr::get(s.getContext(), s.getContraction(), s.getTile(),
                           s.getChunk(), s.getWarps(), s.getStages(),
                           s.getPersistent(), s.getColumns(), s.getWeights(),
                           s.getRing(), s.getTranspose(), /*lookahead=*/0,
                           /*early_barrier=*/false, /*spread=*/1,
                           /*peel=*/false, s.getHalving(), s.getPairedStores(),
                           s.getStores(), s.getChannels());
}

/// Whether the declared space has these values.
static bool isWorthwhile(const Decision &decision, const ContractionView &conv,
                         int64_t leastWarps) {
  constexpr int64_t kMostWarps = 8, kMostRows = 64, kMostColumns = 256;
  InstructionShape instruction = getInstructionShape(decision.contraction);
  bool mma = decision.contraction != Contraction::FMA;
  auto lies = [](int64_t value, int64_t least, int64_t most) {
    return value >= least && value <= most;
  };
  // As much of the result as there is, padded, or what an instruction takes.
  auto cover = [](int64_t extent, int64_t least, int64_t most) {
    return std::clamp<int64_t>(llvm::PowerOf2Ceil(extent), least, most);
  };
  int64_t leastChannels = mma ? instruction.m : 4;
  int64_t mostChannels =
      cover(conv.getFilters(), std::max<int64_t>(16, leastChannels),
            kMostHeldChannels);
  if (conv.needsAllFilters)
    leastChannels = mostChannels;
  int64_t chunk = std::max<int64_t>(8, instruction.k);
  int64_t warps = ShapedType::getNumElements(decision.warps);
  return lies(warps, leastWarps, kMostWarps) &&
         lies(decision.tile[0], leastChannels, mostChannels) &&
         lies(decision.tile[1], 1, cover(conv.getOutRows(), 1, kMostRows)) &&
         lies(decision.tile[2], instruction.n,
              cover(conv.getOutColumns(), 8, kMostColumns)) &&
         lies(decision.chunk, instruction.k,
              cover(conv.getChannels(), chunk, 4 * chunk)) &&
         lies(decision.stages, 1, 3) && lies(decision.ring, 0, 4) &&
         (!decision.transpose || !conv.isChannelInnermost());
}

SmallVector<KernelSchedule>
kiln::getContractionNeighbours(ScheduleAttr from, const ContractionView &conv,
                               int64_t leastWarps) {
  llvm::SetVector<KernelSchedule> list;
  auto add = [&](const Decision &decision, bool ahead) {
    ScheduleAttr schedule = completeSchedule(conv, decision, ahead);
    if (schedule && schedule != from)
      list.insert(schedule);
  };
  ScheduleAttr plain = strip(from);
  bool ahead = from.getLookahead() > 0;
  for (Attribute neighbour : plain.getNeighbours()) {
    auto schedule = cast<ScheduleAttr>(neighbour);
    Decision decision = getDecision(schedule);
    // Steps of the other fields alone.
    if (strip(schedule) == plain || !isWorthwhile(decision, conv, leastWarps))
      continue;
    // With one slot nothing runs ahead; the step from there may do either.
    add(decision, ahead || from.getStages() == 1);
    if (from.getStages() == 1)
      add(decision, /*ahead=*/false);
  }
  add(getDecision(from), !ahead);
  return list.takeVector();
}

SmallVector<KernelSchedule> kiln::getLoopNeighbours(LoopScheduleAttr from,
                                                    const KernelSpace &space) {
  constexpr int64_t kMostThreads = 512, kMostVector = 8;
  SmallVector<KernelSchedule> list;
  for (Attribute neighbour : from.getNeighbours()) {
    auto schedule = cast<LoopScheduleAttr>(neighbour);
    if (schedule.getBlock() > kMostThreads)
      continue;
    bool worthwhile = true;
    for (auto [place, axis] : llvm::enumerate(space.getAllAxes()))
      worthwhile &= uint64_t(schedule.getTile()[place]) <=
                        llvm::PowerOf2Ceil(space.getAxis(axis).extent) &&
                    schedule.getVector()[place] <= kMostVector;
    if (worthwhile)
      list.push_back(schedule);
  }
  return list;
}

void kiln::walkSchedules(
    ArrayRef<KernelSchedule> starts, ArrayRef<KernelSchedule> more,
    function_ref<SmallVector<KernelSchedule>(KernelSchedule)> step,
    function_ref<WalkResult(KernelSchedule)> visit) {
  DenseSet<KernelSchedule> found;
  SmallVector<KernelSchedule> open;
  // Whether to go on with the walk.
  auto find = [&](ArrayRef<KernelSchedule> schedules) {
    for (KernelSchedule schedule : schedules) {
      if (!found.insert(schedule).second)
        continue;
      WalkResult result = visit(schedule);
      if (result.wasInterrupted())
        return false;
      if (!result.wasSkipped())
        open.push_back(schedule);
    }
    return true;
  };
  if (!find(starts))
    return;
  size_t numStarts = open.size();
  for (size_t left = 0;; ++left) {
    if (left == numStarts && !find(more))
      return;
    if (left == open.size() || !find(step(open[left])))
      return;
  }
}

std::string kiln::getReason(
    MLIRContext *context,
    function_ref<LogicalResult(function_ref<InFlightDiagnostic()>)> check) {
  std::string reason;
  uint64_t thread = llvm::get_threadid();
  // Other threads' diagnostics are none of ours.
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (llvm::get_threadid() != thread)
      return failure();
    reason = diagnostic.str();
    return success();
  });
  if (succeeded(check([&] { return emitError(UnknownLoc::get(context)); })))
    reason.clear();
  return reason;
}

KernelSchedule kiln::searchFitting(
    KernelSchedule start,
    function_ref<SmallVector<KernelSchedule>(KernelSchedule)> step,
    function_ref<LogicalResult(KernelSchedule,
                               function_ref<InFlightDiagnostic()>)>
        check,
    function_ref<uint64_t(KernelSchedule)> demand,
    function_ref<InFlightDiagnostic()> emitError) {
  KernelSchedule found, best;
  uint64_t least = UINT64_MAX;
  int64_t numTried = 0;
  walkSchedules({start}, {}, step, [&](KernelSchedule schedule) {
    ++numTried;
    if (succeeded(check(schedule, [] { return InFlightDiagnostic(); }))) {
      found = schedule;
      return WalkResult::interrupt();
    }
    uint64_t needed = demand(schedule);
    if (!best || needed < least) {
      best = schedule;
      least = needed;
    }
    // What asks for everything leads nowhere.
    return needed == UINT64_MAX && schedule != start ? WalkResult::skip()
                                                     : WalkResult::advance();
  });
  if (found)
    return found;
  std::string lacks = getReason(start.getContext(),
                                [&](auto emit) { return check(best, emit); });
  emitError() << "none of " << numTried
              << " schedules fits; the least demanding does not because "
              << lacks;
  return KernelSchedule();
}
