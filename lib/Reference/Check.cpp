//===- Check.cpp - Is an actual element right? ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace kiln::reference;

/// Statistics need this many different values: equal ones err alike.
static constexpr size_t kMinDistinct = 64;
/// An error beyond so many expected deviations counts as large...
static constexpr double kLarge = 4;
/// ... and a batch with more than this part of large errors is wrong.
static constexpr double kMaxLargePart = 0.05;
/// Mean distance from rounding to nearest, in half units. Rounding toward zero
/// gives -1.
static constexpr double kMaxDrift = 0.5;

static KilnReferenceResult judgeInteger(const Value &expected,
                                        const Value &actual, ElementType type) {
  // The evaluator computes with true = -1; in memory, and for a reader, it is
  // 1. No other byte is an i1, even where nothing else is known.
  auto inMemory = [&](int64_t integer) {
    return type.width == 1 ? int64_t(zeroExtend(integer, 1)) : integer;
  };
  KilnReferenceResult result = {double(inMemory(expected.integer)), 0, 0};
  llvm::SmallVector<int64_t> list;
  if (!listChoices(expected, list)) {
    result.bound = std::numeric_limits<double>::infinity();
    result.ok = inMemory(actual.integer) == actual.integer;
    return result;
  }
  for (int64_t &choice : list)
    choice = inMemory(choice);
  for (int64_t choice : list)
    result.bound =
        std::max(result.bound, std::abs(double(choice) - result.value));
  result.ok = llvm::is_contained(list, actual.integer);
  return result;
}

KilnReferenceResult kiln::reference::judge(const Value &expected,
                                           const Value &actual,
                                           ElementType type,
                                           Observation &observation) {
  if (!type.isFloat())
    return judgeInteger(expected, actual, type);
  Value e = expected;
  double a = actual.value;
  if (e.isEmpty())
    return {e.value, 0, std::isnan(a)};
  // The kernel stores in the output's type, whatever it computed in.
  roundResult(type, e);
  if (std::isnan(e.value))
    e.value = std::clamp(0.0, e.lo, e.hi);
  double once = roundTo(type, e.value);
  if (std::isinf(once))
    e.value = once;
  double up = e.hi == e.value ? 0 : e.hi - e.value;
  double down = e.lo == e.value ? 0 : e.value - e.lo;
  KilnReferenceResult result = {e.value, std::max(up, down), 0};
  if (std::isnan(a)) {
    result.ok = e.mayBeNaN;
    return result;
  }
  result.ok = e.lo <= a && a <= e.hi;
  // A zero of known sign.
  if (result.ok && e.lo == 0 && e.hi == 0 &&
      std::signbit(e.lo) == std::signbit(e.hi))
    result.ok = std::signbit(a) == std::signbit(e.lo);
  if (!result.ok || !std::isfinite(a) || !std::isfinite(e.value) ||
      e.isPoint() || !(e.variance > 0) || !std::isfinite(e.variance))
    return result;
  observation.error = a - e.value;
  observation.deviation = std::sqrt(e.variance);
  observation.value = e.value;
  double half = halfUlp(type, e.value);
  if (observation.deviation <= 1.5 * half) {
    double staged = roundTo(type, e.staged);
    double nearest = std::abs(a - once) <= std::abs(a - staged) ? once : staged;
    observation.drift = (std::abs(a) - std::abs(nearest)) / half;
  }
  return result;
}

void kiln::reference::judgeBatch(const std::vector<Observation> &observations,
                                 KilnReferenceResult *results) {
  // Equal values err alike (behind padding, say): they are one of them.
  std::vector<Observation> seen;
  llvm::copy_if(observations, std::back_inserter(seen),
                [](const Observation &o) { return o.deviation != 0; });
  auto getKey = [](const Observation &o) {
    return std::pair(o.value, o.error);
  };
  llvm::sort(seen, [&](const Observation &a, const Observation &b) {
    return getKey(a) < getKey(b);
  });
  seen.erase(llvm::unique(seen,
                          [&](const Observation &a, const Observation &b) {
                            return getKey(a) == getKey(b);
                          }),
             seen.end());
  size_t numDistinct = 0, numLarge = 0, numDrifts = 0;
  double drift = 0;
  for (auto [index, o] : llvm::enumerate(seen)) {
    numDistinct += index == 0 || o.value != seen[index - 1].value;
    numLarge += std::abs(o.error) > kLarge * o.deviation;
    if (!std::isnan(o.drift)) {
      drift += o.drift;
      ++numDrifts;
    }
  }
  if (numDistinct < kMinDistinct)
    return;
  bool tooLarge = double(numLarge) > kMaxLargePart * double(seen.size());
  bool oneSided = numDrifts >= kMinDistinct &&
                  std::abs(drift) > kMaxDrift * double(numDrifts);
  for (auto [index, o] : llvm::enumerate(observations)) {
    if (o.deviation == 0)
      continue;
    if (tooLarge && std::abs(o.error) > kLarge * o.deviation)
      results[index].ok = 0;
    if (oneSided && !std::isnan(o.drift) && o.drift * drift > 0)
      results[index].ok = 0;
  }
}
