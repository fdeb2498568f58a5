//===- Metrics.h - What Nsight Compute measures of a kernel -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PROFILING_METRICS_H
#define KILN_PROFILING_METRICS_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <variant>

namespace kiln::profiling {

/// The metrics that the diagnosis reads. Names of `ncu --query-metrics`, labels
/// of its details page and units: docs/profiling.md, from the table in
/// lib/Profiling/Metrics.cpp.
enum class Metric {
  // Of the launch; exact.
  GridSize,        ///< blocks
  BlockSize,       ///< threads of a block
  Registers,       ///< of a thread
  LimitRegisters,  ///< blocks of a multiprocessor, by registers
  LimitShared,     ///< by shared memory
  LimitWarps,      ///< by warps
  LimitBlocks,     ///< by the hardware
  LimitBarriers,   ///< by barriers
  MaxWarpsPercent, ///< warps that may be active, of the most; percent
  // Percent of what the hardware can do.
  SmThroughput,     ///< the busiest unit of the multiprocessors
  WarpsActive,      ///< of the most
  TensorPipe,       ///< cycles or instructions of the tensor pipe
  IssueActive,      ///< cycles in which an instruction is issued
  SharedWavefronts, ///< passes through shared memory
  L1Throughput,     ///< L1 and shared memory
  L2Throughput,
  L2HitRate, ///< sectors
  DramThroughput,
  // Others.
  DramBytes,  ///< read and written
  DurationNs, ///< of the kernel
};

/// How a value is written and what it can be.
enum class Unit { Count, Percent, Bytes, Nanoseconds, Warps };

/// Why warps wait: `smsp__average_warps_issue_stalled_<reason>...`; the value
/// is warps for each instruction that is issued.
struct Stall {
  std::string reason; ///< "long_scoreboard", "barrier", ...
};

/// A metric that the diagnosis knows, or a stall reason.
using MetricOrStall = std::variant<Metric, Stall>;

/// The metric that ncu calls `name`: with its suffix as in `--metrics` and on
/// the raw page, or the label of the details page. Nothing for others, and for
/// suffixes that mean something else (`sm__warps_active.sum`).
std::optional<MetricOrStall> parseMetric(llvm::StringRef name);

/// The first of its names, without a suffix: "sm__throughput".
llvm::StringRef getName(Metric metric);
Unit getUnit(Metric metric);

/// The factor that takes a value in ncu's unit `text` ("%", "Gbyte", "usecond",
/// "register/thread") to a number of `unit`; nothing where they do not go
/// together. No text is no factor.
std::optional<double> parseUnit(llvm::StringRef text, Unit unit);

} // namespace kiln::profiling

#endif // KILN_PROFILING_METRICS_H
