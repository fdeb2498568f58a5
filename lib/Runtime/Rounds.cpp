//===- Rounds.cpp - Programs timed beside each other ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Rounds.h"

#include "EventTimer.h"

#include <cmath>

namespace kiln::runtime {

/// The mean of `repeat` runs, in milliseconds.
static Result<double> timeRuns(CudaProgram &program, EventTimer &timer,
                               int repeat, bool skipPrepared) {
  Status status = timer.record(0);
  for (int run = 0; run < repeat && !status.failed(); ++run)
    status = program.run(skipPrepared);
  if (!status.failed())
    status = timer.record(1);
  if (!status.failed())
    status = program.device().synchronize();
  if (status.failed())
    return status.error();
  Result<double> time = timer.elapsed(0, 1);
  if (time.failed())
    return time;
  return *time / repeat;
}

/// How many runs one sample has.
static Result<int> chooseRepeat(CudaProgram &program, EventTimer &timer,
                                const RoundOptions &options) {
  if (options.skipPrepared)
    if (Status status = program.prepare(); status.failed())
      return status.error();
  for (int run = 0; run < options.warmup; ++run)
    if (Status status = program.run(options.skipPrepared); status.failed())
      return status.error();
  Result<double> once = timeRuns(program, timer, 1, options.skipPrepared);
  if (once.failed())
    return once.error();
  int most = std::max(1, options.maxRepeat);
  double runs = std::ceil(options.sampleMilliseconds / std::max(*once, 1e-6));
  return int(std::clamp(runs, 1.0, double(most)));
}

Result<std::vector<std::vector<double>>>
timeInRounds(const std::vector<CudaProgram *> &programs,
             const RoundOptions &options,
             const std::function<bool(int)> &onRound) {
  std::vector<std::vector<double>> times(programs.size());
  if (programs.empty())
    return times;
  CudaDevice &device = programs.front()->device();
  EventTimer timer(device);
  if (Status status = timer.initialize(2, /*cold=*/false); status.failed())
    return status.error();
  std::vector<int> repeats;
  for (CudaProgram *program : programs) {
    Result<int> repeat = chooseRepeat(*program, timer, options);
    if (repeat.failed())
      return repeat.error();
    repeats.push_back(*repeat);
  }
  using Clock = std::chrono::steady_clock;
  auto start = Clock::now();
  auto isOverBudget = [&] {
    std::chrono::duration<double> spent = Clock::now() - start;
    return options.budgetSeconds > 0 && spent.count() > options.budgetSeconds;
  };
  for (int round = 0; round < std::max(1, options.rounds); ++round) {
    if (round > 0 && isOverBudget())
      break;
    if (Status status = timer.settle(options.restMilliseconds); status.failed())
      return status.error();
    for (size_t i = 0; i < programs.size(); ++i) {
      size_t index = (i + size_t(round)) % programs.size();
      Result<double> time = timeRuns(*programs[index], timer, repeats[index],
                                     options.skipPrepared);
      if (time.failed())
        return time.error();
      times[index].push_back(*time);
    }
    if (onRound && !onRound(round + 1))
      break;
  }
  return times;
}

} // namespace kiln::runtime
