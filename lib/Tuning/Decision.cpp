//===- Decision.cpp - Whether a change is kept ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Decision.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

using namespace kiln::tuning;

double kiln::tuning::median(std::vector<double> values) {
  if (values.empty())
    return 0;
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  double high = values[middle];
  if (values.size() % 2)
    return high;
  return (*std::max_element(values.begin(), values.begin() + middle) + high) /
         2;
}

/// Of the 2^n ways to give the ranks 1 to n signs, the part in which the
/// positive ranks add up to `sum` at most.
static double getExactProbability(size_t n, size_t sum) {
  std::vector<double> ways(n * (n + 1) / 2 + 1, 0);
  ways[0] = 1;
  for (size_t rank = 1; rank <= n; ++rank)
    for (size_t i = ways.size(); i-- > rank;)
      ways[i] += ways[i - rank];
  double good = 0;
  for (size_t i = 0; i <= std::min(sum, ways.size() - 1); ++i)
    good += ways[i];
  return good / std::ldexp(1.0, int(n));
}

double kiln::tuning::signedRankTest(const std::vector<double> &ratios) {
  std::vector<double> differences;
  for (double ratio : ratios)
    if (double log = std::log(ratio); log != 0 && std::isfinite(log))
      differences.push_back(log);
  size_t n = differences.size();
  if (n == 0)
    return 1;
  std::sort(differences.begin(), differences.end(),
            [](double a, double b) { return std::abs(a) < std::abs(b); });
  // Equal magnitudes share the mean of their ranks.
  double positive = 0, tieTerm = 0;
  bool hasTies = false;
  for (size_t i = 0; i < n;) {
    size_t end = i + 1;
    while (end < n && std::abs(differences[end]) == std::abs(differences[i]))
      ++end;
    double count = double(end - i), rank = double(i + 1 + end) / 2;
    hasTies |= count > 1;
    tieTerm += count * count * count - count;
    for (; i < end; ++i)
      if (differences[i] > 0)
        positive += rank;
  }
  constexpr size_t kMostExact = 25;
  if (!hasTies && n <= kMostExact)
    return getExactProbability(n, size_t(positive));
  double mean = double(n) * double(n + 1) / 4;
  double variance =
      double(n) * double(n + 1) * double(2 * n + 1) / 24 - tieTerm / 48;
  double z = (positive - mean + 0.5) / std::sqrt(variance);
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

/// Each round's time by that of the reference, where there is one.
static std::vector<double> normalize(const Times &times) {
  if (times.reference.empty())
    return times.ms;
  std::vector<double> ratios;
  size_t rounds = std::min(times.ms.size(), times.reference.size());
  for (size_t i = 0; i < rounds; ++i)
    ratios.push_back(times.ms[i] / times.reference[i]);
  return ratios;
}

Comparison kiln::tuning::compare(const Times &candidate, const Times &other) {
  std::vector<double> left = normalize(candidate), right = normalize(other);
  Comparison result;
  // Quotients of a reference may be paired as they come: where both candidates
  // are alike, a pair is as often above 1 as below it.
  bool normalized = !candidate.reference.empty() && !other.reference.empty();
  if (left.size() != right.size() && !normalized) {
    result.gain = median(right) / median(left) - 1;
    return result;
  }
  result.pairs = std::min(left.size(), right.size());
  std::vector<double> ratios;
  for (size_t i = 0; i < result.pairs; ++i)
    ratios.push_back(left[i] / right[i]);
  result.gain = 1 / median(ratios) - 1;
  if (result.pairs >= kLeastPairs)
    result.p = signedRankTest(ratios);
  return result;
}

const char *kiln::tuning::stringify(Fate fate) {
  switch (fate) {
  case Fate::Chosen:
    return "chosen";
  case Fate::Incumbent:
    return "what to beat";
  case Fate::Slower:
    return "not faster";
  case Fate::TooLittle:
    return "gains too little";
  case Fate::Insignificant:
    return "may be noise";
  case Fate::Beaten:
    return "another gains more";
  }
  return "";
}

static std::string percent(double part) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", 100 * part);
  return text;
}

/// Empty where the test had too few rounds.
static std::string describeTest(const Comparison &comparison, double limit) {
  char text[80];
  if (comparison.p)
    std::snprintf(text, sizeof text, "p = %.2g of %zu rounds, at most %.2g",
                  *comparison.p, comparison.pairs, limit);
  else
    std::snprintf(text, sizeof text, "untested: %zu rounds, a test needs %zu",
                  comparison.pairs, kLeastPairs);
  return text;
}

static std::optional<size_t> findRole(const std::vector<Measured> &candidates,
                                      Measured::Role role) {
  for (size_t i = 0; i < candidates.size(); ++i)
    if (candidates[i].role == role && !candidates[i].times.ms.empty())
      return i;
  return std::nullopt;
}

Verdict kiln::tuning::decide(const std::vector<Measured> &candidates) {
  Verdict verdict;
  verdict.fates.assign(candidates.size(), Fate::Slower);
  verdict.toIncumbent.resize(candidates.size());
  std::optional<size_t> standard = findRole(candidates, Measured::Default);
  std::optional<size_t> baseline = findRole(candidates, Measured::Baseline);
  if (!standard && !baseline) {
    verdict.reason = "neither the default nor the baseline was measured";
    return verdict;
  }
  size_t incumbent = standard ? *standard : *baseline;
  std::string name = standard ? "the default" : "the baseline";
  if (standard && baseline) {
    Comparison ahead =
        compare(candidates[*baseline].times, candidates[*standard].times);
    if (ahead.gain > 0 && (!ahead.p || *ahead.p < kSignificance)) {
      incumbent = *baseline;
      name = "the baseline, " + percent(ahead.gain) +
             " faster than the default (" + describeTest(ahead, kSignificance) +
             "),";
    }
  }
  verdict.incumbent = incumbent;
  size_t proposals = 0;
  for (const Measured &candidate : candidates)
    proposals += candidate.role == Measured::Proposal;
  double limit = kSignificance / double(std::max<size_t>(1, proposals));

  size_t best = incumbent, closest = incumbent;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i == incumbent || candidates[i].times.ms.empty())
      continue;
    Comparison &here = verdict.toIncumbent[i] =
        compare(candidates[i].times, candidates[incumbent].times);
    if (candidates[i].role != Measured::Proposal || here.gain <= 0)
      continue;
    if (closest == incumbent || here.gain > verdict.toIncumbent[closest].gain)
      closest = i;
    // Decimal times give gains of 2 % that are not quite 0.02.
    if (here.gain < kLeastGain - 1e-9) {
      verdict.fates[i] = Fate::TooLittle;
    } else if (here.p && *here.p >= limit) {
      verdict.fates[i] = Fate::Insignificant;
    } else {
      verdict.fates[i] = Fate::Beaten;
      if (best == incumbent || here.gain > verdict.toIncumbent[best].gain)
        best = i;
    }
  }
  verdict.chosen = best;
  verdict.fates[incumbent] = Fate::Incumbent;
  verdict.fates[best] = Fate::Chosen;
  if (best != incumbent)
    verdict.reason = "a change that gains " +
                     percent(verdict.toIncumbent[best].gain) + " over " + name +
                     " is kept (at least 2 %; " +
                     describeTest(verdict.toIncumbent[best], limit) + ")";
  else if (closest != incumbent)
    verdict.reason =
        name + " is kept: the best change gains " +
        percent(verdict.toIncumbent[closest].gain) +
        (verdict.fates[closest] == Fate::TooLittle
             ? ", less than 2 %, and is reverted"
             : ", which may be noise (" +
                   describeTest(verdict.toIncumbent[closest], limit) +
                   "), and is reverted");
  else
    verdict.reason = name + " is kept: no change is faster";
  return verdict;
}
