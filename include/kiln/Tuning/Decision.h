//===- Decision.h - Whether a change is kept --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_DECISION_H
#define KILN_TUNING_DECISION_H

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kiln::tuning {

/// A change that gains less is reverted.
inline constexpr double kLeastGain = 0.02;
/// How often a change that gains nothing may be kept, over all candidates of a
/// run together.
inline constexpr double kSignificance = 0.05;
/// The signed-rank test of fewer pairs cannot reach that.
inline constexpr size_t kLeastPairs = 5;

double median(std::vector<double> values);

/// The probability that `ratios` are as small as they are, or smaller, where
/// their median is 1: Wilcoxon's signed-rank test of their logarithms,
/// one-sided. Exact up to 25 pairs without ties, else by the normal
/// approximation with corrections for ties and continuity (Wilcoxon 1945;
/// Lehmann, Nonparametrics, 1975). 1 where no ratio differs from 1.
double signedRankTest(const std::vector<double> &ratios);

/// The times of one candidate, in milliseconds, one a round.
struct Times {
  std::vector<double> ms;
  /// Those of the reference candidate in the same rounds, so that times of
  /// different sessions can be compared: a card's clock moves in between.
  /// Empty: the times of all candidates are of the same rounds.
  std::vector<double> reference;
};

/// One candidate beside another.
struct Comparison {
  /// How much faster it is: 0.02 where it takes 1 / 1.02 of the other's time.
  /// From the median over the rounds of the ratio of times; of the medians
  /// where rounds do not correspond.
  double gain = 0;
  /// Of the signed-rank test that it is not faster; nothing where there are too
  /// few rounds to test.
  std::optional<double> p;
  size_t pairs = 0;
};
Comparison compare(const Times &candidate, const Times &other);

/// What is decided on: the times of the candidates that have any.
struct Measured {
  enum Role { Baseline, Default, Proposal } role = Proposal;
  Times times;
};

enum class Fate {
  Chosen,
  Incumbent,     ///< what would be used if nothing else were chosen
  Slower,        ///< not faster than what is chosen or was before
  TooLittle,     ///< gains less than 2 %
  Insignificant, ///< gains 2 %, but the test says it may be noise
  Beaten,        ///< gains 2 %, another gains more
};
const char *stringify(Fate fate);

struct Verdict {
  /// Index of the candidate to use; nothing where none was measured.
  std::optional<size_t> chosen;
  /// Of each candidate, beside the one that would be used without proposals:
  /// Kiln's default, or the baseline where that is faster.
  std::vector<Comparison> toIncumbent;
  std::vector<Fate> fates;
  size_t incumbent = 0;
  /// In words, with the numbers.
  std::string reason;
};

/// The incumbent is Kiln's default, or the baseline if that is faster and the
/// test agrees. A proposal takes its place if it gains at least 2 % and is
/// faster at a significance of 5 %, shared out among the proposals
/// (Bonferroni): of many candidates that are all alike some look fast. Where
/// there are too few rounds to test, the gain alone decides. So the choice is
/// never slower than default or baseline by more than noise.
Verdict decide(const std::vector<Measured> &candidates);

} // namespace kiln::tuning

#endif // KILN_TUNING_DECISION_H
