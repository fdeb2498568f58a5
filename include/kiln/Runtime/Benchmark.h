//===- Benchmark.h - How long a program takes -------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_BENCHMARK_H
#define KILN_RUNTIME_BENCHMARK_H

#include "kiln/Runtime/CudaProgram.h"

namespace kiln::runtime {

struct BenchmarkOptions {
  int warmup = 5;
  int repeat = 30;
  /// Write a buffer twice as large as the L2 cache before each repetition.
  bool coldL2 = false;
  /// Milliseconds of rest before each repetition, to let the card cool.
  int restMilliseconds = 0;
  /// Leave out the kernels that depend on weights alone.
  bool skipPrepared = false;
};

/// Milliseconds.
struct TimeStatistics {
  double median = 0, minimum = 0, p10 = 0, p90 = 0, maximum = 0;
  int count = 0;
};
TimeStatistics summarize(std::vector<double> milliseconds);

struct KernelTiming {
  std::string name;
  TimeStatistics time;
  int64_t flops = 0, bytes = 0;
};

struct BenchmarkResult {
  TimeStatistics time; // the whole plan, in runs of its own
  int64_t flops = 0, bytes = 0;
  std::vector<KernelTiming> kernels; // those that ran, in order
};

/// In units of 1e12 a second, at the median; 0 where nothing is known.
double getTeraflops(int64_t flops, const TimeStatistics &time);
/// In units of 1e9 bytes a second.
double getGigabytes(int64_t bytes, const TimeStatistics &time);

/// Times the plan with the driver's events: first whole, then, in other
/// repetitions, kernel by kernel. Inputs must have been uploaded.
Result<BenchmarkResult> benchmark(CudaProgram &program,
                                  const BenchmarkOptions &options);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_BENCHMARK_H
