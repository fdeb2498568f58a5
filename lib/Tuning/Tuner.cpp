//===- Tuner.cpp - Few candidates, kept only for a gain -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Tuner.h"

#include "kiln/Tuning/Proposals.h"

#include "llvm/Support/ThreadPool.h"

#include <chrono>

using namespace llvm;
using namespace kiln;
using namespace kiln::tuning;

const char *kiln::tuning::stringify(Origin origin) {
  switch (origin) {
  case Origin::Baseline:
    return "baseline";
  case Origin::Default:
    return "default";
  case Origin::Profile:
    return "profile";
  case Origin::Rules:
    return "rules";
  case Origin::Model:
    return "model";
  }
  return "";
}

namespace {
/// Candidates of a batch that share the rounds with the reference.
constexpr size_t kBatch = 7;

class Tuner {
public:
  Tuner(const Program &program, Measurer *measurer, Journal *journal,
        const TuneOptions &options,
        function_ref<void(const Progress &)> onProgress)
      : program(program), measurer(measurer), journal(journal),
        options(options), onProgress(onProgress) {}
  Expected<Report> run();

private:
  using Clock = std::chrono::steady_clock;

  void add(Origin origin, KernelSchedule schedule, std::string reason);
  bool isKnown(KernelSchedule schedule) const;
  Error addProposals();
  Error process(ArrayRef<size_t> batch);
  Error compile(ArrayRef<size_t> batch);
  Error measure(ArrayRef<size_t> batch, Progress::Phase phase);
  Error confirm();
  Error note(size_t index);
  void decideAll();

  double spent() const {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }
  bool isOverBudget() const {
    return options.budgetSeconds > 0 && spent() >= options.budgetSeconds;
  }
  static bool isMeasured(const CandidateReport &candidate) {
    return !candidate.times.ms.empty() || !candidate.failure.empty();
  }
  static bool isCompiled(const CandidateReport &candidate) {
    return candidate.facts || !candidate.failure.empty();
  }
  size_t countMeasured() const {
    return size_t(count_if(report.candidates, isMeasured));
  }
  void say(Progress::Phase phase) {
    size_t done = phase == Progress::Compile
                      ? size_t(count_if(report.candidates, isCompiled))
                      : countMeasured();
    onProgress({phase, done, planned, options.budgetSeconds, spent()});
  }
  CandidateReport &at(size_t index) { return report.candidates[index]; }
  size_t findRole(Origin origin) const {
    for (size_t i = 0; i < report.candidates.size(); ++i)
      if (report.candidates[i].origin == origin)
        return i;
    return report.candidates.size();
  }
  bool isUsable(size_t index) const {
    return report.candidates[index].failure.empty();
  }

  const Program &program;
  Measurer *measurer;
  Journal *journal;
  const TuneOptions &options;
  function_ref<void(const Progress &)> onProgress;
  Clock::time_point start = Clock::now();
  Report report;
  std::vector<CompiledCandidate> code; ///< one a candidate
  size_t standard = 0;                 ///< Kiln's default
  size_t sessions = 0;                 ///< batches that were timed
  size_t planned = 0;                  ///< candidates, as far as is known
};
} // namespace

/// A measurer's word for a result that is not the reference's.
static bool isWrong(StringRef failure) {
  return failure.starts_with("wrong result");
}

bool Tuner::isKnown(KernelSchedule schedule) const {
  std::string text = tuning::print(schedule);
  return any_of(report.candidates, [&](const CandidateReport &candidate) {
    return candidate.schedule == text;
  });
}

/// Adds a candidate, with what the journal knows of it.
void Tuner::add(Origin origin, KernelSchedule schedule, std::string reason) {
  CandidateReport candidate;
  candidate.origin = origin;
  candidate.schedule = tuning::print(schedule);
  candidate.warps = getWarps(schedule);
  candidate.stages = schedule.getNumStages();
  candidate.block = getBlockVolume(schedule);
  candidate.reason = std::move(reason);
  candidate.predictedMs = program.predict(schedule);
  if (const JournalEntry *entry =
          journal ? journal->find(candidate.schedule) : nullptr) {
    candidate.facts = entry->facts;
    candidate.times = entry->times;
    candidate.failure = entry->failure;
    candidate.wrong = isWrong(entry->failure);
    candidate.resumed = true;
  }
  report.candidates.push_back(std::move(candidate));
  code.emplace_back();
}

/// The rules' proposal, which needs the default's facts, then the model's.
Error Tuner::addProposals() {
  KernelSchedule from = program.space().getChoice();
  Advice advice = applyRules(
      program.getFacts(from, at(standard).facts.value_or(CompileFacts())));
  report.rules = advice.rules;
  std::vector<Ranked> ranked =
      rankSpace(program, options.spaceLimit, report.considered);
  report.fitting = ranked.size();
  std::vector<std::pair<Origin, KernelSchedule>> proposals;
  if (options.profile) {
    auto diagnosis = diagnoseProfile(
        program, from, at(standard).facts.value_or(CompileFacts()),
        *options.profile, options.profileFile);
    if (!diagnosis)
      return diagnosis.takeError();
    report.diagnosis = std::move(*diagnosis);
    KernelSchedule proposed = report.diagnosis->proposed;
    if (proposed && !isKnown(proposed))
      proposals.emplace_back(Origin::Profile, proposed);
  }
  if (!advice.changesAnything()) {
    report.ruleProposal = "the rules change nothing";
  } else if (KernelSchedule proposed = propose(program, from, advice, ranked)) {
    report.ruleProposal = describeChange(from, proposed);
    if (isKnown(proposed))
      report.ruleProposal += ", which is the baseline";
    else if (!proposals.empty() && proposals.front().second == proposed)
      report.ruleProposal += ", which the profile proposes, too";
    else
      proposals.emplace_back(Origin::Rules, proposed);
  } else {
    report.ruleProposal = "no schedule of the space does what the rules ask "
                          "for and fits";
  }
  size_t room =
      options.exhaustive
          ? ranked.size() + 1
          : size_t(std::max<int64_t>(0, options.maxConfigs -
                                            int64_t(report.candidates.size())));
  for (const Ranked &next : ranked)
    if (proposals.size() < room && !isKnown(next.schedule) &&
        none_of(proposals,
                [&](auto &other) { return other.second == next.schedule; }))
      proposals.emplace_back(Origin::Model, next.schedule);
  proposals.resize(std::min(proposals.size(), room));
  report.inShards = proposals.size();
  for (size_t i = 0; i < proposals.size(); ++i)
    if (int64_t(i) % options.numShards == options.shard)
      add(proposals[i].first, proposals[i].second,
          describeChange(from, proposals[i].second));
  return Error::success();
}

/// Writes what is known of a candidate into the journal.
Error Tuner::note(size_t index) {
  if (!journal)
    return Error::success();
  const CandidateReport &candidate = at(index);
  return journal->append({candidate.schedule, candidate.facts, candidate.times,
                          candidate.failure});
}

/// Compiles what is not known or is needed as code.
Error Tuner::compile(ArrayRef<size_t> batch) {
  bool needsCode = options.keepFiles || (measurer && measurer->needsCode());
  std::vector<size_t> missing;
  for (size_t index : batch)
    if (isUsable(index) && code[index].files.empty() &&
        (!at(index).facts || needsCode))
      missing.push_back(index);
  DefaultThreadPool pool(options.threads ? hardware_concurrency(options.threads)
                                         : hardware_concurrency());
  std::mutex mutex;
  std::vector<Error> errors;
  for (size_t index : missing)
    pool.async([&, index] {
      bool withReference = index == standard && needsCode;
      CompiledCandidate result =
          program.compile(report.candidates[index].schedule, withReference);
      std::lock_guard<std::mutex> lock(mutex);
      CandidateReport &candidate = at(index);
      bool isNews = !candidate.facts;
      candidate.failure = result.failure;
      if (result.failure.empty())
        candidate.facts = result.facts;
      code[index] = std::move(result);
      if (isNews)
        if (Error error = note(index))
          errors.push_back(std::move(error));
      say(Progress::Compile);
    });
  pool.wait();
  for (size_t index : batch)
    if (at(index).facts)
      at(index).predictedMs =
          program.predict(program.parse(at(index).schedule), &*at(index).facts);
  Error all = Error::success();
  for (Error &error : errors)
    all = joinErrors(std::move(all), std::move(error));
  return all;
}

/// Times these beside the default, which is in every batch.
Error Tuner::measure(ArrayRef<size_t> batch, Progress::Phase phase) {
  std::vector<size_t> places{standard};
  for (size_t index : batch)
    if (index != standard && isUsable(index))
      places.push_back(index);
  std::vector<ToMeasure> list;
  for (size_t index : places)
    list.push_back({at(index).schedule, &code[index]});
  MeasureLimits limits;
  limits.rounds = options.rounds;
  if (options.budgetSeconds > 0) {
    double left = options.budgetSeconds - spent();
    double share = double(places.size()) /
                   double(std::max(places.size(),
                                   report.candidates.size() - countMeasured()));
    limits.budgetSeconds = std::max(1e-3, left * share);
  }
  auto results = measurer->measure(list, limits, [&] { say(phase); });
  if (!results)
    return results.takeError();
  ++sessions;
  for (size_t i = 0; i < places.size(); ++i) {
    size_t index = places[i];
    CandidateReport &candidate = at(index);
    MeasureResult &result = (*results)[i];
    // The default is in every batch; its first times are its own.
    if (index == standard && phase == Progress::Measure &&
        !candidate.times.ms.empty())
      continue;
    candidate.times = std::move(result.times);
    candidate.failure = result.failure;
    candidate.wrong = isWrong(result.failure);
    candidate.resumed = false;
    if (!candidate.times.ms.empty() || candidate.wrong)
      if (Error error = note(index))
        return error;
  }
  say(phase);
  return Error::success();
}

Error Tuner::process(ArrayRef<size_t> batch) {
  std::vector<size_t> fresh;
  for (size_t index : batch)
    if (!isMeasured(at(index)))
      fresh.push_back(index);
  if (!measurer)
    return compile(batch);
  if (!measurer->needsCode()) {
    if (!fresh.empty())
      if (Error error = measure(fresh, Progress::Measure))
        return error;
    // For the facts; of what was not measured nobody asks them.
    std::vector<size_t> timed;
    copy_if(batch, std::back_inserter(timed),
            [&](size_t index) { return !at(index).times.ms.empty(); });
    return compile(timed);
  }
  if (fresh.empty())
    return compile(batch); // for the facts of what the journal knows
  std::vector<size_t> needed(batch.begin(), batch.end());
  if (!is_contained(needed, standard))
    needed.push_back(standard);
  if (Error error = compile(needed))
    return error;
  if (!isUsable(standard))
    return Error::success();
  return measure(fresh, Progress::Measure);
}

/// Candidates that met only through the default meet in the same rounds, before
/// one of them is chosen: what was fastest of many in its session profits from
/// the session's noise.
Error Tuner::confirm() {
  if (!measurer || !measurer->needsCode() || !isUsable(standard))
    return Error::success();
  bool resumed = any_of(report.candidates, [](const CandidateReport &c) {
    return c.resumed && !c.times.ms.empty();
  });
  if (sessions < 2 && !(resumed && sessions))
    return Error::success();
  if (isOverBudget()) {
    report.complete = false;
    return Error::success();
  }
  constexpr size_t kMost = 3;
  std::vector<size_t> best;
  for (size_t i = 0; i < report.candidates.size(); ++i)
    if (!at(i).times.ms.empty() && at(i).origin != Origin::Baseline &&
        i != standard)
      best.push_back(i);
  auto getGain = [&](size_t index) {
    return compare(at(index).times, at(standard).times).gain;
  };
  stable_sort(best,
              [&](size_t a, size_t b) { return getGain(a) > getGain(b); });
  best.resize(std::min(best.size(), kMost));
  if (size_t baseline = findRole(Origin::Baseline);
      baseline < report.candidates.size() && isUsable(baseline))
    best.push_back(baseline);
  best.push_back(standard);
  if (Error error = compile(best))
    return error;
  return measure(best, Progress::Confirm);
}

/// Fills in what the decision says of each candidate.
void Tuner::decideAll() {
  std::vector<Measured> list;
  std::vector<size_t> places;
  for (size_t i = 0; i < report.candidates.size(); ++i) {
    CandidateReport &candidate = at(i);
    candidate.fate = candidate.failure.empty() ? "unmeasured"
                     : candidate.wrong         ? "wrong, dropped"
                                               : "dropped";
    if (!candidate.failure.empty())
      continue;
    Times times = candidate.times;
    if (!measurer && candidate.predictedMs)
      times = {{*candidate.predictedMs}, {}};
    if (times.ms.empty())
      continue;
    if (measurer)
      candidate.medianMs = median(times.ms);
    Measured::Role role =
        candidate.origin == Origin::Default    ? Measured::Default
        : candidate.origin == Origin::Baseline ? Measured::Baseline
                                               : Measured::Proposal;
    list.push_back({role, std::move(times)});
    places.push_back(i);
  }
  Verdict verdict = decide(list);
  report.chosen = standard;
  report.reason = measurer ? verdict.reason : "by the model: " + verdict.reason;
  if (!verdict.chosen) {
    if (!measurer)
      report.reason = "the default is kept: the model says nothing of such a "
                      "kernel";
    return;
  }
  report.chosen = places[*verdict.chosen];
  for (size_t i = 0; i < places.size(); ++i) {
    at(places[i]).fate = stringify(verdict.fates[i]);
    if (i != verdict.incumbent)
      at(places[i]).toIncumbent = verdict.toIncumbent[i];
    double gain = compare(list[*verdict.chosen].times, list[i].times).gain;
    if (list[i].role == Measured::Default)
      report.gainToDefault = gain;
    if (list[i].role == Measured::Baseline)
      report.gainToBaseline = gain;
  }
}

Expected<Report> Tuner::run() {
  report.program = program.entry().str();
  report.target = program.target().getName().str();
  report.precision = program.options().precision;
  report.fingerprint = program.tuningKey().program;
  report.device = measurer ? measurer->describe() : "";
  report.card = measurer ? measurer->card() : "";
  report.shard = options.shard;
  report.numShards = options.numShards;
  KernelSchedule choice = program.space().getChoice();
  KernelSchedule baseline = program.space().getBaseline();
  if (baseline && baseline != choice)
    add(Origin::Baseline, baseline, describeChange(choice, baseline));
  standard = report.candidates.size();
  add(Origin::Default, choice, "Kiln's own rules");
  planned = options.exhaustive ? report.candidates.size()
                               : size_t(options.maxConfigs);
  say(Progress::Compile);
  std::vector<size_t> first;
  for (size_t i = 0; i < report.candidates.size(); ++i)
    first.push_back(i);
  if (Error error = compile(first))
    return std::move(error);
  if (Error error = addProposals())
    return std::move(error);
  planned = report.candidates.size();
  // Baseline, default and the first proposals share their rounds.
  for (size_t i = first.size(); i < report.candidates.size(); ++i) {
    if (first.size() == kBatch) {
      if (Error error = process(first))
        return std::move(error);
      first.clear();
      if (isOverBudget()) {
        report.complete = false;
        break;
      }
    }
    first.push_back(i);
  }
  if (!first.empty())
    if (Error error = process(first))
      return std::move(error);
  if (Error error = confirm())
    return std::move(error);
  decideAll();
  if (options.keepFiles)
    for (size_t i = 0; i < code.size(); ++i)
      at(i).files = std::move(code[i].files);
  report.seconds = spent();
  return std::move(report);
}

Expected<Report>
kiln::tuning::tune(const Program &program, Measurer *measurer, Journal *journal,
                   const TuneOptions &options,
                   function_ref<void(const Progress &)> onProgress) {
  return Tuner(program, measurer, journal, options, onProgress).run();
}
