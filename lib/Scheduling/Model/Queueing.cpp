//===- Queueing.cpp - Mean value analysis ---------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Model.h"

#include "llvm/ADT/SmallVector.h"

#include <cmath>

using namespace kiln;

/// With a whole number of customers.
static double compute(llvm::ArrayRef<double> demands, double delay,
                      int64_t customers) {
  llvm::SmallVector<double> queue(demands.size(), 0);
  double throughput = 0;
  for (int64_t n = 1; n <= customers; ++n) {
    // One that arrives sees the queues of the network without it.
    double turn = delay;
    for (size_t i = 0; i < demands.size(); ++i)
      turn += demands[i] * (1 + queue[i]);
    if (turn <= 0)
      return 0;
    throughput = n / turn;
    for (size_t i = 0; i < demands.size(); ++i)
      queue[i] = throughput * demands[i] * (1 + queue[i]);
  }
  return throughput;
}

double kiln::computeThroughput(llvm::ArrayRef<double> demands, double delay,
                               double customers) {
  int64_t whole = std::floor(customers);
  double below = compute(demands, delay, whole);
  if (whole == customers)
    return below;
  return below +
         (customers - whole) * (compute(demands, delay, whole + 1) - below);
}
