//===- DecisionTest.cpp - Statistics, and what is kept --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Decision.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace kiln::tuning;

TEST(Statistics, Median) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({5, 1, 3}), 3);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
}

/// Ratios whose logarithms are these.
static std::vector<double> exponentials(const std::vector<double> &logs) {
  std::vector<double> ratios;
  for (double log : logs)
    ratios.push_back(std::exp(log));
  return ratios;
}

TEST(Statistics, SignedRankIsExactForFewPairs) {
  // All below 1: one way of 2^n.
  EXPECT_DOUBLE_EQ(signedRankTest({0.9, 0.8, 0.7, 0.6, 0.5}), 1 / 32.);
  // The smallest of five above 1: the sums 0 and 1.
  EXPECT_DOUBLE_EQ(
      signedRankTest(exponentials({0.01, -0.02, -0.03, -0.04, -0.05})),
      2 / 32.);
  // Rank 3: the sums 0, 1, 2, 3 (1+2 and 3).
  EXPECT_DOUBLE_EQ(
      signedRankTest(exponentials({-0.01, -0.02, 0.03, -0.04, -0.05})),
      5 / 32.);
  // All above 1: certain.
  EXPECT_DOUBLE_EQ(signedRankTest({1.1, 1.2, 1.3}), 1);
  EXPECT_DOUBLE_EQ(signedRankTest({1, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(signedRankTest({}), 1);
}

TEST(Statistics, SignedRankOfTiesIsApproximate) {
  // Ten equal gains: W = 0, mean 27.5, variance 96.25 - 990 / 48.
  std::vector<double> ratios(10, 0.97);
  double z = (0 - 27.5 + 0.5) / std::sqrt(96.25 - 990 / 48.);
  EXPECT_NEAR(signedRankTest(ratios), 0.5 * std::erfc(-z / std::sqrt(2.)),
              1e-12);
  EXPECT_LT(signedRankTest(ratios), 0.01);
  // As many above as below.
  EXPECT_GT(signedRankTest(exponentials({0.1, -0.1, 0.1, -0.1, 0.1, -0.1})),
            0.5);
}

TEST(Statistics, SignedRankApproximationAgreesWithTheExactOne) {
  std::vector<double> logs;
  for (int i = 1; i <= 25; ++i)
    logs.push_back((i % 3 ? -1 : 1) * 0.01 * i);
  double exact = signedRankTest(exponentials(logs));
  logs.push_back(-0.0001); // 26: by the approximation
  EXPECT_NEAR(signedRankTest(exponentials(logs)), exact, 0.01);
}

TEST(Compare, RoundsArePaired) {
  // The clock falls by half from round to round; the ratio stays.
  Times other{{1, 2, 4, 8, 16}, {}}, mine{{0.9, 1.8, 3.6, 7.2, 14.4}, {}};
  Comparison result = compare(mine, other);
  EXPECT_NEAR(result.gain, 1 / 9., 1e-9);
  EXPECT_EQ(result.pairs, 5u);
  EXPECT_LT(*result.p, 0.05);
}

TEST(Compare, FewRoundsAreNotTested) {
  EXPECT_FALSE(compare({{1, 1, 1, 1}, {}}, {{2, 2, 2, 2}, {}}).p);
  EXPECT_NEAR(compare({{100}, {}}, {{102}, {}}).gain, 0.02, 1e-9);
}

TEST(Compare, RoundsThatDoNotCorrespondAreNotPaired) {
  Comparison result = compare({{9, 9, 9}, {}}, {{10, 10}, {}});
  EXPECT_NEAR(result.gain, 1 / 9., 1e-9);
  EXPECT_EQ(result.pairs, 0u);
}

TEST(Compare, SessionsMeetAtTheReference) {
  // The second session ran on a card twice as slow.
  Times first{{10, 10, 10, 10, 10}, {10, 10, 10, 10, 10}};
  Times second{{19, 19, 19, 19, 19}, {20, 20, 20, 20, 20}};
  Comparison result = compare(second, first);
  EXPECT_NEAR(result.gain, 1 / 19., 1e-9);
  EXPECT_LT(*result.p, 0.05);
}

/// Baseline 120, default 100, and proposals with these times, all constant but
/// for a little noise that differs between them.
static std::vector<Measured> makeCandidates(std::vector<double> proposals,
                                            double baseline = 120,
                                            int rounds = 15) {
  auto repeat = [&](double ms, int kind) {
    Times times;
    for (int i = 0; i < rounds; ++i)
      times.ms.push_back(ms * (1 + 1e-4 * ((i * (kind + 3)) % 7 - 3)));
    return times;
  };
  std::vector<Measured> candidates{{Measured::Baseline, repeat(baseline, 0)},
                                   {Measured::Default, repeat(100, 1)}};
  int kind = 2;
  for (double ms : proposals)
    candidates.push_back({Measured::Proposal, repeat(ms, kind++)});
  return candidates;
}

TEST(Decide, AChangeNeedsTwoPercent) {
  Verdict verdict = decide(makeCandidates({100 / 1.021}));
  EXPECT_EQ(verdict.chosen, 2u);
  EXPECT_EQ(verdict.fates[2], Fate::Chosen);
  verdict = decide(makeCandidates({100 / 1.019}));
  EXPECT_EQ(verdict.chosen, 1u);
  EXPECT_EQ(verdict.fates[2], Fate::TooLittle);
  EXPECT_NE(verdict.reason.find("1.9"), std::string::npos) << verdict.reason;
  EXPECT_NE(verdict.reason.find("reverted"), std::string::npos);
  // One time each decides, untested; exactly 2 % is enough.
  EXPECT_EQ(decide({{Measured::Default, {{102}, {}}},
                    {Measured::Proposal, {{100}, {}}}})
                .chosen,
            1u);
}

TEST(Decide, TheBestOfSeveral) {
  Verdict verdict = decide(makeCandidates({96, 93, 94, 105}));
  EXPECT_EQ(verdict.chosen, 3u);
  EXPECT_EQ(verdict.fates[2], Fate::Beaten);
  EXPECT_EQ(verdict.fates[5], Fate::Slower);
}

TEST(Decide, NeverSlowerThanTheBaseline) {
  Verdict verdict = decide(makeCandidates({99}, 90));
  EXPECT_EQ(verdict.chosen, 0u);
  EXPECT_EQ(verdict.incumbent, 0u);
  // 3 % better than the default, worse than the baseline.
  EXPECT_EQ(decide(makeCandidates({97}, 90)).chosen, 0u);
  // The 2 % count from the baseline.
  EXPECT_EQ(decide(makeCandidates({89}, 90)).chosen, 0u);
  EXPECT_EQ(decide(makeCandidates({88}, 90)).chosen, 2u);
}

TEST(Decide, NoiseIsNoGain) {
  // 3 % by the median, but 6 of 15 rounds are slower by as much.
  std::vector<Measured> candidates = makeCandidates({100});
  std::vector<double> &ms = candidates[2].times.ms;
  for (size_t i = 0; i < ms.size(); ++i)
    ms[i] = candidates[1].times.ms[i] *
            (i % 5 < 3 ? 0.97 - 0.0001 * double(i) : 1.05 + 0.001 * double(i));
  Verdict verdict = decide(candidates);
  EXPECT_EQ(verdict.chosen, 1u);
  EXPECT_EQ(verdict.fates[2], Fate::Insignificant);
  // So is a baseline that looks a little faster.
  candidates[0].times = candidates[2].times;
  EXPECT_EQ(decide(candidates).incumbent, 1u);
}

TEST(Decide, ManyProposalsNeedMoreRounds) {
  // Five rounds give 1/32: enough for one proposal, not for two.
  EXPECT_EQ(decide(makeCandidates({95}, 120, 5)).chosen, 2u);
  EXPECT_EQ(decide(makeCandidates({95, 130}, 120, 5)).chosen, 1u);
  EXPECT_EQ(decide(makeCandidates({95, 130}, 120, 6)).chosen, 2u);
}

TEST(Decide, WithoutMeasurementsThereIsNoChoice) {
  Verdict verdict = decide({{Measured::Default, {}}});
  EXPECT_EQ(verdict.chosen, std::nullopt);
  EXPECT_FALSE(verdict.reason.empty());
}
