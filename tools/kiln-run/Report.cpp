//===- Report.cpp - What kiln-run prints ------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace kiln::runtime;
using Json = nlohmann::ordered_json;

namespace kiln::run {

OutputSummary summarizeOutput(const TensorInfo &info, const Tensor &tensor) {
  OutputSummary summary;
  summary.name = info.name;
  summary.type = std::string(getName(info.type));
  summary.shape = info.shape;
  int64_t count = 0;
  double sum = 0;
  for (int64_t i = 0, n = tensor.numElements(); i < n; ++i) {
    double value = tensor.at(i);
    if (std::isnan(value)) {
      ++summary.numNan;
    } else if (std::isinf(value)) {
      ++summary.numInfinite;
    } else {
      summary.minimum = count ? std::min(summary.minimum, value) : value;
      summary.maximum = count ? std::max(summary.maximum, value) : value;
      sum += value;
      ++count;
    }
  }
  summary.mean = count ? sum / double(count) : 0;
  return summary;
}

bool VerifyReport::passed() const {
  for (const OutputReport &output : outputs)
    if (!output.passed)
      return false;
  return true;
}

bool Report::passed() const {
  return (!verify || verify->passed()) &&
         (!emulation || emulation->findings == 0);
}

/// Whole numbers with all digits: indices that differ must not look alike.
static std::string format(double value) {
  bool isWhole = std::fabs(value) < 0x1p53 && value == std::trunc(value);
  char text[32];
  std::snprintf(text, sizeof(text), isWhole ? "%.0f" : "%.9g", value);
  return text;
}

static void printVerify(const VerifyReport &verify) {
  for (size_t i = 0; i < verify.outputs.size(); ++i) {
    const OutputReport &output = verify.outputs[i];
    std::printf("verify %s against the %s reference: %s\n", output.name.c_str(),
                verify.reference == "gpu" ? "float64 GPU" : "point",
                output.passed ? "PASS" : "FAIL");
    std::printf("  %lld elements, max error %.3g, relative norm %.3g",
                static_cast<long long>(output.checked), output.maxError,
                output.relativeNorm);
    if (i < verify.tolerances.size())
      std::printf(" (tolerances: norm %.3g, max %.3g of the largest value)",
                  verify.tolerances[i].norm, verify.tolerances[i].maximum);
    std::printf("\n");
    if (output.worst)
      std::printf("  worst at %s: expected %s, actual %s, bound %.3g\n",
                  formatCoordinates(output.worst->coordinates).c_str(),
                  format(output.worst->expected).c_str(),
                  format(output.worst->actual).c_str(), output.worst->bound);
    for (const std::string &message : output.messages)
      std::printf("  %s\n", message.c_str());
  }
}

static void printTiming(const char *name, const TimeStatistics &time,
                        int64_t flops, int64_t bytes) {
  std::printf("%-40s %10.4f %10.4f %10.4f %10.4f %9.2f %9.1f\n", name,
              time.median, time.minimum, time.p10, time.p90,
              getTeraflops(flops, time), getGigabytes(bytes, time));
}

static void printBenchmark(const BenchmarkResult &result,
                           const BenchmarkOptions &options) {
  std::printf("%d repetitions, %s L2 cache, milliseconds\n", result.time.count,
              options.coldL2 ? "cold" : "warm");
  std::printf("%-40s %10s %10s %10s %10s %9s %9s\n", "", "median", "min", "p10",
              "p90", "TFLOP/s", "GB/s");
  for (const KernelTiming &kernel : result.kernels)
    printTiming(kernel.name.c_str(), kernel.time, kernel.flops, kernel.bytes);
  printTiming("total", result.time, result.flops, result.bytes);
}

void Report::printText() const {
  for (const OutputSummary &output : outputs) {
    std::printf("output %s: %s %s, min %.6g, max %.6g, mean %.6g",
                output.name.c_str(), toString(output.shape).c_str(),
                output.type.c_str(), output.minimum, output.maximum,
                output.mean);
    if (output.numNan || output.numInfinite)
      std::printf(", %lld NaN, %lld infinite",
                  static_cast<long long>(output.numNan),
                  static_cast<long long>(output.numInfinite));
    std::printf("\n");
  }
  if (verify)
    for (const DrawnInput &input : drawn)
      std::printf("input %s: random in %s, since %s\n", input.name.c_str(),
                  input.range.c_str(),
                  input.domain == Domain::Positive
                      ? "a root, logarithm or power of it is taken"
                      : "something is divided by it");
  if (emulation)
    std::printf(
        "emulated %lld launches, %lld blocks%s: %lld findings\n",
        static_cast<long long>(emulation->launches),
        static_cast<long long>(emulation->blocks),
        emulation->tiles
            ? (", " + std::to_string(emulation->tiles) + " tiles").c_str()
            : "",
        static_cast<long long>(emulation->findings));
  if (verify)
    printVerify(*verify);
  if (benchmark)
    printBenchmark(*benchmark, timing);
}

/// JSON has no NaN and no infinity.
static Json toJson(double value) {
  if (std::isfinite(value))
    return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

static Json toJson(const TimeStatistics &time) {
  return Json{{"median", time.median}, {"min", time.minimum},
              {"p10", time.p10},       {"p90", time.p90},
              {"max", time.maximum},   {"count", time.count}};
}

static Json toJson(const OutputReport &output) {
  Json json{{"name", output.name},
            {"passed", output.passed},
            {"checked", output.checked},
            {"mismatches", output.mismatches},
            {"max_error", toJson(output.maxError)},
            {"relative_norm", toJson(output.relativeNorm)}};
  if (output.worst)
    json["worst"] = Json{{"coordinates", output.worst->coordinates},
                         {"expected", toJson(output.worst->expected)},
                         {"actual", toJson(output.worst->actual)},
                         {"bound", toJson(output.worst->bound)}};
  json["messages"] = output.messages;
  return json;
}

static Json toJson(const VerifyReport &verify) {
  Json json{{"reference", verify.reference}, {"passed", verify.passed()}};
  json["outputs"] = Json::array();
  for (size_t i = 0; i < verify.outputs.size(); ++i) {
    Json output = toJson(verify.outputs[i]);
    if (i < verify.tolerances.size())
      output["tolerance"] =
          Json{{"norm", verify.tolerances[i].norm},
               {"max", verify.tolerances[i].maximum},
               {"mismatches", verify.tolerances[i].mismatches}};
    json["outputs"].push_back(std::move(output));
  }
  return json;
}

static Json toJson(const BenchmarkResult &result,
                   const BenchmarkOptions &options) {
  auto entry = [](const TimeStatistics &time, int64_t flops, int64_t bytes) {
    return Json{{"ms", toJson(time)},
                {"flops", flops},
                {"bytes", bytes},
                {"tflops", getTeraflops(flops, time)},
                {"gbytes_per_s", getGigabytes(bytes, time)}};
  };
  Json json = entry(result.time, result.flops, result.bytes);
  json["l2"] = options.coldL2 ? "cold" : "warm";
  json["rest_ms"] = options.restMilliseconds;
  json["skip_prepared"] = options.skipPrepared;
  json["kernels"] = Json::array();
  for (const KernelTiming &kernel : result.kernels) {
    Json item{{"name", kernel.name}};
    item.update(entry(kernel.time, kernel.flops, kernel.bytes));
    json["kernels"].push_back(std::move(item));
  }
  return json;
}

void Report::printJson() const {
  Json json{{"tool", "kiln-run"},
            {"version", KILN_VERSION},
            {"entry", artifact->entry},
            {"precision", artifact->precision},
            {"producer", artifact->producer},
            {"seed", seed},
            {"passed", passed()}};
  if (card)
    json["device"] =
        Json{{"kind", "cuda"},
             {"name", card->name},
             {"compute_capability",
              std::to_string(card->major) + "." + std::to_string(card->minor)},
             {"sm_count", card->smCount},
             {"driver", card->driverVersion},
             {"loaded_from", loadedFrom}};
  else
    json["device"] = Json{{"kind", "cpu"}};
  for (const DrawnInput &input : drawn)
    json["drawn"].push_back(Json{
        {"name", input.name},
        {"domain", input.domain == Domain::Positive ? "positive" : "nonzero"},
        {"range", input.range}});
  if (!outputs.empty())
    json["outputs"] = Json::array();
  for (const OutputSummary &output : outputs)
    json["outputs"].push_back(Json{{"name", output.name},
                                   {"type", output.type},
                                   {"shape", output.shape},
                                   {"min", output.minimum},
                                   {"max", output.maximum},
                                   {"mean", output.mean},
                                   {"nan", output.numNan},
                                   {"infinite", output.numInfinite}});
  if (emulation)
    json["emulation"] = Json{{"findings", emulation->findings},
                             {"launches", emulation->launches},
                             {"blocks", emulation->blocks},
                             {"tiles", emulation->tiles}};
  if (verify)
    json["verify"] = toJson(*verify);
  if (benchmark)
    json["benchmark"] = toJson(*benchmark, timing);
  std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::printf("%s\n", text.c_str());
}

} // namespace kiln::run
