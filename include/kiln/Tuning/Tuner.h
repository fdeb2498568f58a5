//===- Tuner.h - Few candidates, kept only for a gain -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The whole of a tuning run, without a word printed: `Report` holds all that
/// text, JSON, remarks and the database say of it.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_TUNER_H
#define KILN_TUNING_TUNER_H

#include "kiln/Profiling/Diagnosis.h"
#include "kiln/Tuning/Journal.h"
#include "kiln/Tuning/Measurer.h"
#include "kiln/Tuning/Rules.h"

namespace kiln::tuning {

struct TuneOptions {
  /// Candidates in all, the baseline and Kiln's default among them.
  int64_t maxConfigs = 3;
  bool exhaustive = false; ///< all that fit
  /// Schedules that the space is made of, those that do not fit included.
  int64_t spaceLimit = SearchSpace::kDefaultLimit;
  /// This run takes every `numShards`th proposal, from number `shard` on; the
  /// baseline and the default are in each.
  int64_t shard = 0, numShards = 1;
  int rounds = 15;
  /// No batch of candidates and no round starts later; baseline, default and
  /// the first proposals get a round each in any case. 0: no limit.
  double budgetSeconds = 0;
  unsigned threads = 0; ///< that compile; 0: as many as the machine has
  /// What Nsight Compute measured of the default, and the file that says so:
  /// what it proposes is tried before all others. May be null.
  const profiling::Profile *profile = nullptr;
  std::string profileFile;
  /// Keep the compiled files of all candidates in the report.
  bool keepFiles = false;
};

/// Why a schedule is a candidate.
enum class Origin { Baseline, Default, Profile, Rules, Model };
const char *stringify(Origin origin);

struct CandidateReport {
  Origin origin = Origin::Model;
  std::string schedule;
  int64_t warps = 0, stages = 0, block = 0; ///< block: output elements
  std::string reason; ///< what differs from the default, and who asked for it
  std::optional<CompileFacts> facts;
  std::optional<double> predictedMs;
  Times times;
  std::optional<double> medianMs;
  /// It did not compile, was wrong, or did not run. Wrong results set `wrong`.
  std::string failure;
  bool wrong = false;
  bool resumed = false; ///< from the journal
  /// Beside the incumbent (Decision.h), where it has times.
  std::optional<Comparison> toIncumbent;
  /// "chosen", "gains too little", ...; "unmeasured".
  std::string fate;
  std::map<std::string, std::string> files; ///< where they are kept
};

struct Report {
  std::string program, target, precision, fingerprint;
  std::string device;            ///< where times come from; empty: by the model
  std::string card;              ///< that was measured on; may be empty
  std::vector<RuleResult> rules; ///< of the default
  /// What the profile says of the default.
  std::optional<profiling::Diagnosis> diagnosis;
  std::string ruleProposal; ///< what became of their advice
  std::vector<CandidateReport> candidates;
  /// The candidate to use. Always there: without times it is the default.
  size_t chosen = 0;
  std::optional<double> gainToDefault, gainToBaseline; ///< of the chosen one
  std::string reason;
  size_t considered = 0, fitting = 0; ///< of the space
  size_t inShards = 0;                ///< proposals of all shards together
  int64_t shard = 0, numShards = 1;
  bool complete = true; ///< false: the budget ended before the candidates did
  double seconds = 0;

  const CandidateReport &choice() const { return candidates[chosen]; }
};

/// How far a run is.
struct Progress {
  enum Phase { Compile, Measure, Confirm } phase;
  size_t done = 0, total = 0; ///< candidates
  double budgetSeconds = 0, spentSeconds = 0;
};

/// What a profile of the kernel with this schedule says. An error where it is
/// none of this kernel, or cannot be.
llvm::Expected<profiling::Diagnosis>
diagnoseProfile(const Program &program, KernelSchedule schedule,
                const CompileFacts &facts, const profiling::Profile &profile,
                llvm::StringRef file);

/// Tunes. Without a measurer candidates are ranked by the model and what ptxas
/// says. `journal` may be null. `onProgress` is
/// called in several threads, but never in two at once.
llvm::Expected<Report>
tune(const Program &program, Measurer *measurer, Journal *journal,
     const TuneOptions &options,
     llvm::function_ref<void(const Progress &)> onProgress);

/// The report for a reader, and as one JSON object.
std::string formatText(const Report &report);
std::string formatJson(const Report &report);

} // namespace kiln::tuning

#endif // KILN_TUNING_TUNER_H
