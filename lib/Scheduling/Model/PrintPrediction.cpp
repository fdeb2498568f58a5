//===- PrintPrediction.cpp - Predictions for readers and tools ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Model.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace kiln;

/// Four digits: more would claim what a model does not know.
static double rounded(double value) {
  if (value == 0 || !std::isfinite(value))
    return 0;
  double unit = std::pow(10, 3 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * unit) / unit;
}

llvm::json::Object kiln::toJson(const KernelDescription &kernel,
                                const Prediction &p) {
  const Utilisation &u = p.utilisation;
  return llvm::json::Object{
      {"time_ms", rounded(p.milliseconds)},
      {"clock_mhz", p.clockMhz},
      {"bound", p.bound},
      {"launch__grid_size", p.grid},
      {"launch__registers_per_thread", kernel.registers},
      {"launch__occupancy_limit_registers", p.occupancy.limits.registers},
      {"launch__occupancy_limit_shared_mem", p.occupancy.limits.sharedMemory},
      {"launch__occupancy_limit_warps", p.occupancy.limits.warps},
      {"launch__occupancy_limit_blocks", p.occupancy.limits.blocks},
      {"sm__throughput", rounded(p.smThroughput)},
      {"sm__pipe_tensor_cycles_active", rounded(p.tensorPipe)},
      {"sm__warps_active", rounded(p.warpsActive)},
      {"dram__throughput", rounded(p.dramThroughput)},
      {"lts__t_sector_hit_rate", rounded(p.l2HitRate)},
      {"blocks_per_sm", p.occupancy.blocksPerSm},
      {"waves", p.waves},
      {"tail_share", rounded(p.tailShare)},
      {"dram_read_bytes", rounded(p.dramReadBytes)},
      {"dram_write_bytes", rounded(p.dramWriteBytes)},
      {"l2_bytes", rounded(p.l2Bytes)},
      {"busy", llvm::json::Object{{"tensor pipe", rounded(u.tensor)},
                                  {"issue", rounded(u.issue)},
                                  {"integer pipe", rounded(u.alu)},
                                  {"fma", rounded(u.fma)},
                                  {"special functions", rounded(u.special)},
                                  {"shared memory", rounded(u.shared)},
                                  {"L2", rounded(u.l2)},
                                  {"DRAM", rounded(u.dram)}}}};
}

std::string kiln::formatPredictions(const KernelDescription &kernel,
                                    const Prediction &profiler,
                                    const Prediction &boost) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "kernel " << (kernel.name.empty() ? "(unnamed)" : kernel.name) << "\n";
  auto line = [&](llvm::StringRef name) -> llvm::raw_ostream & {
    return os << "  " << llvm::left_justify(name, 26);
  };
  const Occupancy &o = profiler.occupancy;
  line("grid") << profiler.grid << " blocks of " << kernel.warps << " warps, "
               << profiler.waves << " waves\n";
  line("occupancy") << o.blocksPerSm << " blocks, " << o.warpsPerSm << " of "
                    << o.maxWarpsPerSm << " warps, limited by " << o.limiter
                    << "\n";
  if (!o.blocksPerSm) {
    line("") << "no multiprocessor can hold a block\n";
    return text;
  }
  line("bound") << boost.bound << "\n";
  line("") << "under a profiler      boosting\n";
  auto row = [&](llvm::StringRef name, auto get, llvm::StringRef unit) {
    line(name) << llvm::format("%11.4g %-9s", get(profiler), unit.data())
               << llvm::format("%9.4g ", get(boost)) << unit << "\n";
  };
  using P = const Prediction &;
  row("time", [](P p) { return p.milliseconds; }, "ms");
  row("clock", [](P p) { return p.clockMhz; }, "MHz");
  row("sm__throughput", [](P p) { return p.smThroughput; }, "%");
  row("sm__warps_active", [](P p) { return p.warpsActive; }, "%");
  row("dram__throughput", [](P p) { return p.dramThroughput; }, "%");
  row("lts__t_sector_hit_rate", [](P p) { return p.l2HitRate; }, "%");
  row("tensor pipe, counted", [](P p) { return p.tensorPipe; }, "%");
  row("tensor pipe, reachable", [](P p) { return p.utilisation.tensor; }, "%");
  row("issue slots", [](P p) { return p.utilisation.issue; }, "%");
  row("integer pipe", [](P p) { return p.utilisation.alu; }, "%");
  row("f32 lanes", [](P p) { return p.utilisation.fma; }, "%");
  row("special functions", [](P p) { return p.utilisation.special; }, "%");
  row("shared memory, L1", [](P p) { return p.utilisation.shared; }, "%");
  row("L2", [](P p) { return p.utilisation.l2; }, "%");
  return text;
}
