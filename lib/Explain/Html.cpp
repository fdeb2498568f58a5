//===- Html.cpp - An explanation as a page --------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Target/LaunchPlan.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace kiln;
using namespace kiln::explain;
using llvm::formatv;
using llvm::raw_ostream;
using llvm::StringRef;
using llvm::Twine;

static constexpr llvm::StringLiteral kStyle = R"css(
:root { color-scheme: light dark;
  --back: #ffffff; --text: #1d1f23; --faint: #5d6470; --rule: #d9dce1;
  --panel: #f4f5f7; --copies: #3f7fbf; --fragments: #c98a1b;
  --multiplies: #3c9459; --stores: #a0529e; --roof: #b3372f; }
@media (prefers-color-scheme: dark) { :root {
  --back: #16181c; --text: #e6e8eb; --faint: #a0a7b3; --rule: #383d46;
  --panel: #1f2228; --copies: #6aa6e0; --fragments: #e0ab4e;
  --multiplies: #63bd81; --stores: #c583c3; --roof: #e8766e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 66rem; background: var(--back);
  color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem;
  border-bottom: 2px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
code, td.code { font-family: ui-monospace, monospace; font-size: .86em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .2rem .7rem .2rem 0;
  border-bottom: 1px solid var(--rule); }
th { color: var(--faint); font-weight: 600; }
td.number { text-align: right; white-space: nowrap; }
.faint { color: var(--faint); }
.scroll { overflow-x: auto; }
.bound { background: var(--panel); border-left: 4px solid var(--roof);
  padding: .5rem .9rem; margin: .6rem 0; }
.facts { display: grid; gap: .1rem 1.2rem;
  grid-template-columns: max-content 1fr; margin: .3rem 0; }
.facts dt { color: var(--faint); } .facts dd { margin: 0; }
svg { width: 100%; height: auto; display: block; }
svg.roofline { max-width: 42rem; }
svg text { fill: var(--text); font-size: 12px; }
svg text.tick { fill: var(--faint); font-size: 11px; }
svg .grid { stroke: var(--rule); } svg .roof { stroke: var(--roof); stroke-width: 2; }
svg .boosted { stroke: var(--roof); stroke-dasharray: 6 4; }
svg .marker { stroke: var(--faint); stroke-dasharray: 3 3; }
svg .attainable { fill: var(--back); stroke: var(--roof); stroke-width: 2; }
svg .predicted { fill: var(--roof); }
svg .box { fill: var(--panel); stroke: var(--faint); }
svg .arrow { stroke: var(--text); stroke-width: 1.5; }
svg .copies { fill: var(--copies); } svg .fragments { fill: var(--fragments); }
svg .multiplies { fill: var(--multiplies); } svg .stores { fill: var(--stores); }
@media print { :root { --back: #ffffff; --text: #000000; --faint: #444444;
    --rule: #bbbbbb; --panel: #f2f2f2; --copies: #3f7fbf; --fragments: #c98a1b;
    --multiplies: #3c9459; --stores: #a0529e; --roof: #b3372f; }
  body { padding: 0; max-width: none; font-size: 10pt;
    print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2.kernel ~ h2.kernel { break-before: page; } h2, h3 { break-after: avoid; }
  tr, svg, .bound { break-inside: avoid; } .scroll { overflow: visible; } }
)css";

/// An arrow in UTF-8.
static constexpr llvm::StringLiteral kArrow = "\xE2\x86\x92";

namespace {
class Page {
public:
  explicit Page(const Explanation &explanation)
      : explanation(explanation), os(text) {}

  std::string write() {
    os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
       << "<title>" << escape(explanation.entry) << " on "
       << escape(explanation.target) << "</title>\n<style>" << kStyle
       << "</style>\n</head>\n<body>\n<main>\n";
    os << "<h1>" << escape(explanation.entry) << "</h1>\n";
    paragraph(Twine(explanation.program) + ", for " + explanation.target +
                  " (" + explanation.arch + ", " + Twine(explanation.sms) +
                  " multiprocessors), precision " + explanation.precision,
              "faint");
    for (const std::string &note : explanation.notes)
      paragraph("Note: " + note, "faint");
    writeSummary();
    writeFusion();
    // What computes is read first; packing is small.
    for (bool packs : {false, true})
      for (const KernelExplanation &kernel : explanation.kernels)
        if ((kernel.role == "pack") == packs)
          write(kernel);
    os << "</main>\n</body>\n</html>\n";
    return std::move(text);
  }

private:
  void paragraph(const Twine &words, StringRef style = "") {
    os << "<p" << (style.empty() ? "" : " class=\"" + style.str() + "\"") << ">"
       << escape(words.str()) << "</p>\n";
  }
  void heading(int level, const Twine &words, StringRef style = "") {
    os << formatv("<h{0}{2}>{1}</h{0}>\n", level, escape(words.str()),
                  style.empty() ? "" : " class=\"" + style.str() + "\"");
  }
  void beginTable(llvm::ArrayRef<StringRef> columns) {
    os << "<div class=\"scroll\"><table>\n<thead><tr>";
    for (StringRef column : columns)
      os << "<th>" << escape(column) << "</th>";
    os << "</tr></thead>\n<tbody>\n";
  }
  void endTable() { os << "</tbody>\n</table></div>\n"; }
  struct Cell {
    std::string words;
    StringRef style = "";
  };
  void row(std::initializer_list<Cell> cells) {
    os << "<tr>";
    for (const Cell &cell : cells)
      os << "<td"
         << (cell.style.empty() ? "" : " class=\"" + cell.style.str() + "\"")
         << ">" << escape(cell.words) << "</td>";
    os << "</tr>\n";
  }
  void fact(StringRef name, const Twine &value) {
    os << "<dt>" << escape(name) << "</dt><dd>" << escape(value.str())
       << "</dd>\n";
  }

  void writeSummary() {
    for (const KernelExplanation &kernel : explanation.kernels)
      if (kernel.role == "compute")
        os << "<div class=\"bound\"><strong>" << escape(kernel.name)
           << "</strong>: bound by "
           << profiling::stringify(kernel.diagnosis.bound)
           << (kernel.measured ? ", by its profile: "
                               : ", by predicted metrics: ")
           << escape(kernel.diagnosis.summary) << ".</div>\n";
  }

  void writeFusion() {
    if (explanation.fusion.empty())
      return;
    heading(2, "Fusion");
    beginTable({"where", "", "decision"});
    for (const FusionDecision &decision : explanation.fusion)
      row({{decision.place, "code"},
           {decision.joined ? "in" : "out"},
           {decision.reason}});
    endTable();
  }

  void write(const KernelExplanation &kernel) {
    heading(2, Twine("Kernel ") + kernel.name + " (" + kernel.role + ")",
            "kernel");
    writeResources(kernel);
    if (kernel.role == "compute" && kernel.facts.flops) {
      heading(3, "Roofline");
      os << drawRoofline(kernel);
    }
    if (!kernel.fields.empty()) {
      heading(3, "Schedule, by " + Twine(kernel.chosenBy));
      beginTable({"field", "value", "reason"});
      for (const FieldReason &field : kernel.fields)
        row({{field.field, "code"}, {field.value, "code"}, {field.reason}});
      endTable();
      os << "<p><code>" << escape(kernel.schedule) << "</code></p>\n";
    }
    if (kernel.role != "compute")
      return;
    writeCandidates(kernel);
    writeRules(kernel);
    writeMetrics(kernel);
    if (!kernel.path.empty()) {
      heading(3, "The tile's way through memory");
      os << drawPath(kernel);
      beginTable({"from", "what moves on", "bytes of a tile"});
      for (const PathStep &step : kernel.path)
        if (!step.what.empty())
          row({{step.place},
               {step.what},
               {formatScaled(step.bytes, "B"), "number"}});
      endTable();
    }
    heading(3, "Timeline of a block");
    if (!kernel.timeline.events.empty())
      paragraph(
          formatv("{0:f0} cycles, {1:f2} us at {2:f0} MHz; multiplies are "
                  "under way {3:f1} % of the time.",
                  kernel.timeline.cycles,
                  kernel.timeline.cycles / kernel.timeline.clockMhz,
                  kernel.timeline.clockMhz, 100 * kernel.timeline.multiplyShare)
              .str());
    os << drawTimeline(kernel);
    paragraph(kernel.timeline.note, "faint");
    writeNext(kernel);
  }

  void writeResources(const KernelExplanation &kernel) {
    const tuning::CompileFacts &facts = kernel.facts;
    const RooflinePosition &roof = kernel.roofline;
    os << "<dl class=\"facts\">\n";
    fact("grid", Twine(kernel.grid) + " = " + Twine(kernel.blocks) +
                     " blocks of " + Twine(facts.threads) + " threads");
    if (kernel.tiles)
      fact("tiles", Twine(kernel.tiles));
    fact("shared memory", Twine(facts.sharedBytes) + " bytes a block");
    if (facts.registers) {
      fact("registers", Twine(*facts.registers) + " a thread, " +
                            Twine(facts.spillBytes) + " bytes spilled");
      fact("occupancy",
           formatv("{0:f1} % ({1} of {2} warps, {3} block{4}), limited by {5}",
                   100 * facts.occupancy, kernel.warpsPerSm,
                   kernel.maxWarpsPerSm, facts.blocksPerSm,
                   facts.blocksPerSm == 1 ? "" : "s", facts.limiter)
               .str());
    }
    std::string work = formatScaled(facts.bytes, "B");
    if (facts.flops)
      work = formatScaled(facts.flops, "FLOP, ") + work +
             formatv(", {0:f1} FLOP a byte", roof.intensity).str();
    fact("work", work);
    fact("at least",
         formatv("{0:f4} ms ({1})", roof.boundMs(), printBound(roof)).str());
    if (kernel.predictedMs)
      fact("predicted", formatv("{0:f4} ms, bound by {1}, at {2:f0} MHz",
                                *kernel.predictedMs, kernel.predictedBound,
                                kernel.predictedMhz)
                            .str());
    os << "</dl>\n";
  }

  void writeCandidates(const KernelExplanation &kernel) {
    if (kernel.lost.empty())
      return;
    heading(3, "Candidates that lost");
    paragraph(formatv("{0} schedules were considered, {1} of them fit.",
                      kernel.considered, kernel.fitting)
                  .str());
    beginTable({"changes", "predicted ms", "why not"});
    for (const LostCandidate &lost : kernel.lost)
      row({{profiling::formatText(lost.changes, kArrow), "code"},
           {lost.predictedMs ? formatv("{0:f4}", *lost.predictedMs).str() : "",
            "number"},
           {lost.reason}});
    endTable();
  }

  void writeRules(const KernelExplanation &kernel) {
    if (kernel.rules.empty())
      return;
    heading(3, "Rules");
    beginTable({"rule", "state", "numbers"});
    for (const tuning::RuleResult &rule : kernel.rules)
      row({{rule.rule}, {tuning::stringify(rule.state)}, {rule.numbers}});
    endTable();
  }

  void writeMetrics(const KernelExplanation &kernel) {
    heading(3, "Predicted metrics");
    beginTable({"metric", "value", "unit", "from"});
    for (const PredictedMetric &metric : kernel.metrics)
      row({{metric.name, "code"},
           {formatv("{0:f2}", metric.value).str(), "number"},
           {metric.unit},
           {metric.how}});
    endTable();
  }

  void writeNext(const KernelExplanation &kernel) {
    const profiling::Diagnosis &diagnosis = kernel.diagnosis;
    heading(3, "What to try next");
    os << "<div class=\"bound\">Bound by "
       << profiling::stringify(diagnosis.bound)
       << (kernel.measured ? ", by its profile: " : ", by predicted metrics: ")
       << escape(diagnosis.summary) << ".</div>\n";
    if (!diagnosis.evidence.empty()) {
      beginTable({"evidence", "value", "", "threshold", "meaning"});
      for (const profiling::Evidence &item : diagnosis.evidence)
        row({{item.metric, "code"},
             {formatv("{0:f2}", item.value).str(), "number"},
             {item.relation},
             {formatv("{0:f2} {1}", item.threshold, item.unit).str(), "number"},
             {item.meaning}});
      endTable();
    }
    for (const std::string &metric : diagnosis.missing)
      paragraph("Not measured: " + metric, "faint");
    if (diagnosis.proposals.empty())
      return paragraph("No step of the schedule is proposed.");
    beginTable({"change", "reason"});
    for (const profiling::Proposal &proposal : diagnosis.proposals)
      row({{profiling::formatText(proposal.changes, kArrow), "code"},
           {proposal.reason}});
    endTable();
    if (!diagnosis.proposedText.empty())
      os << "<p>All together: <code>" << escape(diagnosis.proposedText)
         << "</code></p>\n";
  }

  const Explanation &explanation;
  std::string text;
  llvm::raw_string_ostream os;
};
} // namespace

std::string kiln::explain::formatHtml(const Explanation &explanation) {
  return Page(explanation).write();
}
