//===- Benchmark.cpp - How long a program takes -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Benchmark.h"

#include "EventTimer.h"

#include <algorithm>
#include <cmath>

namespace kiln::runtime {

TimeStatistics summarize(std::vector<double> values) {
  TimeStatistics result;
  if (values.empty())
    return result;
  std::sort(values.begin(), values.end());
  // Linear interpolation between the neighbours, as NumPy does.
  auto quantile = [&](double q) {
    double position = q * double(values.size() - 1);
    size_t low = size_t(position);
    size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (position - low);
  };
  result.median = quantile(0.5);
  result.minimum = values.front();
  result.maximum = values.back();
  result.p10 = quantile(0.1);
  result.p90 = quantile(0.9);
  result.count = int(values.size());
  return result;
}

double getTeraflops(int64_t flops, const TimeStatistics &time) {
  return time.median > 0 ? double(flops) / time.median * 1e-9 : 0;
}
double getGigabytes(int64_t bytes, const TimeStatistics &time) {
  return time.median > 0 ? double(bytes) / time.median * 1e-6 : 0;
}

/// Repeats the launches of `kernels` with an event before each `group` of them
/// and one at the end; returns the milliseconds of each group.
static Result<std::vector<std::vector<double>>>
measure(CudaProgram &program, const BenchmarkOptions &options,
        const std::vector<std::vector<size_t>> &groups) {
  size_t repeat = size_t(std::max(1, options.repeat));
  size_t stride = groups.size() + 1;
  EventTimer timer(program.device());
  Status status = timer.initialize(repeat * stride, options.coldL2);
  for (size_t run = 0; run < repeat && !status.failed(); ++run) {
    status = timer.settle(options.restMilliseconds);
    for (size_t group = 0; group < groups.size() && !status.failed(); ++group) {
      status = timer.record(run * stride + group);
      for (size_t kernel : groups[group])
        if (!status.failed())
          status = program.launch(kernel);
    }
    if (!status.failed())
      status = timer.record(run * stride + groups.size());
  }
  if (!status.failed())
    status = program.device().synchronize();
  if (status.failed())
    return status.error();
  std::vector<std::vector<double>> times(groups.size());
  for (size_t run = 0; run < repeat; ++run)
    for (size_t group = 0; group < groups.size(); ++group) {
      Result<double> time =
          timer.elapsed(run * stride + group, run * stride + group + 1);
      if (time.failed())
        return time.error();
      times[group].push_back(*time);
    }
  return times;
}

Result<BenchmarkResult> benchmark(CudaProgram &program,
                                  const BenchmarkOptions &options) {
  const std::vector<KernelInfo> &kernels = program.plan().kernels;
  std::vector<size_t> all;
  std::vector<std::vector<size_t>> single;
  for (size_t i = 0; i < kernels.size(); ++i)
    if (!options.skipPrepared || !program.isPrepared(i)) {
      all.push_back(i);
      single.push_back({i});
    }
  if (options.skipPrepared)
    if (Status status = program.prepare(); status.failed())
      return status.error();
  for (int i = 0; i < options.warmup; ++i)
    if (Status status = program.run(options.skipPrepared); status.failed())
      return status.error();
  if (Status status = program.device().synchronize(); status.failed())
    return status.error();

  BenchmarkResult result;
  auto whole = measure(program, options, {all});
  if (whole.failed())
    return whole.error();
  result.time = summarize((*whole)[0]);
  auto parts = single.size() > 1 ? measure(program, options, single) : whole;
  if (parts.failed())
    return parts.error();
  for (size_t i = 0; i < all.size(); ++i) {
    const KernelInfo &kernel = kernels[all[i]];
    result.kernels.push_back(KernelTiming{kernel.name, summarize((*parts)[i]),
                                          kernel.flops, kernel.bytes});
    result.flops += kernel.flops;
    result.bytes += kernel.bytes;
  }
  return result;
}

} // namespace kiln::runtime
