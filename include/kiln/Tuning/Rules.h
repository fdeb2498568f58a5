//===- Rules.h - From a kernel's facts to a change of it --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What engineers try first when they know what ptxas said of a kernel. The
/// rules only propose: measurement decides (Decision.h). Their scope, and where
/// measurement contradicts them, is in docs/tuning.md.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_RULES_H
#define KILN_TUNING_RULES_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln::tuning {

// Thresholds of the rules.
inline constexpr int64_t kLowRegisters = 96;   ///< below: low pressure
inline constexpr int64_t kHighRegisters = 128; ///< above: high pressure
inline constexpr int64_t kManyInputs = 3;      ///< from here on: many
inline constexpr int64_t kMostRegisters = 255; ///< that a thread can have
/// A rule nearly fires up to so many registers beside its threshold.
inline constexpr int64_t kNearRegisters = 8;

/// What is known of a compiled kernel.
struct Facts {
  /// Registers of a thread; nothing without ptxas, and then the next three are
  /// not known either.
  std::optional<int64_t> registers;
  int64_t spillBytes = 0; ///< stored and loaded by a thread
  int64_t warpsPerSm = 0, maxWarpsPerSm = 0;
  std::string limiter; ///< of the occupancy: "registers", "shared memory", ...
  /// Tensors that the fusion reads, weights and bias included.
  int64_t distinctInputs = 0;
  /// The roofline's compute time is above its memory time.
  bool computeBound = false;
  int64_t warps = 0; ///< of a block
  /// Slots of each staged operand; nothing where the schedule stages none.
  std::optional<int64_t> stages;
};

enum class RuleState {
  Fired,
  NearlyFired, ///< one fact is a little beside its threshold
  Silent,
  Unknown, ///< it asks for a fact that is not known
};
const char *stringify(RuleState state);

/// A field of the schedule that a rule would change.
struct Change {
  std::string field; ///< "num_warps", "num_stages" or "block"
  /// Of "block" 1 and 0: the next smaller one.
  int64_t from = 0, to = 0;
  /// The rule of higher rank that decided this field otherwise; or empty.
  std::string overruledBy;
};

/// What one rule says.
struct RuleResult {
  std::string rule; ///< "spills", "high-pressure", "many-inputs", ...
  RuleState state = RuleState::Silent;
  std::string numbers; ///< its facts beside their thresholds
  /// What it asks for where it fired; empty where all is so already.
  std::vector<Change> changes;
};

/// What all rules say together.
struct Advice {
  std::vector<RuleResult> rules;        ///< in rank order, all of them
  std::optional<int64_t> warps, stages; ///< to be changed to
  bool smallerBlock = false;            ///< the next smaller block

  bool changesAnything() const { return warps || stages || smallerBlock; }
};

/// Asks all rules. Where two want different values of a field, the one of
/// higher rank decides: spills, high pressure, many inputs, low pressure.
Advice applyRules(const Facts &facts);

} // namespace kiln::tuning

#endif // KILN_TUNING_RULES_H
