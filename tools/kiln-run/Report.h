//===- Report.h - What kiln-run prints --------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNRUN_REPORT_H
#define KILN_TOOLS_KILNRUN_REPORT_H

#include "kiln/Runtime/Benchmark.h"
#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/Emulation.h"

namespace kiln::run {

/// The values of an output at a glance.
struct OutputSummary {
  std::string name, type;
  runtime::Shape shape;
  double minimum = 0, maximum = 0, mean = 0; // over finite elements
  int64_t numNan = 0, numInfinite = 0;
};
OutputSummary summarizeOutput(const runtime::TensorInfo &info,
                              const runtime::Tensor &tensor);

struct VerifyReport {
  std::string reference; // "gpu" or "cpu"
  std::vector<runtime::OutputReport> outputs;
  /// One an output, for reference "gpu".
  std::vector<runtime::Tolerance> tolerances;
  bool passed() const;
};

struct EmulationSummary {
  int64_t findings, launches, blocks, tiles;
};

/// How an input was drawn whose domain the program restricts.
struct DrawnInput {
  std::string name;
  runtime::Domain domain;
  std::string range;
};

/// All results of a run; what was not asked for is absent.
struct Report {
  const runtime::Artifact *artifact = nullptr;
  std::optional<runtime::CudaDeviceInfo> card; // absent: the CPU
  std::string loadedFrom;
  uint64_t seed = 0;
  std::vector<DrawnInput> drawn;
  std::vector<OutputSummary> outputs;
  std::optional<VerifyReport> verify;
  std::optional<EmulationSummary> emulation;
  std::optional<runtime::BenchmarkResult> benchmark;
  runtime::BenchmarkOptions timing;

  bool passed() const;
  void printText() const;
  void printJson() const;
};

} // namespace kiln::run

#endif // KILN_TOOLS_KILNRUN_REPORT_H
