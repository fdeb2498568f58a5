//===- Explain.cpp - Asks all who decided ---------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Target/LaunchPlan.h"
#include "kiln/Tuning/Proposals.h"
#include "kiln/Tuning/Tuner.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace mlir;
using namespace kiln;
using namespace kiln::explain;
using llvm::formatv;
using llvm::json::Object;

/// The facts of a kernel as the description has them.
static tuning::CompileFacts readFacts(const runtime::KernelInfo &kernel) {
  tuning::CompileFacts facts;
  facts.threads = kernel.block[0] * kernel.block[1] * kernel.block[2];
  facts.sharedBytes = kernel.dynamicSharedBytes;
  facts.flops = kernel.flops;
  facts.bytes = kernel.bytes;
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(kernel.report);
  if (!parsed) {
    llvm::consumeError(parsed.takeError()); // there was no ptxas
    return facts;
  }
  if (const Object *report = parsed->getAsObject())
    tuning::addReport(*report, facts);
  return facts;
}

static RooflinePosition locate(TargetAttr target, KernelSchedule schedule,
                               const tuning::CompileFacts &facts) {
  KernelInfo info;
  info.schedule = schedule;
  info.flops = facts.flops;
  info.bytes = facts.bytes;
  Roofline times = computeRoofline(target, info);
  RooflinePosition position;
  position.computeMs = times.computeMs;
  position.memoryMs = times.memoryMs;
  position.bandwidthGbs = target.getBandwidthGbs();
  position.clockMhz = target.getClockMhz();
  info.flops = int64_t(1e12);
  position.peakTflops = 1e3 / computeRoofline(target, info).computeMs;
  if (facts.bytes)
    position.intensity = double(facts.flops) / facts.bytes;
  position.attainableTflops = std::min(
      position.peakTflops, position.intensity * position.bandwidthGbs / 1e3);
  return position;
}

/// Metrics of the launch, which are exact, and those that the model expects.
static std::vector<PredictedMetric>
predictMetrics(const KernelExplanation &kernel,
               const std::optional<Prediction> &prediction) {
  std::vector<PredictedMetric> metrics;
  auto add = [&](StringRef name, double value, StringRef unit, StringRef how) {
    metrics.push_back({name.str(), unit.str(), value, how.str()});
  };
  const tuning::CompileFacts &facts = kernel.facts;
  add("launch__grid_size", kernel.blocks, "blocks", "exact");
  add("launch__block_size", facts.threads, "threads", "exact");
  if (facts.registers) {
    add("launch__registers_per_thread", *facts.registers, "registers",
        "from ptxas");
    add("sm__maximum_warps_per_active_cycle_pct", 100 * facts.occupancy, "%",
        "from the occupancy");
  }
  if (!prediction)
    return metrics;
  std::string how =
      formatv("the model, at {0:f0} MHz", prediction->clockMhz).str();
  std::string elapsed = ".avg.pct_of_peak_sustained_elapsed";
  std::string active = ".avg.pct_of_peak_sustained_active";
  add("sm__throughput" + elapsed, prediction->smThroughput, "%", how);
  add("sm__warps_active" + active, prediction->warpsActive, "%", how);
  if (prediction->utilisation.tensor > 0)
    add("sm__pipe_tensor_cycles_active" + active, prediction->tensorPipe, "%",
        how);
  add("sm__inst_issued" + active, prediction->utilisation.issue, "%", how);
  add("l1tex__throughput" + active, prediction->utilisation.shared, "%", how);
  add("lts__throughput" + elapsed, prediction->utilisation.l2, "%", how);
  add("lts__t_sector_hit_rate.pct", prediction->l2HitRate, "%", how);
  add("dram__throughput" + elapsed, prediction->dramThroughput, "%", how);
  return metrics;
}

static profiling::KernelProfile makeProfile(const KernelExplanation &kernel) {
  profiling::KernelProfile profile;
  profile.kernel = kernel.name;
  profile.place = "prediction";
  for (const PredictedMetric &metric : kernel.metrics)
    if (auto known = profiling::parseMetric(metric.name))
      if (auto *which = std::get_if<profiling::Metric>(&*known))
        profile.values[*which] = metric.value;
  return profile;
}

namespace {
/// Builds the explanation of one kernel.
class KernelGatherer {
public:
  KernelGatherer(const KernelContext &context, const tuning::Program *program,
                 const ExplainOptions &options)
      : context(context), program(program), options(options) {}

  llvm::Expected<KernelExplanation> run(const runtime::Artifact &artifact,
                                        const runtime::KernelInfo &info) {
    kernel.name = info.name;
    kernel.role = info.isPacking ? "pack" : "compute";
    kernel.schedule = info.schedule;
    kernel.grid = info.grid[0] + ", " + info.grid[1] + ", " + info.grid[2];
    auto grid = info.evaluateGrid(context.target.getSms());
    if (grid.failed())
      return llvm::createStringError(grid.message());
    kernel.blocks = (*grid)[0] * (*grid)[1] * (*grid)[2];
    kernel.tiles = info.numTiles();
    for (const runtime::KernelArgument &argument : info.arguments)
      if (argument.kind == runtime::KernelArgument::Buffer) {
        const runtime::BufferInfo &buffer =
            artifact.plan.buffers[argument.buffer];
        if (buffer.kind == runtime::BufferKind::Output)
          kernel.outputBytes += buffer.bytes;
      }
    kernel.facts = readFacts(info);
    kernel.facts.grid = kernel.blocks;
    kernel.facts.tiles = kernel.tiles;
    kernel.maxWarpsPerSm = context.target.getWarpsPerSm();
    kernel.warpsPerSm =
        std::llround(kernel.facts.occupancy * kernel.maxWarpsPerSm);
    kernel.roofline = locate(context.target, context.schedule, kernel.facts);
    if (!context.schedule)
      return std::move(kernel);
    kernel.fields = explainFields(context, kernel);
    if (program && !info.isPacking)
      askTuner();
    if (program && !info.isPacking)
      kernel.description = program->describe(context.schedule, &kernel.facts);
    std::optional<Prediction> profiled;
    if (kernel.description) {
      profiled = predict(*kernel.description, context.target, Clock::Profiler);
      // Timed runs boost.
      Prediction timed =
          predict(*kernel.description, context.target, Clock::Boost);
      kernel.predictedMs = timed.milliseconds;
      kernel.predictedMhz = timed.clockMhz;
      kernel.predictedBound = timed.bound.str();
    }
    kernel.metrics = predictMetrics(kernel, profiled);
    if (!info.isPacking)
      if (llvm::Error error = diagnose())
        return std::move(error);
    kernel.path = buildPath(context, kernel);
    kernel.timeline = buildTimeline(context, kernel);
    return std::move(kernel);
  }

private:
  void askTuner() {
    kernel.rules =
        tuning::applyRules(program->getFacts(context.schedule, kernel.facts))
            .rules;
    SmallVector<Candidate> candidates =
        program->space().enumerate(options.candidates);
    kernel.considered = candidates.size();
    // Without what ptxas says, as those that it is compared with.
    std::optional<double> own = program->predict(context.schedule);
    std::vector<LostCandidate> fitting, pruned;
    for (const Candidate &candidate : candidates) {
      kernel.fitting += candidate.fits();
      if (candidate.schedule == context.schedule)
        continue;
      LostCandidate lost;
      lost.schedule = tuning::print(candidate.schedule);
      lost.changes =
          profiling::getChanges(context.schedule, candidate.schedule);
      if (candidate.fits()) {
        lost.predictedMs = program->predict(candidate.schedule);
        lost.reason = describeLoss(candidate, lost.predictedMs, own);
        fitting.push_back(std::move(lost));
      } else {
        lost.reason = "does not fit: " + candidate.pruned;
        pruned.push_back(std::move(lost));
      }
    }
    // The baseline, what the model thinks most of, and what nearly fits.
    constexpr size_t kMostFitting = 8, kMostPruned = 4;
    std::string baseline = program->space().getBaseline()
                               ? tuning::print(program->space().getBaseline())
                               : "";
    llvm::stable_sort(
        fitting, [&](const LostCandidate &a, const LostCandidate &b) {
          if ((a.schedule == baseline) != (b.schedule == baseline))
            return a.schedule == baseline;
          return a.predictedMs.value_or(HUGE_VAL) <
                 b.predictedMs.value_or(HUGE_VAL);
        });
    fitting.resize(std::min(fitting.size(), kMostFitting));
    llvm::stable_sort(pruned,
                      [](const LostCandidate &a, const LostCandidate &b) {
                        return a.changes.size() < b.changes.size();
                      });
    pruned.resize(std::min(pruned.size(), kMostPruned));
    kernel.lost = std::move(fitting);
    llvm::append_range(kernel.lost, pruned);
  }

  std::string describeLoss(const Candidate &candidate, std::optional<double> ms,
                           std::optional<double> own) const {
    std::string text;
    if (candidate.schedule == program->space().getBaseline())
      text = "the conservative baseline; ";
    if (!ms || !own)
      return text + "the model cannot rank it; the rules choose another";
    double more = 100 * (*ms / *own - 1);
    if (more >= 0.05)
      return text + formatv("the model expects {0:f1} % more time", more).str();
    if (more > -0.05)
      return text + "the model expects the same time; the rules choose another";
    return text + formatv("the model expects {0:f1} % less time; kiln-tune "
                          "would measure it",
                          -more)
                      .str();
  }

  llvm::Error diagnose() {
    profiling::KernelFacts facts = tuning::getProfileFacts(
        context.target, context.schedule, kernel.facts, program);
    facts.kernel = kernel.name;
    // No instruction of the schedule: products are multiply-adds.
    if (!facts.instruction)
      facts.instruction = Contraction::FMA;
    profiling::KernelProfile profile = makeProfile(kernel);
    facts.isPrediction = !options.profile;
    if (options.profile) {
      auto selected = profiling::selectKernel(
          *options.profile, kernel.name, kernel.blocks, options.profileFile);
      if (!selected)
        return selected.takeError();
      if (llvm::Error error = profiling::checkProfile(**selected, facts))
        return error;
      profile = **selected;
      kernel.measured = true;
    }
    kernel.diagnosis = profiling::diagnose(profile, facts);
    // The explanation outlives the context; the texts stay.
    kernel.diagnosis.proposed = {};
    for (profiling::Proposal &proposal : kernel.diagnosis.proposals)
      proposal.schedule = {};
    if (kernel.diagnosis.bound == profiling::Bound::Unknown &&
        !kernel.measured && !kernel.predictedMs) {
      kernel.diagnosis.summary =
          "no time is predicted of this kernel; a profile would tell (ncu "
          "--csv, kiln-explain --ncu=FILE)";
      kernel.diagnosis.missing.clear();
    }
    return llvm::Error::success();
  }

  const KernelContext &context;
  const tuning::Program *program;
  const ExplainOptions &options;
  KernelExplanation kernel;
};
} // namespace

/// What the passes on the way to the kernel said of each op.
static std::vector<FusionDecision> getFusion(const RemarkCollector &collector) {
  std::vector<FusionDecision> decisions;
  for (const RemarkCollector::Remark &remark : collector.remarks()) {
    StringRef category = remark.category;
    if (category != "kiln-fuse" && category != "kiln-sink-monotone" &&
        category != "kiln-normalize" && category != "kiln-simplify-expressions")
      continue;
    FusionDecision decision;
    decision.place = remark.place;
    // "'linalg.generic' joined the kernel"
    StringRef text = remark.text;
    if (text.starts_with("'"))
      decision.op =
          text.drop_front().take_until([](char c) { return c == '\''; });
    decision.joined = !remark.missed;
    decision.reason =
        (category == "kiln-fuse" ? "" : category.str() + ": ") + remark.text;
    // Several parts of one op of the source say the same.
    if (!llvm::is_contained(decisions, decision))
      decisions.push_back(std::move(decision));
  }
  return decisions;
}

llvm::Expected<Explanation> kiln::explain::explainArtifact(
    const runtime::Artifact &artifact, StringRef name, TargetAttr target,
    const tuning::Program *program, const RemarkCollector &remarks,
    const ExplainOptions &options) {
  Explanation explanation;
  explanation.program = name.str();
  explanation.entry = artifact.entry;
  explanation.precision = artifact.precision;
  explanation.target = target.getName().str();
  explanation.arch = target.getArch().str();
  explanation.sms = target.getSms();
  explanation.fusion = getFusion(remarks);
  if (!program)
    explanation.notes.push_back(
        "without the source program (kiln-compile --with-reference keeps it) "
        "fusion, other candidates and the timeline are not known");
  if (options.profile)
    llvm::append_range(explanation.notes, options.profile->notes);

  std::optional<ContractionView> view;
  if (program) {
    KernelOp kernel = program->getKernel();
    if (FailureOr<ContractionView> found =
            ContractionView::find(kernel.getBody());
        succeeded(found))
      view = *found;
  }
  bool hasUsage = true;
  for (const runtime::KernelInfo &info : artifact.plan.kernels) {
    KernelContext context;
    context.target = target;
    context.precision = artifact.precision;
    context.schedule =
        tuning::parseSchedule(info.schedule, target.getContext());
    if (!info.schedule.empty() && !context.schedule)
      return llvm::createStringError(
          "the schedule of kernel '" + info.name +
          "' is none of this version of Kiln: " + info.schedule);
    if (!info.isPacking && view &&
        isa_and_nonnull<ScheduleAttr>(context.schedule))
      context.conv = &*view;
    auto kernel = KernelGatherer(context, program, options).run(artifact, info);
    if (!kernel)
      return kernel.takeError();
    hasUsage &= kernel->facts.registers.has_value();
    if (context.schedule)
      kernel->chosenBy = info.isPacking ? "rules" : options.chosenBy;
    explanation.kernels.push_back(std::move(*kernel));
  }
  if (!hasUsage)
    explanation.notes.push_back("without ptxas registers, spills and occupancy "
                                "are not known");
  return explanation;
}

llvm::Expected<Explanation>
kiln::explain::explain(const tuning::Program &program,
                       const RemarkCollector &remarks,
                       const ExplainOptions &options) {
  std::string schedule = options.schedule.empty()
                             ? tuning::print(program.space().getChoice())
                             : options.schedule;
  if (!program.parse(schedule))
    return llvm::createStringError(
        "--schedule: '" + schedule +
        "' is no schedule; it must be #kiln.schedule<...> or "
        "#kiln.loop_schedule<...>");
  tuning::CompiledCandidate compiled =
      program.compile(schedule, /*withReference=*/false);
  if (!compiled.failure.empty())
    return llvm::createStringError(compiled.failure);
  auto artifact = runtime::Artifact::fromFiles(compiled.files);
  if (artifact.failed())
    return llvm::createStringError(artifact.message());
  return explainArtifact(*artifact, program.fileName(), program.target(),
                         &program, remarks, options);
}
