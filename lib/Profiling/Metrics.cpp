//===- Metrics.cpp - What Nsight Compute measures of a kernel -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Profiling/Metrics.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

using namespace kiln::profiling;
using llvm::StringRef;

namespace {
/// The part of a metric's name behind its first '.'.
enum class Suffix {
  None,    ///< or that of a launch metric, which ncu does not write
  Percent, ///< .avg.pct_of_peak_sustained_elapsed or _active, or .pct
  Sum,
};

struct Name {
  Metric metric;
  StringRef name;
  Suffix suffix;
};
} // namespace

/// All names by which a metric is known; the first is that for messages. The
/// tensor pipe's differ between architectures and releases of ncu.
static constexpr Name kNames[] = {
    {Metric::GridSize, "launch__grid_size", Suffix::None},
    {Metric::BlockSize, "launch__block_size", Suffix::None},
    {Metric::Registers, "launch__registers_per_thread", Suffix::None},
    {Metric::LimitRegisters, "launch__occupancy_limit_registers", Suffix::None},
    {Metric::LimitShared, "launch__occupancy_limit_shared_mem", Suffix::None},
    {Metric::LimitWarps, "launch__occupancy_limit_warps", Suffix::None},
    {Metric::LimitBlocks, "launch__occupancy_limit_blocks", Suffix::None},
    {Metric::LimitBarriers, "launch__occupancy_limit_barriers", Suffix::None},
    {Metric::MaxWarpsPercent, "sm__maximum_warps_per_active_cycle_pct",
     Suffix::None},
    {Metric::SmThroughput, "sm__throughput", Suffix::Percent},
    {Metric::WarpsActive, "sm__warps_active", Suffix::Percent},
    {Metric::TensorPipe, "sm__pipe_tensor_cycles_active", Suffix::Percent},
    {Metric::TensorPipe, "sm__pipe_tensor_op_hmma_cycles_active",
     Suffix::Percent},
    {Metric::TensorPipe, "sm__inst_executed_pipe_tensor", Suffix::Percent},
    {Metric::TensorPipe, "sm__inst_executed_pipe_tensor_op_hmma",
     Suffix::Percent},
    {Metric::IssueActive, "sm__inst_issued", Suffix::Percent},
    {Metric::IssueActive, "sm__issue_active", Suffix::Percent},
    {Metric::IssueActive, "smsp__issue_active", Suffix::Percent},
    {Metric::IssueActive, "smsp__inst_issued", Suffix::Percent},
    {Metric::SharedWavefronts, "l1tex__data_pipe_lsu_wavefronts_mem_shared",
     Suffix::Percent},
    {Metric::L1Throughput, "l1tex__throughput", Suffix::Percent},
    {Metric::L2Throughput, "lts__throughput", Suffix::Percent},
    {Metric::L2HitRate, "lts__t_sector_hit_rate", Suffix::Percent},
    {Metric::DramThroughput, "dram__throughput", Suffix::Percent},
    {Metric::DramThroughput, "gpu__dram_throughput", Suffix::Percent},
    {Metric::DramBytes, "dram__bytes", Suffix::Sum},
    {Metric::DurationNs, "gpu__time_duration", Suffix::Sum},
};

/// Labels of the details page.
static constexpr Name kLabels[] = {
    {Metric::GridSize, "Grid Size", Suffix::None},
    {Metric::BlockSize, "Block Size", Suffix::None},
    {Metric::Registers, "Registers Per Thread", Suffix::None},
    {Metric::LimitRegisters, "Block Limit Registers", Suffix::None},
    {Metric::LimitShared, "Block Limit Shared Mem", Suffix::None},
    {Metric::LimitWarps, "Block Limit Warps", Suffix::None},
    {Metric::LimitBlocks, "Block Limit SM", Suffix::None},
    {Metric::LimitBarriers, "Block Limit Barriers", Suffix::None},
    {Metric::MaxWarpsPercent, "Theoretical Occupancy", Suffix::None},
    {Metric::SmThroughput, "Compute (SM) Throughput", Suffix::None},
    {Metric::WarpsActive, "Achieved Occupancy", Suffix::None},
    {Metric::IssueActive, "Issue Slots Busy", Suffix::None},
    {Metric::L1Throughput, "L1/TEX Cache Throughput", Suffix::None},
    {Metric::L2Throughput, "L2 Cache Throughput", Suffix::None},
    {Metric::L2HitRate, "L2 Hit Rate", Suffix::None},
    {Metric::DramThroughput, "DRAM Throughput", Suffix::None},
    {Metric::DurationNs, "Duration", Suffix::None},
};

static bool hasSuffix(StringRef suffix, Suffix kind) {
  switch (kind) {
  case Suffix::None:
    return suffix.empty();
  case Suffix::Percent:
    return llvm::StringSwitch<bool>(suffix)
        .Cases({"", "pct", "avg.pct", "avg.pct_of_peak_sustained_elapsed",
                "avg.pct_of_peak_sustained_active"},
               true)
        .Default(false);
  case Suffix::Sum:
    return suffix.empty() || suffix == "sum" || suffix == "avg";
  }
  llvm_unreachable("covered switch");
}

std::optional<MetricOrStall> kiln::profiling::parseMetric(StringRef name) {
  name = name.trim();
  for (const Name &known : kLabels)
    if (known.name == name)
      return known.metric;
  auto [base, suffix] = name.split('.');
  for (const Name &known : kNames)
    if (known.name == base && hasSuffix(suffix, known.suffix))
      return known.metric;
  // Warps that wait for a reason, for each cycle in which one is issued.
  StringRef reason = base;
  if (reason.consume_front("smsp__average_warps_issue_stalled_") &&
      reason.consume_back("_per_issue_active") &&
      (suffix.empty() || suffix == "ratio") && !reason.empty() &&
      !reason.ends_with("_not_issued"))
    return Stall{reason.str()};
  return std::nullopt;
}

StringRef kiln::profiling::getName(Metric metric) {
  return llvm::find_if(kNames,
                       [&](const Name &name) { return name.metric == metric; })
      ->name;
}

Unit kiln::profiling::getUnit(Metric metric) {
  if (metric == Metric::DramBytes)
    return Unit::Bytes;
  if (metric == Metric::DurationNs)
    return Unit::Nanoseconds;
  return metric < Metric::MaxWarpsPercent ? Unit::Count : Unit::Percent;
}

std::optional<double> kiln::profiling::parseUnit(StringRef text, Unit unit) {
  text = text.trim();
  if (text.empty())
    return 1;
  switch (unit) {
  case Unit::Count:
    // "block", "thread", "register/thread", ...
    return text.contains("byte") || text.contains('%') || text.contains("sec")
               ? std::nullopt
               : std::optional<double>(1);
  case Unit::Percent:
    return text == "%" ? std::optional<double>(1) : std::nullopt;
  case Unit::Warps:
    return text == "inst" || text == "warp" || text == "ratio"
               ? std::optional<double>(1)
               : std::nullopt;
  case Unit::Bytes: {
    double factor = llvm::StringSwitch<double>(text)
                        .Cases({"byte", "B"}, 1)
                        .Cases({"Kbyte", "KB"}, 1e3)
                        .Cases({"Mbyte", "MB"}, 1e6)
                        .Cases({"Gbyte", "GB"}, 1e9)
                        .Default(0);
    return factor ? std::optional<double>(factor) : std::nullopt;
  }
  case Unit::Nanoseconds: {
    double factor = llvm::StringSwitch<double>(text)
                        .Cases({"nsecond", "ns"}, 1)
                        .Cases({"usecond", "us"}, 1e3)
                        .Cases({"msecond", "ms"}, 1e6)
                        .Cases({"second", "s"}, 1e9)
                        .Default(0);
    return factor ? std::optional<double>(factor) : std::nullopt;
  }
  }
  llvm_unreachable("covered switch");
}
