//===- Rounds.h - Programs timed beside each other --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_ROUNDS_H
#define KILN_RUNTIME_ROUNDS_H

#include "kiln/Runtime/CudaProgram.h"

namespace kiln::runtime {

/// The clock of a card moves while it works. So each round times every program
/// once, and what is compared are the times of one round.
struct RoundOptions {
  int rounds = 15;
  /// Runs of each program before the first round.
  int warmup = 3;
  /// A sample is the mean of so many runs that they take this long, and of at
  /// least one: events are exact to about half a microsecond.
  double sampleMilliseconds = 1;
  int maxRepeat = 100;
  /// Rest before each round, to let the card cool.
  int restMilliseconds = 0;
  /// No round starts later; at least one runs. 0: no limit.
  double budgetSeconds = 0;
  /// Leave out the kernels that depend on weights alone.
  bool skipPrepared = false;
};

/// Milliseconds of one run of each program, `[program][round]`. A round starts
/// one program further on than the last, so that none profits from its place.
/// All programs are on one device; inputs must have been uploaded. `onRound`,
/// if given, is called after each round with how many are done, and says
/// whether to go on.
Result<std::vector<std::vector<double>>>
timeInRounds(const std::vector<CudaProgram *> &programs,
             const RoundOptions &options,
             const std::function<bool(int)> &onRound = nullptr);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_ROUNDS_H
