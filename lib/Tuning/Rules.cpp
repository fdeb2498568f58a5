//===- Rules.cpp - From a kernel's facts to a change of it ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Rules.h"

using namespace kiln::tuning;

const char *kiln::tuning::stringify(RuleState state) {
  switch (state) {
  case RuleState::Fired:
    return "fired";
  case RuleState::NearlyFired:
    return "nearly fired";
  case RuleState::Silent:
    return "silent";
  case RuleState::Unknown:
    return "unknown";
  }
  return "";
}

static std::string number(int64_t value) { return std::to_string(value); }

namespace {
/// Asks one rule after another and remembers who decided a field.
class Counsel {
public:
  explicit Counsel(const Facts &facts) : facts(facts) {}
  void askSpills();
  void askHighPressure();
  void askManyInputs();
  void askLowPressure();
  Advice advice;

private:
  RuleResult &begin(const std::string &rule, RuleState state,
                    const std::string &numbers) {
    advice.rules.push_back({rule, state, numbers, {}});
    return advice.rules.back();
  }
  enum Direction { AtMost, AtLeast };
  void wantWarps(RuleResult &rule, Direction direction, int64_t to) {
    want(rule, {"num_warps", facts.warps, to, direction}, warps, advice.warps);
  }
  void wantStages(RuleResult &rule, Direction direction, int64_t to) {
    if (facts.stages)
      want(rule, {"num_stages", *facts.stages, to, direction}, stages,
           advice.stages);
  }

  /// Who decided a field first, and for what.
  struct Decided {
    std::string by;
    int64_t value = 0;
  };
  struct Wish {
    const char *field;
    int64_t from, to;
    Direction direction;
    bool changes() const { return direction == AtMost ? from > to : from < to; }
  };
  void want(RuleResult &rule, const Wish &wish, Decided &decided,
            std::optional<int64_t> &change) {
    bool isFirst = decided.by.empty();
    if (isFirst)
      decided = {rule.rule, wish.to};
    if (!wish.changes())
      return;
    if (isFirst)
      change = wish.to;
    bool overruled = !isFirst && decided.value != wish.to;
    rule.changes.push_back(
        {wish.field, wish.from, wish.to, overruled ? decided.by : ""});
  }

  const Facts &facts;
  Decided warps, stages;
};
} // namespace

void Counsel::askSpills() {
  if (!facts.registers) {
    begin("spills", RuleState::Unknown, "no report of ptxas");
    return;
  }
  bool fires = facts.spillBytes > 0;
  bool near = !fires && *facts.registers > kMostRegisters - kNearRegisters;
  RuleResult &rule = begin(
      "spills",
      fires  ? RuleState::Fired
      : near ? RuleState::NearlyFired
             : RuleState::Silent,
      number(facts.spillBytes) + " bytes spilled (above 0), " +
          number(*facts.registers) + " registers of " + number(kMostRegisters));
  if (!fires)
    return;
  advice.smallerBlock = true;
  rule.changes.push_back({"block", 1, 0, ""});
}

void Counsel::askHighPressure() {
  if (!facts.registers) {
    begin("high-pressure", RuleState::Unknown, "no report of ptxas");
    return;
  }
  int64_t registers = *facts.registers;
  bool limited = facts.limiter == "registers";
  bool fires = registers > kHighRegisters || limited;
  bool near = !fires && registers > kHighRegisters - kNearRegisters;
  RuleResult &rule = begin(
      "high-pressure",
      fires  ? RuleState::Fired
      : near ? RuleState::NearlyFired
             : RuleState::Silent,
      number(registers) + " registers (above " + number(kHighRegisters) +
          "), occupancy " + number(facts.warpsPerSm) + " of " +
          number(facts.maxWarpsPerSm) + " warps limited by " + facts.limiter);
  if (!fires)
    return;
  wantWarps(rule, AtMost, 4);
  wantStages(rule, AtMost, 2);
}

void Counsel::askManyInputs() {
  int64_t inputs = facts.distinctInputs;
  bool fires = inputs >= kManyInputs;
  RuleResult &rule = begin("many-inputs",
                           fires                       ? RuleState::Fired
                           : inputs == kManyInputs - 1 ? RuleState::NearlyFired
                                                       : RuleState::Silent,
                           number(inputs) + " distinct inputs (at least " +
                               number(kManyInputs) + ")");
  if (!fires)
    return;
  // Each stage buffers all inputs; 4 warps often beat 8.
  wantStages(rule, AtMost, 2);
  wantWarps(rule, AtMost, 4);
}

void Counsel::askLowPressure() {
  if (!facts.registers) {
    begin("low-pressure", RuleState::Unknown, "no report of ptxas");
    return;
  }
  int64_t registers = *facts.registers;
  bool low = registers < kLowRegisters;
  bool spills = facts.spillBytes > 0;
  bool fires = low && !spills;
  bool near =
      !fires && registers < kLowRegisters + kNearRegisters && !(spills && !low);
  RuleResult &rule =
      begin("low-pressure",
            fires  ? RuleState::Fired
            : near ? RuleState::NearlyFired
                   : RuleState::Silent,
            number(registers) + " registers (below " + number(kLowRegisters) +
                "), " + number(facts.spillBytes) + " bytes spilled, " +
                (facts.computeBound ? "compute-bound" : "memory-bound"));
  if (!fires)
    return;
  if (facts.computeBound)
    wantWarps(rule, AtLeast, 8);
  wantStages(rule, AtLeast, 3);
}

Advice kiln::tuning::applyRules(const Facts &facts) {
  Counsel counsel(facts);
  counsel.askSpills();
  counsel.askHighPressure();
  counsel.askManyInputs();
  counsel.askLowPressure();
  return std::move(counsel.advice);
}
