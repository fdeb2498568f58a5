//===- Proposals.cpp - From a diagnosis to a schedule ---------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A proposal is one step in the graph of schedules (KernelSchedule's
/// getNeighbours), so that it is valid; whether it fits is asked of the caller.
///
//===----------------------------------------------------------------------===//

#include "Proposals.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;
using namespace kiln;
using namespace kiln::profiling;
using llvm::formatv;

StringRef kiln::profiling::describeStall(StringRef reason) {
  return llvm::StringSwitch<StringRef>(reason)
      .Case("long_scoreboard", "warps wait for global memory")
      .Case("short_scoreboard", "warps wait for shared memory or special "
                                "functions")
      .Case("barrier", "warps wait for the others of their block")
      .Case("math_pipe_throttle", "warps wait for an arithmetic pipe")
      .Case("mio_throttle", "the queue of shared memory accesses is full")
      .Case("lg_throttle", "the queue of global memory accesses is full")
      .Case("wait", "warps wait out a fixed latency between instructions")
      .Case("no_instruction", "warps wait for instructions to be fetched")
      .Case("dispatch_stall", "the dispatcher holds instructions back")
      .Default("warps wait");
}

std::string kiln::profiling::print(KernelSchedule schedule) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Attribute(schedule).print(os);
  return text;
}

static std::string writeList(ArrayRef<int64_t> values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "[";
  llvm::interleaveComma(values, os);
  os << "]";
  return text;
}

std::vector<std::pair<std::string, std::string>>
kiln::profiling::getFields(KernelSchedule schedule) {
  auto writeBool = [](bool value) {
    return std::string(value ? "true" : "false");
  };
  if (auto s = dyn_cast<ScheduleAttr>(schedule))
    return {{"contraction", stringifyContraction(s.getContraction()).str()},
            {"tile", writeList(s.getTile())},
            {"chunk", std::to_string(s.getChunk())},
            {"warps", writeList(s.getWarps())},
            {"stages", std::to_string(s.getStages())},
            {"persistent", writeBool(s.getPersistent())},
            {"columns", stringifyColumns(s.getColumns()).str()},
            {"weights", stringifyWeights(s.getWeights()).str()},
            {"ring", std::to_string(s.getRing())},
            {"transpose", writeBool(s.getTranspose())},
            {"lookahead", std::to_string(s.getLookahead())},
            {"early_barrier", writeBool(s.getEarlyBarrier())},
            {"spread", std::to_string(s.getSpread())},
            {"peel", writeBool(s.getPeel())},
            {"halving", writeBool(s.getHalving())},
            {"paired_stores", writeBool(s.getPairedStores())},
            {"stores", stringifyStores(s.getStores()).str()},
            {"channels", stringifyChannels(s.getChannels()).str()}};
  auto s = cast<LoopScheduleAttr>(schedule);
  std::string threads = "[";
  for (size_t axis = 0; axis < s.getTile().size(); ++axis) {
    Mode::Part part = s.getThreadsOf(axis);
    threads +=
        formatv("{0}[{1}:{2}]", axis ? ", " : "", part.size, part.stride);
  }
  return {{"tile", writeList(s.getTile())},
          {"threads", threads + "]"},
          {"vector", writeList(s.getVector())},
          {"block", std::to_string(s.getBlock())}};
}

std::vector<FieldChange> kiln::profiling::getChanges(KernelSchedule from,
                                                     KernelSchedule to) {
  std::vector<FieldChange> changes;
  auto before = getFields(from), after = getFields(to);
  if (before.size() == after.size())
    for (auto [old, now] : llvm::zip_equal(before, after))
      if (old.second != now.second)
        changes.push_back({old.first, old.second, now.second});
  return changes;
}

namespace {
/// A step that is wanted: which neighbour takes it, and why.
struct Wish {
  std::function<bool(Attribute from, Attribute to)> takes;
  std::string reason;
  bool inTwoSteps = false; ///< where no single one takes it
};

int64_t getVolume(ArrayRef<int64_t> tile) {
  return ShapedType::getNumElements(tile);
}
ArrayRef<int64_t> getTile(Attribute schedule) {
  if (auto contraction = dyn_cast<ScheduleAttr>(schedule))
    return contraction.getTile();
  return cast<LoopScheduleAttr>(schedule).getTile();
}
int64_t getThreads(Attribute schedule) {
  return cast<KernelSchedule>(schedule).getThreads();
}
/// Output elements of a block.
int64_t getBlockWork(Attribute schedule) {
  return getVolume(getTile(schedule));
}

/// A wish about the field of a contraction's schedule.
template <typename Fn>
Wish wishField(Fn takes, std::string reason) {
  return {[takes](Attribute from, Attribute to) {
            auto a = dyn_cast<ScheduleAttr>(from),
                 b = dyn_cast<ScheduleAttr>(to);
            return a && b && takes(a, b);
          },
          std::move(reason)};
}

/// The wishes for one diagnosis, the most promising first.
class Wishes {
public:
  Wishes(const KernelProfile &profile, const KernelFacts &facts,
         const Diagnosis &diagnosis)
      : profile(profile), facts(facts), diagnosis(diagnosis) {}

  std::vector<Wish> run() {
    if (facts.spillBytes > 0)
      addSmallerWarpTile(
          formatv("{0} bytes of registers are spilled", facts.spillBytes));
    switch (diagnosis.bound) {
    case Bound::Latency:
      addLatency();
      break;
    case Bound::SharedMemory:
    case Bound::Issue:
      addFewerLoads();
      break;
    case Bound::L2:
    case Bound::Dram:
      addReuse();
      break;
    case Bound::Tail:
      addSmallerBlock("smaller tiles leave less of the last wave empty");
      break;
    case Bound::Launch:
      if (diagnosis.evidence.front().metric == getName(Metric::GridSize))
        addSmallerBlock("smaller tiles make more blocks");
      break;
    case Bound::TensorPipe:
      // A full one is helped only by fewer or cheaper multiplications.
      if (!diagnosis.isFull)
        addLatency();
      break;
    case Bound::Unknown:
      break;
    }
    return std::move(wishes);
  }

private:
  void addLatency() {
    StringRef stall = diagnosis.mainStall;
    if (stall == "barrier" || stall.empty())
      wishes.push_back(wishField(
          [](ScheduleAttr a, ScheduleAttr b) {
            return !a.getEarlyBarrier() && b.getEarlyBarrier();
          },
          "the barrier of a stage stands before its last k-step, whose "
          "fragments are loaded already"));
    if (stall == "short_scoreboard" || stall.empty())
      wishes.push_back(wishField(
          [](ScheduleAttr a, ScheduleAttr b) {
            return a.getLookahead() == 0 && b.getLookahead() > 0;
          },
          "fragments are loaded a k-step before they are multiplied"));
    if (stall == "long_scoreboard" || stall.empty())
      wishes.push_back(wishField(
          [](ScheduleAttr a, ScheduleAttr b) {
            return a.getStages() < 3 && b.getStages() > a.getStages();
          },
          "copies run a stage further ahead of what they feed"));
    if (stall == "lg_throttle" || stall == "mio_throttle")
      wishes.push_back(wishField(
          [](ScheduleAttr a, ScheduleAttr b) {
            return b.getSpread() > a.getSpread();
          },
          "copies are spread over more k-steps"));
    // Two blocks of half the size hide each other's waits.
    auto active = profile.get(Metric::WarpsActive);
    std::optional<int64_t> blocks = profile.getBlocksPerSm();
    if (!blocks)
      blocks = facts.blocksPerSm;
    if (active && blocks == 1)
      wishes.push_back(wishField(
          [](ScheduleAttr a, ScheduleAttr b) {
            return getThreads(b) * 2 == getThreads(a) &&
                   getBlockWork(b) * 2 == getBlockWork(a);
          },
          formatv("one block fits a multiprocessor and {0:f1} % of the warps "
                  "are active: two of half the size hide each other's waits",
                  *active)));
    addLoopLoads("more loads are in flight from each thread");
  }

  void addFewerLoads() {
    wishes.push_back(wishField(
        [](ScheduleAttr a, ScheduleAttr b) {
          return a.getColumns() == Columns::Plain &&
                 b.getColumns() == Columns::EvenOdd;
        },
        "64-bit loads of even and odd columns serve neighbouring taps"));
    if (facts.registers.value_or(0) <= 128)
      addLargerWarpTile("a fragment serves more multiplications");
    addLoopLoads("one instruction loads more");
  }

  void addReuse() {
    auto bytes = profile.get(Metric::DramBytes);
    if (diagnosis.bound == Bound::Dram && bytes && facts.bytes &&
        *bytes <= 1.2 * facts.bytes)
      return; // nothing is read twice
    std::string reason = "larger tiles read their operands less often";
    if (auto hits = profile.get(Metric::L2HitRate);
        hits && diagnosis.bound == Bound::Dram)
      reason += formatv("; {0:f1} % of the sectors are found in L2", *hits);
    wishes.push_back({[](Attribute from, Attribute to) {
                        return isa<ScheduleAttr>(from) &&
                               getBlockWork(to) > getBlockWork(from);
                      },
                      reason});
    addLoopLoads("wider loads keep more bytes in flight");
  }

  void addSmallerBlock(std::string reason) {
    wishes.push_back({[](Attribute from, Attribute to) {
                        return getBlockWork(to) < getBlockWork(from);
                      },
                      std::move(reason)});
  }
  void addSmallerWarpTile(std::string reason) {
    wishes.push_back({[](Attribute from, Attribute to) {
                        return getThreads(to) == getThreads(from) &&
                               getBlockWork(to) < getBlockWork(from);
                      },
                      std::move(reason)});
  }
  void addLargerWarpTile(std::string reason) {
    wishes.push_back(wishField(
        [](ScheduleAttr a, ScheduleAttr b) {
          return getThreads(a) == getThreads(b) &&
                 getBlockWork(b) > getBlockWork(a);
        },
        std::move(reason)));
  }
  void addLoopLoads(std::string reason) {
    wishes.push_back(
        {[](Attribute from, Attribute to) { // its tile grows with it
           auto a = dyn_cast<LoopScheduleAttr>(from),
                b = dyn_cast<LoopScheduleAttr>(to);
           return a && b && a.getBlock() == b.getBlock() &&
                  getVolume(b.getVector()) > getVolume(a.getVector());
         },
         std::move(reason),
         /*inTwoSteps=*/true});
  }

  const KernelProfile &profile;
  const KernelFacts &facts;
  const Diagnosis &diagnosis;
  std::vector<Wish> wishes;
};
} // namespace

static std::optional<double> predict(const KernelFacts &facts,
                                     KernelSchedule schedule) {
  return facts.predict ? facts.predict(schedule) : std::nullopt;
}

/// The neighbour of `from` that grants a wish and fits: the one that the model
/// expects to be fastest, or the first.
static KernelSchedule grant(const Wish &wish, KernelSchedule from,
                            const KernelFacts &facts) {
  auto take = [&](KernelSchedule origin) {
    KernelSchedule best;
    std::optional<double> bestMs;
    for (Attribute attribute : origin.getNeighbours()) {
      auto to = cast<KernelSchedule>(attribute);
      if (!wish.takes(from, to) || (facts.check && !facts.check(to).empty()))
        continue;
      std::optional<double> ms = predict(facts, to);
      if (best && (!ms || (bestMs && *ms >= *bestMs)))
        continue;
      best = to;
      bestMs = ms;
    }
    return best;
  };
  KernelSchedule taken = take(from);
  if (!taken && wish.inTwoSteps)
    for (Attribute step : from.getNeighbours())
      if ((taken = take(cast<KernelSchedule>(step))))
        break;
  return taken;
}

/// Whether a step may be proposed.
static bool isWanted(const KernelFacts &facts, KernelSchedule from,
                     KernelSchedule to) {
  if (!facts.isPrediction)
    return true;
  std::optional<double> before = predict(facts, from),
                        after = predict(facts, to);
  return !before || !after || *after <= *before;
}

/// What the model expects of a change; empty where it says nothing.
static std::string describeExpectation(const KernelFacts &facts,
                                       KernelSchedule to) {
  std::optional<double> before = predict(facts, facts.schedule),
                        after = predict(facts, to);
  if (!before || !after || *before <= 0)
    return "";
  double more = 100 * (*after / *before - 1);
  if (std::abs(more) < 0.05)
    return "; the model expects the same time";
  return formatv("; the model expects {0:f1} % {1} time", std::abs(more),
                 more > 0 ? "more" : "less");
}

std::vector<Proposal> kiln::profiling::propose(const KernelProfile &profile,
                                               const KernelFacts &facts,
                                               const Diagnosis &diagnosis,
                                               KernelSchedule &together) {
  std::vector<Proposal> proposals;
  together = {};
  if (!facts.schedule)
    return proposals;
  KernelSchedule all = facts.schedule;
  for (const Wish &wish : Wishes(profile, facts, diagnosis).run()) {
    KernelSchedule alone = grant(wish, facts.schedule, facts);
    if (!alone || !isWanted(facts, facts.schedule, alone) ||
        llvm::any_of(proposals, [&](const Proposal &other) {
          return other.schedule == alone;
        }))
      continue;
    proposals.push_back({getChanges(facts.schedule, alone),
                         wish.reason + describeExpectation(facts, alone), alone,
                         print(alone)});
    KernelSchedule next = grant(wish, all, facts);
    if (next && isWanted(facts, all, next))
      all = next;
  }
  if (!proposals.empty())
    together = all;
  return proposals;
}
