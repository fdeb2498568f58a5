//===- Model.h - Predicted time and metrics of a kernel ---------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_MODEL_MODEL_H
#define KILN_SCHEDULING_MODEL_MODEL_H

#include "kiln/Machine/Occupancy.h"
#include "kiln/Scheduling/Model/KernelDescription.h"

namespace kiln {

/// Under a profiler the clock is locked to `base_mhz`; a timed run boosts.
enum class Clock { Profiler, Boost };

/// The busy share of each part of the card, in percent of what it can do,
/// averaged over the kernel's time.
struct Utilisation {
  double tensor = 0;  ///< of the rate of the kernel's own multiplies
  double issue = 0;   ///< of the schedulers' slots
  double alu = 0;     ///< of the integer pipe
  double fma = 0;     ///< of the f32 lanes
  double special = 0; ///< of the special function units
  double shared = 0;  ///< of shared memory and the level 1 cache
  double l2 = 0;
  double dram = 0; ///< of the public bandwidth
};

struct Prediction {
  double milliseconds = 0;
  double clockMhz = 0;
  /// "tensor pipe", "issue", "fma", "special functions", "shared memory", "L2",
  /// "DRAM", "latency" (nothing is busy for 70 % of the time), "tail" (more
  /// than a third of the time in a last wave that is not full) or "launch".
  llvm::StringRef bound;
  Utilisation utilisation;

  Occupancy occupancy;
  int64_t grid = 0;     ///< blocks of a launch
  int64_t waves = 0;    ///< tiles over resident blocks, rounded up
  double tailShare = 0; ///< of the time, in a last wave that is not full

  double dramReadBytes = 0, dramWriteBytes = 0, l2Bytes = 0;

  // As a profiler names and counts them, in percent of its peaks.
  double smThroughput = 0;   ///< sm__throughput
  double warpsActive = 0;    ///< sm__warps_active
  double dramThroughput = 0; ///< dram__throughput
  double l2HitRate = 0;      ///< lts__t_sector_hit_rate
  double tensorPipe = 0;     ///< sm__pipe_tensor_cycles_active
};

/// Time and metrics of `kernel` (completed, see `KernelDescription::complete`)
/// on `target`. A kernel that no multiprocessor can hold has no blocks in
/// `occupancy` and no time.
Prediction predict(const KernelDescription &kernel, TargetAttr target,
                   Clock clock);

/// The prediction under the names of the profiler's metrics, for `--json`.
llvm::json::Object toJson(const KernelDescription &kernel,
                          const Prediction &prediction);
/// Both clocks beside each other, for a reader.
std::string formatPredictions(const KernelDescription &kernel,
                              const Prediction &profiler,
                              const Prediction &boost);

/// Bytes that pass between the caches and device memory.
struct Traffic {
  double dramRead = 0, dramWrite = 0;
  double l2Read = 0, l2Write = 0;
};

/// `resident` blocks run at a time on the card.
Traffic computeTraffic(const KernelDescription &kernel, double l2Capacity,
                       double resident);

/// Customers that circulate between stations, each of which serves one at a
/// time for `demands[i]` cycles a turn; a turn also has `delay` cycles in which
/// nobody waits for another. Turns a cycle, by exact mean value analysis of the
/// closed network (Reiser and Lavenberg, 1980); a fraction of a customer is
/// interpolated.
double computeThroughput(llvm::ArrayRef<double> demands, double delay,
                         double customers);

} // namespace kiln

#endif // KILN_SCHEDULING_MODEL_MODEL_H
