//===- Explanation.h - What was decided about a kernel, and why -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// All that kiln-explain says of a program stands in one struct; text, JSON,
/// the page and the trace are written from it, so that their numbers agree.
/// Those of the compiled kernel are the numbers of artifact.json.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_EXPLAIN_EXPLANATION_H
#define KILN_EXPLAIN_EXPLANATION_H

#include "kiln/Profiling/Diagnosis.h"
#include "kiln/Runtime/Artifact.h"
#include "kiln/Tuning/Program.h"

#include "mlir/IR/Remarks.h"

namespace kiln::explain {

/// An op of the program: whether it runs in the kernel.
struct FusionDecision {
  std::string place; ///< "file:line:col"
  std::string op;    ///< "linalg.generic"
  bool joined = true;
  std::string reason; ///< why it stayed out, or what was done to it
  bool operator==(const FusionDecision &) const = default;
};

/// A field of the schedule.
struct FieldReason {
  std::string field, value;
  std::string reason; ///< what it means in this kernel, with numbers
};

/// Another schedule, beside the kernel's.
struct LostCandidate {
  std::string schedule;
  std::vector<profiling::FieldChange> changes; ///< from the kernel's
  std::optional<double> predictedMs;
  std::string reason; ///< why it is not used
};

/// Where the kernel stands under the roof of its card.
struct RooflinePosition {
  double intensity = 0;                    ///< FLOP a byte
  double peakTflops = 0, bandwidthGbs = 0; ///< by the public table
  double clockMhz = 0;                     ///< at which these hold
  double attainableTflops = 0;             ///< at that intensity
  double computeMs = 0, memoryMs = 0;
  double boundMs() const { return std::max(computeMs, memoryMs); }
  bool isComputeBound() const { return computeMs > memoryMs; }
};

/// A metric as the profiler names it.
struct PredictedMetric {
  std::string name, unit;
  double value = 0;
  std::string how; ///< "exact", or what it is derived from
};

/// A place that a tile's data passes, in the order of the way.
struct PathStep {
  std::string place; ///< "device memory", "shared memory", ...
  std::string what;  ///< what moves to the next place
  double bytes = 0;  ///< of a block's tile, in all; 0: not known
};

/// A piece of work in a block's timeline, in cycles from the block's start.
struct TimelineEvent {
  enum Lane { Copies, Fragments, Multiplies, Stores } lane;
  std::string name;
  double begin = 0, end = 0;
};
llvm::StringRef stringify(TimelineEvent::Lane lane);

/// One tile of one block, alone on its multiprocessor: the order of the
/// schedule, with the time that each piece takes by the rates of the card.
struct Timeline {
  std::vector<TimelineEvent> events; ///< by lane, then by begin
  double cycles = 0;
  double clockMhz = 0;
  /// Share of the time in which the multiplies' lane is busy.
  double multiplyShare = 0;
  std::string note; ///< what is left out, or why there is none
};

struct KernelExplanation {
  std::string name, role;
  std::string schedule; ///< as artifact.json has it
  std::string chosenBy; ///< "rules", "--schedule", "artifact"
  std::vector<FieldReason> fields;
  std::string grid;       ///< as artifact.json has it: "min(16384, sm_count)"
  int64_t blocks = 0;     ///< of the grid on the target
  int64_t tiles = 0;      ///< 0: not known
  double outputBytes = 0; ///< that it writes
  tuning::CompileFacts facts;
  int64_t warpsPerSm = 0, maxWarpsPerSm = 0;
  RooflinePosition roofline;
  /// By the model, at the boosting clock; metrics are at the profiler's.
  std::optional<double> predictedMs;
  double predictedMhz = 0;    ///< that clock
  std::string predictedBound; ///< the model's word for it
  /// What it was predicted from; one may change it and predict again.
  std::optional<KernelDescription> description;
  std::vector<PredictedMetric> metrics;
  std::vector<tuning::RuleResult> rules;
  std::vector<LostCandidate> lost;
  size_t considered = 0, fitting = 0; ///< of the search space
  /// By the predicted metrics, or those of a profile. Its schedules are texts:
  /// an explanation outlives the context of its program.
  profiling::Diagnosis diagnosis;
  bool measured = false; ///< `diagnosis` is of a profile
  std::vector<PathStep> path;
  Timeline timeline;
};

struct Explanation {
  std::string program, entry, precision;
  std::string target, arch;
  int64_t sms = 0;
  std::vector<FusionDecision> fusion;
  std::vector<KernelExplanation> kernels; ///< in launch order
  std::vector<std::string> notes;
};

/// Keeps the remarks of the passes that run in a context. Must outlive their
/// runs; upstream's engine owns what collects.
class RemarkCollector {
public:
  struct Remark {
    std::string category, name, text, place;
    bool missed = false;
  };
  /// Fails where the context has remarks already.
  mlir::LogicalResult install(mlir::MLIRContext &context);
  const std::vector<Remark> &remarks() const { return *list; }

private:
  std::shared_ptr<std::vector<Remark>> list =
      std::make_shared<std::vector<Remark>>();
};

struct ExplainOptions {
  /// `#kiln.schedule<...>` in place of the rules' choice; may be empty.
  std::string schedule;
  /// Who chose the compute kernel's schedule, for the reader.
  std::string chosenBy = "rules";
  /// Of the compute kernel; may be null.
  const profiling::Profile *profile = nullptr;
  std::string profileFile;
  /// Schedules that are compared with the kernel's.
  int64_t candidates = 64;
};

/// Explains `program`, whose passes left `remarks`: compiles it and asks all
/// who decided.
llvm::Expected<Explanation> explain(const tuning::Program &program,
                                    const RemarkCollector &remarks,
                                    const ExplainOptions &options);

/// Explains an artifact by its description. `program` is its source if the
/// artifact has that, else null: then fusion, candidates and the timeline are
/// not known, and a note says so. `name` is for the reader.
llvm::Expected<Explanation>
explainArtifact(const runtime::Artifact &artifact, llvm::StringRef name,
                TargetAttr target, const tuning::Program *program,
                const RemarkCollector &remarks, const ExplainOptions &options);

std::string formatText(const Explanation &explanation);
std::string formatJson(const Explanation &explanation);
/// A page without anything outside of it.
std::string formatHtml(const Explanation &explanation);
/// The timelines as a trace of Chrome's format, which Perfetto opens.
std::string formatTrace(const Explanation &explanation);

} // namespace kiln::explain

#endif // KILN_EXPLAIN_EXPLANATION_H
