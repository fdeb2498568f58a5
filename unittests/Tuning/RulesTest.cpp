//===- RulesTest.cpp - Each rule on both sides of its thresholds ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Rules.h"

#include <gtest/gtest.h>

using namespace kiln::tuning;

namespace {
/// A kernel that no rule has anything to say about.
Facts getQuietFacts() {
  Facts facts;
  facts.registers = 110;
  facts.warpsPerSm = 16;
  facts.maxWarpsPerSm = 48;
  facts.limiter = "shared memory";
  facts.distinctInputs = 1;
  facts.computeBound = true;
  facts.warps = 8;
  facts.stages = 2;
  return facts;
}

RuleResult find(const Advice &advice, const std::string &name) {
  for (const RuleResult &rule : advice.rules)
    if (rule.rule == name)
      return rule;
  ADD_FAILURE() << "no rule " << name;
  return {};
}
RuleState ask(const Facts &facts, const std::string &name) {
  return find(applyRules(facts), name).state;
}
} // namespace

TEST(Rules, QuietKernelChangesNothing) {
  Advice advice = applyRules(getQuietFacts());
  EXPECT_FALSE(advice.changesAnything());
  ASSERT_EQ(advice.rules.size(), 4u);
  for (const RuleResult &rule : advice.rules)
    EXPECT_EQ(rule.state, RuleState::Silent) << rule.rule;
}

TEST(Rules, LowPressureBelow96Registers) {
  Facts facts = getQuietFacts();
  facts.warps = 4;
  facts.registers = 95;
  Advice advice = applyRules(facts);
  EXPECT_EQ(find(advice, "low-pressure").state, RuleState::Fired);
  EXPECT_EQ(advice.warps, 8);
  EXPECT_EQ(advice.stages, 3);
  EXPECT_NE(
      find(advice, "low-pressure").numbers.find("95 registers (below 96)"),
      std::string::npos);

  facts.registers = 96;
  advice = applyRules(facts);
  EXPECT_EQ(find(advice, "low-pressure").state, RuleState::NearlyFired);
  EXPECT_FALSE(advice.changesAnything());
  facts.registers = 103;
  EXPECT_EQ(ask(facts, "low-pressure"), RuleState::NearlyFired);
  facts.registers = 104;
  EXPECT_EQ(ask(facts, "low-pressure"), RuleState::Silent);
}

TEST(Rules, LowPressureKeepsWarpsOfMemoryBoundKernels) {
  Facts facts = getQuietFacts();
  facts.warps = 4;
  facts.registers = 95;
  facts.computeBound = false;
  Advice advice = applyRules(facts);
  EXPECT_EQ(advice.warps, std::nullopt);
  EXPECT_EQ(advice.stages, 3);
}

TEST(Rules, LowPressureNeedsNoSpills) {
  Facts facts = getQuietFacts();
  facts.registers = 95;
  facts.spillBytes = 4;
  EXPECT_EQ(ask(facts, "low-pressure"), RuleState::NearlyFired);
}

TEST(Rules, HighPressureAbove128Registers) {
  Facts facts = getQuietFacts();
  facts.stages = 3;
  facts.registers = 129;
  Advice advice = applyRules(facts);
  EXPECT_EQ(find(advice, "high-pressure").state, RuleState::Fired);
  EXPECT_EQ(advice.warps, 4);
  EXPECT_EQ(advice.stages, 2);

  facts.registers = 128;
  advice = applyRules(facts);
  EXPECT_EQ(find(advice, "high-pressure").state, RuleState::NearlyFired);
  EXPECT_FALSE(advice.changesAnything());
  facts.registers = 121;
  EXPECT_EQ(ask(facts, "high-pressure"), RuleState::NearlyFired);
  facts.registers = 120;
  EXPECT_EQ(ask(facts, "high-pressure"), RuleState::Silent);
}

TEST(Rules, HighPressureWhereRegistersLimitOccupancy) {
  Facts facts = getQuietFacts();
  facts.limiter = "registers";
  EXPECT_EQ(ask(facts, "high-pressure"), RuleState::Fired);
  EXPECT_EQ(applyRules(facts).warps, 4);
}

TEST(Rules, ManyInputsFromThreeOn) {
  Facts facts = getQuietFacts();
  facts.stages = 3;
  facts.distinctInputs = 3;
  Advice advice = applyRules(facts);
  EXPECT_EQ(find(advice, "many-inputs").state, RuleState::Fired);
  EXPECT_EQ(advice.warps, 4);
  EXPECT_EQ(advice.stages, 2);

  facts.distinctInputs = 2;
  advice = applyRules(facts);
  EXPECT_EQ(find(advice, "many-inputs").state, RuleState::NearlyFired);
  EXPECT_FALSE(advice.changesAnything());
  facts.distinctInputs = 1;
  EXPECT_EQ(ask(facts, "many-inputs"), RuleState::Silent);
}

TEST(Rules, SpillsAskForASmallerBlock) {
  Facts facts = getQuietFacts();
  facts.registers = 255;
  facts.spillBytes = 1;
  Advice advice = applyRules(facts);
  EXPECT_EQ(find(advice, "spills").state, RuleState::Fired);
  EXPECT_TRUE(advice.smallerBlock);

  facts.spillBytes = 0;
  advice = applyRules(facts);
  EXPECT_EQ(find(advice, "spills").state, RuleState::NearlyFired);
  EXPECT_FALSE(advice.smallerBlock);
  facts.registers = 248;
  EXPECT_EQ(ask(facts, "spills"), RuleState::NearlyFired);
  facts.registers = 247;
  EXPECT_EQ(ask(facts, "spills"), RuleState::Silent);
}

TEST(Rules, TheHigherRankDecides) {
  // Few registers, many inputs: 2 stages, 4 warps.
  Facts facts = getQuietFacts();
  facts.registers = 80;
  facts.warps = 4;
  facts.distinctInputs = 3;
  Advice advice = applyRules(facts);
  EXPECT_FALSE(advice.changesAnything());
  RuleResult low = find(advice, "low-pressure");
  ASSERT_EQ(low.changes.size(), 2u);
  EXPECT_EQ(low.changes[0].field, "num_warps");
  EXPECT_EQ(low.changes[0].overruledBy, "many-inputs");
  EXPECT_EQ(low.changes[1].field, "num_stages");
  EXPECT_EQ(low.changes[1].overruledBy, "many-inputs");
}

TEST(Rules, PressureNeverRaisesWarpsOrStages) {
  Facts facts = getQuietFacts();
  facts.registers = 200;
  facts.distinctInputs = 5;
  facts.warps = 2;
  facts.stages = 1;
  EXPECT_FALSE(applyRules(facts).changesAnything());
}

TEST(Rules, WithoutStagesNoneAreAskedFor) {
  Facts facts = getQuietFacts();
  facts.registers = 40;
  facts.stages = std::nullopt;
  facts.warps = 4;
  Advice advice = applyRules(facts);
  EXPECT_EQ(advice.warps, 8);
  EXPECT_EQ(advice.stages, std::nullopt);
}

TEST(Rules, WithoutPtxasOnlyInputsCount) {
  Facts facts = getQuietFacts();
  facts.registers = std::nullopt;
  facts.distinctInputs = 3;
  Advice advice = applyRules(facts);
  EXPECT_EQ(find(advice, "spills").state, RuleState::Unknown);
  EXPECT_EQ(find(advice, "high-pressure").state, RuleState::Unknown);
  EXPECT_EQ(find(advice, "low-pressure").state, RuleState::Unknown);
  EXPECT_EQ(advice.warps, 4);
}
