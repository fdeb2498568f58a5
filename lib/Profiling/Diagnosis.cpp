//===- Diagnosis.cpp - What bounds a kernel -------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Profiling/Diagnosis.h"

#include "Proposals.h"

#include "llvm/Support/FormatVariadic.h"

using namespace kiln;
using namespace kiln::profiling;
using llvm::formatv;
using llvm::StringRef;

StringRef kiln::profiling::stringify(Bound bound) {
  switch (bound) {
  case Bound::Latency:
    return "latency";
  case Bound::Issue:
    return "issue";
  case Bound::TensorPipe:
    return "tensor pipe";
  case Bound::SharedMemory:
    return "shared memory";
  case Bound::L2:
    return "L2";
  case Bound::Dram:
    return "DRAM";
  case Bound::Tail:
    return "tail";
  case Bound::Launch:
    return "launch";
  case Bound::Unknown:
    return "unknown";
  }
  llvm_unreachable("covered switch");
}

double kiln::profiling::getTensorCeiling(TargetAttr target) {
  return target.getHalvedAccumulation() ? 50 : 100;
}

namespace {
/// Answers questions about one profile and writes down what answered them.
class Doctor {
public:
  Doctor(const KernelProfile &profile, const KernelFacts &facts)
      : profile(profile), facts(facts), target(facts.target),
        ceiling(getTensorCeiling(target)) {}

  Diagnosis run() {
    result.isFull = isFull();
    if (!result.isFull && !isLaunch() && !isTail() && !isBusiest())
      decideIdle();
    addOccupancy();
    addStall();
    result.proposals = propose(profile, facts, result, result.proposed);
    if (result.proposed)
      result.proposedText = print(result.proposed);
    return std::move(result);
  }

private:
  std::optional<double> get(Metric metric) const { return profile.get(metric); }

  void add(StringRef metric, double value, StringRef relation, double threshold,
           StringRef unit, const llvm::Twine &meaning) {
    result.evidence.push_back({metric.str(), value, relation.str(), threshold,
                               unit.str(), meaning.str()});
  }
  void add(Metric metric, StringRef relation, double threshold,
           const llvm::Twine &meaning) {
    add(getName(metric), *get(metric), relation, threshold, "%", meaning);
  }
  bool decide(Bound bound, const llvm::Twine &summary) {
    result.bound = bound;
    result.summary = summary.str();
    return true;
  }
  void miss(StringRef name) {
    if (!llvm::is_contained(result.missing, name))
      result.missing.push_back(name.str());
  }

  /// A unit that works all the time.
  bool isFull() {
    if (get(Metric::DramThroughput) >= kFull) {
      add(Metric::DramThroughput, ">=", kFull, "device memory is full");
      return decide(Bound::Dram, "device memory gives no more");
    }
    if (isTensorFull())
      return true;
    for (const BusyUnit &unit : kUnits)
      if (get(unit.metric) >= kFull) {
        add(unit.metric, ">=", kFull, unit.summary);
        return decide(unit.bound, unit.summary);
      }
    // The busiest unit is none of those above.
    if (get(Metric::SmThroughput) >= kFull && !tensorIsOpen &&
        !(isTensorKernel() && getTensorShare())) {
      add(Metric::SmThroughput, ">=", kFull,
          "an arithmetic unit or the issue slots are full");
      if (!get(Metric::IssueActive))
        miss("sm__inst_issued.avg.pct_of_peak_sustained_active");
      return decide(Bound::Issue, "instructions fill the multiprocessor");
    }
    return false;
  }

  bool isTensorKernel() const {
    return !facts.instruction || *facts.instruction != Contraction::FMA;
  }

  /// Whether the tensor pipe does all it can.
  bool isTensorFull() {
    if (!isTensorKernel())
      return false;
    if (auto pipe = get(Metric::TensorPipe)) {
      // With an accumulator of 16 bits the pipe reads up to 100.
      if (*pipe < kTensorFull * ceiling)
        return false;
      add(Metric::TensorPipe, ">=", kTensorFull * ceiling,
          ceiling < 100 ? "with f32 accumulation the pipe of this card reads "
                          "50 % when it is full"
                        : "the pipe multiplies all the time");
      return decide(Bound::TensorPipe,
                    "the tensor pipe multiplies all the time");
    }
    std::optional<double> share = getTensorShare();
    if (!share || *share < kTensorFull)
      return false;
    add(Metric::SmThroughput, ">=", kTensorFull * ceiling,
        formatv("a full tensor pipe reads {0:f0} to {1:f0} % here",
                kTensorFull * ceiling, ceiling)
            .str());
    return decide(Bound::TensorPipe, "the tensor pipe multiplies all the time");
  }

  /// Part of what the tensor pipe can do, without its own metric: by
  /// sm__throughput, if that can be the pipe. Nothing where another unit is
  /// what is read, or might be.
  std::optional<double> getTensorShare() {
    if (tensorShare)
      return *tensorShare;
    tensorShare.emplace(std::nullopt);
    auto sm = get(Metric::SmThroughput);
    // Above the ceiling another unit is busier than the pipe can read.
    if (!sm || *sm < kIdle / 100 * ceiling || *sm > ceiling + kSlack)
      return std::nullopt;
    double share = *sm / ceiling;
    bool isKnown = facts.instruction.has_value();
    switch (checkWorkRate(share)) {
    case Answer::No:
      return std::nullopt;
    case Answer::Yes:
      break;
    case Answer::NotRefuted:
      // Warps that feed a busy pipe wait for it, or for nothing else.
      if (std::string stall = getMainStall();
          !stall.empty() && stall != "math_pipe_throttle" && stall != "wait")
        return std::nullopt;
      if (isKnown) {
        miss("sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active");
        break;
      }
      [[fallthrough]];
    case Answer::Unknown:
      if (getMainStall() == "math_pipe_throttle")
        break;
      if (share >= kTensorFull) {
        tensorIsOpen = true;
        miss("sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active");
      }
      return std::nullopt;
    }
    tensorShare.emplace(share);
    return share;
  }

  enum class Answer { Yes, NotRefuted, No, Unknown };

  /// Whether the work over the time is what a tensor pipe does that works for
  /// `share` of the time.
  Answer checkWorkRate(double share) {
    if (!facts.flops)
      return Answer::Unknown;
    double gflops = facts.instruction && !multipliesTF32(*facts.instruction)
                        ? target.getF16Gflops()
                        : target.getTf32Gflops();
    if (facts.instruction)
      gflops /= double(getNumProducts(*facts.instruction));
    // The profiler locks the clock to the base.
    double clock =
        target.getBaseMhz() ? target.getBaseMhz() : target.getClockMhz();
    double peak = gflops * 1e9 * clock / target.getClockMhz();
    auto time = get(Metric::DurationNs);
    auto dram = get(Metric::DramThroughput);
    double ns = 0;
    std::string how = "by gpu__time_duration";
    if (time) {
      ns = *time;
    } else if (dram && *dram > 0 && facts.bytes) {
      // What must be read and written took at least so long; what the L2 cache
      // keeps at the end was not written yet.
      double bytes = std::max(0.0, facts.bytes - target.getL2Bytes());
      ns = bytes / (*dram / 100 * target.getBandwidthGbs());
      how = "at most, by its bytes and dram__throughput";
    }
    if (ns == 0)
      return time || !dram ? Answer::Unknown : Answer::NotRefuted;
    double part = facts.flops / (ns * 1e-9) / peak, least = kWorkFull * share;
    // A lower bound of the time refutes; it proves nothing.
    if (part >= least && !time)
      return Answer::NotRefuted;
    add("work rate", 100 * part, part >= least ? ">=" : "<", 100 * least,
        "% of the rate with f32 accumulation",
        how + (part >= least ? "" : ": the tensor pipe is not what is busy"));
    return part >= least ? Answer::Yes : Answer::No;
  }

  /// Part of the slots for blocks that work, over all waves.
  std::optional<double> getWaveEfficiency() const {
    std::optional<int64_t> blocks = profile.getBlocksPerSm();
    if (!blocks)
      blocks = facts.blocksPerSm;
    std::optional<double> grid = get(Metric::GridSize);
    if (!grid && facts.grid)
      grid = *facts.grid;
    if (!grid)
      return std::nullopt;
    double slots, items;
    if (facts.tiles && facts.tiles != facts.grid) {
      // Persistent blocks deal tiles out among themselves.
      slots = *grid;
      items = *facts.tiles;
    } else if (blocks) {
      // Fewer blocks than slots are spread over the multiprocessors.
      slots = std::min<double>(*blocks * target.getSms(),
                               std::ceil(*grid / target.getSms()) *
                                   target.getSms());
      items = *grid;
    } else {
      return std::nullopt;
    }
    return items / (std::ceil(items / slots) * slots);
  }

  bool isLaunch() {
    if (auto time = get(Metric::DurationNs); time && *time < kShortUs * 1e3) {
      add(getName(Metric::DurationNs), *time / 1e3, "<", kShortUs, "us",
          "starting a kernel takes about two");
      return decide(Bound::Launch, "the kernel is so short that its launch is "
                                   "most of it");
    }
    std::optional<double> grid = get(Metric::GridSize);
    if (!grid && facts.grid)
      grid = *facts.grid;
    double most = kTailFull * target.getSms();
    if (!grid || *grid >= most)
      return false;
    add(getName(Metric::GridSize), *grid, "<", most, "blocks",
        "a fifth of the multiprocessors or more have no block at all");
    return decide(Bound::Launch, "there are fewer blocks than multiprocessors");
  }

  bool isTail() {
    std::optional<double> efficiency = getWaveEfficiency();
    if (!efficiency || *efficiency >= kTailFull)
      return false;
    add("wave efficiency", 100 * *efficiency, "<", 100 * kTailFull, "%",
        "the last wave of blocks leaves multiprocessors idle");
    return decide(Bound::Tail, "the last wave of blocks is nearly empty");
  }

  /// No unit is full; the busiest one is the bound if it works more than not.
  bool isBusiest() {
    const BusyUnit *busiest = nullptr;
    double most = 0;
    for (const BusyUnit &unit : kUnits)
      if (auto value = get(unit.metric); value >= kIdle && *value > most) {
        busiest = &unit;
        most = *value;
      }
    auto dram = get(Metric::DramThroughput);
    auto pipe = get(Metric::TensorPipe);
    std::optional<double> share;
    if (isTensorKernel())
      share = pipe ? std::optional(*pipe / ceiling) : getTensorShare();
    if (share >= kIdle / 100 && 100 * *share > most &&
        100 * *share > dram.value_or(0)) {
      add(pipe ? Metric::TensorPipe : Metric::SmThroughput,
          ">=", kIdle / 100 * ceiling,
          formatv("the busiest unit: {0:f0} % of what the tensor pipe can do",
                  100 * *share)
              .str());
      return decide(Bound::TensorPipe, "the tensor pipe is the busiest unit, "
                                       "though not full");
    }
    if (dram >= kIdle && *dram > most) {
      add(Metric::DramThroughput, ">=", kIdle, "the busiest unit");
      return decide(Bound::Dram, "device memory is the busiest unit, though "
                                 "not full");
    }
    if (auto sm = get(Metric::SmThroughput);
        !tensorIsOpen && !share && sm >= kIdle && *sm > most + 1) {
      add(Metric::SmThroughput, ">=", kIdle,
          "a unit of the multiprocessor is busy");
      return decide(Bound::Issue, "instructions keep the multiprocessor busy, "
                                  "though not full");
    }
    if (!busiest)
      return false;
    add(busiest->metric, ">=", kIdle, "the busiest unit");
    return decide(busiest->bound, busiest->summary);
  }

  void decideIdle() {
    if (tensorIsOpen) {
      add(Metric::SmThroughput, ">=", kTensorFull * ceiling,
          "either a full tensor pipe, which reads at most " +
              formatv("{0:f0} % here", ceiling).str() +
              ", or another unit at half");
      decide(Bound::Unknown, "the tensor pipe may be full, or warps wait: the "
                             "work or a metric of the pipe would tell");
      return;
    }
    auto sm = get(Metric::SmThroughput), dram = get(Metric::DramThroughput);
    if (!sm)
      miss("sm__throughput.avg.pct_of_peak_sustained_elapsed");
    if (!dram)
      miss("dram__throughput.avg.pct_of_peak_sustained_elapsed");
    if (!sm || !dram) {
      decide(Bound::Unknown, "the metrics do not say which unit is busy");
      return;
    }
    add(Metric::SmThroughput, "<", kIdle,
        "no unit of the multiprocessors is "
        "busy");
    add(Metric::DramThroughput, "<", kIdle, "nor is device memory");
    decide(Bound::Latency, "warps wait: no unit is busy most of the time");
  }

  /// How many warps there are to hide latency, and what limits them.
  void addOccupancy() {
    if (result.bound != Bound::Latency && result.bound != Bound::Unknown)
      return;
    auto active = get(Metric::WarpsActive);
    if (!active)
      return miss("sm__warps_active.avg.pct_of_peak_sustained_active");
    std::string limiter;
    std::optional<int64_t> least = profile.getBlocksPerSm();
    for (auto [metric, name] : {std::pair(Metric::LimitRegisters, "registers"),
                                std::pair(Metric::LimitShared, "shared memory"),
                                std::pair(Metric::LimitWarps, "warps")})
      if (limiter.empty() && least && get(metric) == double(*least))
        limiter = name;
    // Eight warps give each of the four schedulers two to choose from.
    double two = 100.0 * 8 * 32 / target.getThreadsPerSm();
    add(Metric::WarpsActive, *active <= two ? "<=" : ">", two,
        *active <= two ? "a scheduler has two warps at most" +
                             (limiter.empty() ? "" : ", limited by " + limiter)
                       : "more than two warps for each scheduler");
  }

  /// Warps that wait, without those that could issue.
  std::string getMainStall(double *part = nullptr) const {
    double sum = 0, most = 0;
    std::string main;
    for (const auto &[reason, value] : profile.stalls) {
      if (reason == "selected" || reason == "not_selected")
        continue;
      sum += value;
      if (value > most) {
        most = value;
        main = reason;
      }
    }
    if (sum == 0 || most < kMainStall * sum)
      return "";
    if (part)
      *part = most / sum;
    return main;
  }

  void addStall() {
    double part = 0;
    std::string reason = getMainStall(&part);
    if (reason.empty()) {
      if (result.bound == Bound::Latency && profile.stalls.empty())
        miss("smsp__average_warps_issue_stalled_long_scoreboard_per_issue_"
             "active.ratio and the other reasons");
      return;
    }
    result.mainStall = reason;
    add("stalled " + reason, 100 * part, ">=", 100 * kMainStall,
        "% of the stalls", describeStall(reason));
  }

  struct BusyUnit {
    Metric metric;
    Bound bound;
    StringRef summary;
  };
  static constexpr BusyUnit kUnits[] = {
      {Metric::L2Throughput, Bound::L2, "the L2 cache is the busiest unit"},
      {Metric::SharedWavefronts, Bound::SharedMemory,
       "shared memory is the busiest unit"},
      {Metric::L1Throughput, Bound::SharedMemory,
       "shared memory and L1 are the busiest unit"},
      {Metric::IssueActive, Bound::Issue, "issue slots are the busiest unit"}};

  const KernelProfile &profile;
  const KernelFacts &facts;
  TargetAttr target;
  double ceiling;
  /// sm__throughput may be a full tensor pipe.
  bool tensorIsOpen = false;
  /// What `getTensorShare` answered.
  std::optional<std::optional<double>> tensorShare;
  Diagnosis result;
};
} // namespace

Diagnosis kiln::profiling::diagnose(const KernelProfile &profile,
                                    const KernelFacts &facts) {
  return Doctor(profile, facts).run();
}
