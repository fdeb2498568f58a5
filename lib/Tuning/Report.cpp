//===- Report.cpp - A tuning run for readers and programs -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Tuner.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace kiln;
using namespace kiln::tuning;

static std::string describeSource(const Report &report) {
  return report.device.empty()
             ? "nothing was measured: ranked by the model and what ptxas says"
             : "measured: " + report.device;
}

static std::string describeChange(const Change &change) {
  std::string text =
      change.field == "block"
          ? "the next smaller block"
          : formatv("{0} {1} -> {2}", change.field, change.from, change.to)
                .str();
  if (!change.overruledBy.empty())
    text += " (overruled by " + change.overruledBy + ")";
  return text;
}

static void printCandidate(raw_ostream &os, const CandidateReport &candidate,
                           size_t number) {
  auto cell = [](auto value, const char *unit = "") {
    return formatv("{0}{1}", value, unit).str();
  };
  std::string none = "-";
  const auto &facts = candidate.facts;
  bool known = facts && facts->registers;
  os << formatv("{0,3}  {1,-9} {2,5} {3,6} {4,7} {5,9} {6,6} {7,6}", number,
                stringify(candidate.origin), candidate.warps, candidate.stages,
                candidate.block, known ? cell(*facts->registers) : none,
                known ? cell(facts->spillBytes) : none,
                known ? cell(facts->blocksPerSm) : none);
  auto time = [&](std::optional<double> ms) {
    return ms ? formatv("{0:f4}", *ms).str() : none;
  };
  os << formatv(" {0,10} {1,10}", time(candidate.predictedMs),
                time(candidate.medianMs));
  os << formatv(
      " {0,8}  ",
      candidate.toIncumbent
          ? formatv("{0:f2} %", 100 * candidate.toIncumbent->gain).str()
          : none);
  os << candidate.fate;
  if (!candidate.failure.empty())
    os << ": " << candidate.failure;
  os << "\n";
}

std::string kiln::tuning::formatText(const Report &report) {
  std::string text;
  raw_string_ostream os(text);
  os << "program " << report.program << ", target " << report.target
     << ", precision " << report.precision << "\n"
     << describeSource(report) << "\n\nrules, on the default:\n";
  for (const RuleResult &rule : report.rules) {
    os << formatv("  {0,-13} {1,-13} {2}\n", stringify(rule.state), rule.rule,
                  rule.numbers);
    for (const Change &change : rule.changes)
      os << formatv("  {0,-27} {1}\n", "", describeChange(change));
  }
  os << "  together: " << report.ruleProposal << "\n\n";
  if (report.diagnosis)
    os << "profile, of the default: "
       << profiling::formatText(*report.diagnosis) << "\n";
  os << report.considered << " schedules in the space, " << report.fitting
     << " fit, " << report.candidates.size() << " are candidates";
  if (report.numShards > 1)
    os << " (shard " << report.shard << " of " << report.numShards << ", "
       << report.inShards << " proposals in all)";
  os << "\n";
  if (!report.complete)
    os << "the budget ended before all were measured\n";
  os << "  #  candidate warps stages   block registers spills blocks  model ms "
        "  median ms     gain\n";
  for (size_t i = 0; i < report.candidates.size(); ++i)
    printCandidate(os, report.candidates[i], i + 1);
  os << "\n"
     << report.reason << "\nschedule of " << report.program << " (candidate "
     << report.chosen + 1 << "): " << report.choice().schedule << "\n";
  return text;
}

static json::Value orNull(std::optional<double> value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

static json::Object toJson(const RuleResult &rule) {
  json::Array changes;
  for (const Change &change : rule.changes) {
    json::Object object{{"field", change.field}};
    if (change.field != "block") {
      object["from"] = change.from;
      object["to"] = change.to;
    }
    if (!change.overruledBy.empty())
      object["overruled_by"] = change.overruledBy;
    changes.push_back(std::move(object));
  }
  return json::Object{{"rule", rule.rule},
                      {"state", stringify(rule.state)},
                      {"numbers", rule.numbers},
                      {"changes", std::move(changes)}};
}

static json::Value
toJson(const std::optional<profiling::Diagnosis> &diagnosis) {
  if (!diagnosis)
    return nullptr;
  json::Array proposals;
  for (const profiling::Proposal &proposal : diagnosis->proposals)
    proposals.push_back(
        json::Object{{"changes", profiling::toJson(proposal.changes)},
                     {"reason", proposal.reason}});
  return json::Object{{"bound", profiling::stringify(diagnosis->bound)},
                      {"summary", diagnosis->summary},
                      {"evidence", profiling::toJson(diagnosis->evidence)},
                      {"proposals", std::move(proposals)}};
}

static json::Object toJson(const CandidateReport &candidate) {
  json::Object object{{"origin", stringify(candidate.origin)},
                      {"schedule", candidate.schedule},
                      {"num_warps", candidate.warps},
                      {"num_stages", candidate.stages},
                      {"block", candidate.block},
                      {"reason", candidate.reason},
                      {"model_ms", orNull(candidate.predictedMs)},
                      {"median_ms", orNull(candidate.medianMs)},
                      {"fate", candidate.fate}};
  if (const auto &facts = candidate.facts) {
    json::Object report{{"threads", facts->threads},
                        {"shared_bytes", facts->sharedBytes}};
    if (facts->registers) {
      report["registers"] = *facts->registers;
      report["spill_bytes"] = facts->spillBytes;
      report["blocks_per_sm"] = facts->blocksPerSm;
      report["occupancy"] = facts->occupancy;
      report["limiter"] = facts->limiter;
    }
    object["facts"] = std::move(report);
  }
  if (!candidate.times.ms.empty())
    object["ms"] = json::Array(candidate.times.ms);
  if (!candidate.times.reference.empty())
    object["reference_ms"] = json::Array(candidate.times.reference);
  if (candidate.toIncumbent) {
    object["gain"] = candidate.toIncumbent->gain;
    object["p"] = orNull(candidate.toIncumbent->p);
  }
  if (!candidate.failure.empty())
    object["failure"] = candidate.failure;
  if (candidate.resumed)
    object["resumed"] = true;
  return object;
}

std::string kiln::tuning::formatJson(const Report &report) {
  json::Array rules, candidates;
  for (const RuleResult &rule : report.rules)
    rules.push_back(::toJson(rule));
  for (const CandidateReport &candidate : report.candidates)
    candidates.push_back(::toJson(candidate));
  json::Object object{
      {"program", report.program},
      {"fingerprint", report.fingerprint},
      {"target", report.target},
      {"precision", report.precision},
      {"device", report.device.empty() ? json::Value(nullptr)
                                       : json::Value(report.device)},
      {"card",
       report.card.empty() ? json::Value(nullptr) : json::Value(report.card)},
      {"rules", std::move(rules)},
      {"rule_proposal", report.ruleProposal},
      {"diagnosis", ::toJson(report.diagnosis)},
      {"space", json::Object{{"schedules", int64_t(report.considered)},
                             {"fit", int64_t(report.fitting)}}},
      {"shard", json::Object{{"index", report.shard},
                             {"count", report.numShards},
                             {"proposals", int64_t(report.inShards)}}},
      {"complete", report.complete},
      {"candidates", std::move(candidates)},
      {"chosen", int64_t(report.chosen)},
      {"gain_to_default", orNull(report.gainToDefault)},
      {"gain_to_baseline", orNull(report.gainToBaseline)},
      {"reason", report.reason},
      {"schedule", report.choice().schedule},
      {"seconds", report.seconds}};
  std::string text;
  raw_string_ostream(text) << formatv("{0:2}", json::Value(std::move(object)))
                           << "\n";
  return text;
}
