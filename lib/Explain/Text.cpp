//===- Text.cpp - An explanation for a terminal ---------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Target/LaunchPlan.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace kiln;
using namespace kiln::explain;
using llvm::formatv;
using llvm::raw_ostream;
using llvm::StringRef;

std::string kiln::explain::printBound(const RooflinePosition &roof) {
  return roof.isComputeBound()
             ? formatv("compute, at {0:f0} MHz", roof.clockMhz).str()
             : "memory";
}

static void printResources(raw_ostream &os, const KernelExplanation &kernel) {
  auto line = [&](StringRef key) -> raw_ostream & {
    return os << "    " << llvm::left_justify(key, 16);
  };
  const tuning::CompileFacts &facts = kernel.facts;
  os << "  resources\n";
  line("grid") << kernel.grid << " = " << kernel.blocks << " blocks of "
               << facts.threads << " threads\n";
  if (kernel.tiles)
    line("tiles") << kernel.tiles << "\n";
  line("shared memory") << facts.sharedBytes << " bytes a block\n";
  if (facts.registers) {
    line("registers") << *facts.registers << " a thread, " << facts.spillBytes
                      << " bytes spilled\n";
    line("occupancy") << formatv(
        "{0:f1} % ({1} of {2} warps, {3} block{4}), limited by {5}\n",
        100 * facts.occupancy, kernel.warpsPerSm, kernel.maxWarpsPerSm,
        facts.blocksPerSm, facts.blocksPerSm == 1 ? "" : "s", facts.limiter);
  }
  const RooflinePosition &roof = kernel.roofline;
  line("roofline") << (facts.flops ? formatScaled(facts.flops, "FLOP, ") : "")
                   << formatScaled(facts.bytes, "B");
  if (facts.flops)
    os << formatv(", {0:f1} FLOP a byte; roof {1:f1} of {2:f1} TFLOP/s",
                  roof.intensity, roof.attainableTflops, roof.peakTflops);
  os << formatv("; {0:f4} ms at least ({1})\n", roof.boundMs(),
                printBound(roof));
}

static void printKernel(raw_ostream &os, const KernelExplanation &kernel) {
  os << "\nkernel " << kernel.name << " (" << kernel.role << ")\n";
  if (!kernel.fields.empty()) {
    os << "  schedule, by " << kernel.chosenBy << "\n";
    for (const FieldReason &field : kernel.fields)
      os << "    " << llvm::left_justify(field.field, 14) << " "
         << llvm::left_justify(field.value, 17) << " " << field.reason << "\n";
  }
  printResources(os, kernel);
  if (kernel.role != "compute")
    return;
  os << "  predicted";
  if (kernel.predictedMs)
    os << formatv(": {0:f4} ms, bound by {1}, at {2:f0} MHz",
                  *kernel.predictedMs, kernel.predictedBound,
                  kernel.predictedMhz);
  os << "\n";
  for (const PredictedMetric &metric : kernel.metrics)
    os << formatv("    {0} {1:f2} {2} ({3})\n", metric.name, metric.value,
                  metric.unit, metric.how);
  if (!kernel.rules.empty()) {
    os << "  rules\n";
    for (const tuning::RuleResult &rule : kernel.rules)
      os << "    " << llvm::left_justify(rule.rule, 14) << " "
         << llvm::left_justify(tuning::stringify(rule.state), 13) << " "
         << rule.numbers << "\n";
  }
  if (!kernel.lost.empty()) {
    os << "  candidates that lost, of " << kernel.considered
       << " considered, of which " << kernel.fitting << " fit\n";
    for (const LostCandidate &lost : kernel.lost)
      os << "    " << profiling::formatText(lost.changes) << ": " << lost.reason
         << "\n";
  }
  if (!kernel.path.empty()) {
    os << "  the tile's way\n";
    for (const PathStep &step : kernel.path) {
      os << "    " << llvm::left_justify(step.place, 15);
      if (!step.what.empty())
        os << " " << step.what << ": " << formatScaled(step.bytes, "B");
      os << "\n";
    }
  }
  os << "  timeline\n";
  if (!kernel.timeline.events.empty())
    os << formatv(
        "    {0:f0} cycles, {1:f2} us at {2:f0} MHz; multiplies {3:f1} "
        "% of the time\n",
        kernel.timeline.cycles,
        kernel.timeline.cycles / kernel.timeline.clockMhz,
        kernel.timeline.clockMhz, 100 * kernel.timeline.multiplyShare);
  os << "    " << kernel.timeline.note << "\n";
  os << "  what to try next, by the "
     << (kernel.measured ? "profile" : "predicted metrics") << "\n";
  llvm::SmallVector<StringRef> lines;
  std::string text = profiling::formatText(kernel.diagnosis);
  StringRef(text).rtrim().split(lines, '\n');
  for (StringRef line : lines)
    os << "    " << line << "\n";
  if (kernel.diagnosis.proposals.empty())
    os << "    no step of the schedule is proposed\n";
}

std::string kiln::explain::formatText(const Explanation &explanation) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << explanation.program << ": entry " << explanation.entry << ", target "
     << explanation.target << " (" << explanation.arch << ", "
     << explanation.sms << " multiprocessors), precision "
     << explanation.precision << "\n";
  for (const std::string &note : explanation.notes)
    os << "note: " << note << "\n";
  if (!explanation.fusion.empty()) {
    os << "\nfusion\n";
    for (const FusionDecision &decision : explanation.fusion)
      os << "  " << (decision.joined ? "in   " : "out  ") << decision.place
         << " " << decision.reason << "\n";
  }
  // What computes is read first; packing is small.
  for (bool packs : {false, true})
    for (const KernelExplanation &kernel : explanation.kernels)
      if ((kernel.role == "pack") == packs)
        printKernel(os, kernel);
  return text;
}
