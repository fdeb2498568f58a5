//===- Json.cpp - An explanation for a program ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace kiln;
using namespace kiln::explain;
using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

static Value orNull(std::optional<double> value) {
  return value ? Value(*value) : Value(nullptr);
}

template <typename List, typename Fn>
static Array map(const List &list, Fn toValue) {
  Array array;
  for (const auto &item : list)
    array.push_back(toValue(item));
  return array;
  return array;
}
static Object toJson(const tuning::RuleResult &rule) {
  return Object{{"rule", rule.rule},
                {"state", tuning::stringify(rule.state)},
                {"numbers", rule.numbers}};
}

static Object getResources(const KernelExplanation &kernel) {
  const tuning::CompileFacts &facts = kernel.facts;
  Object object{{"grid", kernel.grid},      {"blocks", kernel.blocks},
                {"threads", facts.threads}, {"shared_bytes", facts.sharedBytes},
                {"flops", facts.flops},     {"bytes", facts.bytes}};
  if (kernel.tiles)
    object["tiles"] = kernel.tiles;
  if (facts.registers) {
    object["registers"] = *facts.registers;
    object["spill_bytes"] = facts.spillBytes;
    object["blocks_per_sm"] = facts.blocksPerSm;
    object["occupancy"] = facts.occupancy;
    object["warps_per_sm"] = kernel.warpsPerSm;
    object["limiter"] = facts.limiter;
  }
  return object;
}

static Object toJson(const KernelExplanation &kernel) {
  const RooflinePosition &roof = kernel.roofline;
  Object object{
      {"name", kernel.name},
      {"role", kernel.role},
      {"schedule", kernel.schedule},
      {"chosen_by", kernel.chosenBy},
      {"fields", map(kernel.fields,
                     [](const FieldReason &field) {
                       return Object{{"field", field.field},
                                     {"value", field.value},
                                     {"reason", field.reason}};
                     })},
      {"resources", getResources(kernel)},
      {"roofline", Object{{"intensity", roof.intensity},
                          {"peak_tflops", roof.peakTflops},
                          {"bandwidth_gbs", roof.bandwidthGbs},
                          {"clock_mhz", roof.clockMhz},
                          {"attainable_tflops", roof.attainableTflops},
                          {"compute_ms", roof.computeMs},
                          {"memory_ms", roof.memoryMs},
                          {"bound_ms", roof.boundMs()}}}};
  if (kernel.role != "compute")
    return object;
  object["predicted_ms"] = orNull(kernel.predictedMs);
  if (kernel.predictedMs) {
    object["predicted_mhz"] = kernel.predictedMhz;
    object["predicted_bound"] = kernel.predictedBound;
    object["description"] = toJson(*kernel.description);
  }
  object["metrics"] = map(kernel.metrics, [](const PredictedMetric &metric) {
    return Object{{"name", metric.name},
                  {"value", metric.value},
                  {"unit", metric.unit},
                  {"how", metric.how}};
  });
  object["rules"] = map(kernel.rules, [](const tuning::RuleResult &rule) {
    return toJson(rule);
  });
  object["candidates"] =
      Object{{"considered", int64_t(kernel.considered)},
             {"fit", int64_t(kernel.fitting)},
             {"lost", map(kernel.lost, [](const LostCandidate &lost) {
                return Object{{"schedule", lost.schedule},
                              {"changes", profiling::toJson(lost.changes)},
                              {"predicted_ms", orNull(lost.predictedMs)},
                              {"reason", lost.reason}};
              })}};
  object["path"] = map(kernel.path, [](const PathStep &step) {
    return Object{
        {"place", step.place}, {"moves", step.what}, {"bytes", step.bytes}};
  });
  object["timeline"] = Object{
      {"cycles", kernel.timeline.cycles},
      {"clock_mhz", kernel.timeline.clockMhz},
      {"multiply_share", kernel.timeline.multiplyShare},
      {"note", kernel.timeline.note},
      {"events", map(kernel.timeline.events, [](const TimelineEvent &event) {
         return Object{{"lane", stringify(event.lane)},
                       {"name", event.name},
                       {"begin", event.begin},
                       {"end", event.end}};
       })}};
  Object diagnosis = profiling::toJson(kernel.diagnosis);
  diagnosis["by"] = kernel.measured ? "profile" : "prediction";
  object["diagnosis"] = std::move(diagnosis);
  return object;
}

std::string kiln::explain::formatJson(const Explanation &explanation) {
  Object object{
      {"program", explanation.program},
      {"entry", explanation.entry},
      {"precision", explanation.precision},
      {"target", Object{{"name", explanation.target},
                        {"arch", explanation.arch},
                        {"sms", explanation.sms}}},
      {"notes", Array(explanation.notes)},
      {"fusion", map(explanation.fusion,
                     [](const FusionDecision &decision) {
                       return Object{{"place", decision.place},
                                     {"op", decision.op},
                                     {"joined", decision.joined},
                                     {"reason", decision.reason}};
                     })},
      {"kernels", map(explanation.kernels, [](const KernelExplanation &kernel) {
         return ::toJson(kernel);
       })}};
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}", Value(std::move(object))) << "\n";
  return text;
}
