//===- RunCpu.cpp - Running a program in the emulator -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Run.h"
#include "kiln/Runtime/Npy.h"

#include <cstdio>

using namespace kiln::runtime;

namespace kiln::run {

void printDiagnostic(KilnSeverity severity, const std::string &message) {
  const char *kind = severity == KILN_ERROR     ? "error: "
                     : severity == KILN_WARNING ? "warning: "
                     : severity == KILN_REMARK  ? "remark: "
                                                : "";
  std::fprintf(stderr, "kiln-run: %s%s\n", kind, message.c_str());
}

Result<Report> runOnCpu(const Options &options, const Artifact &artifact,
                        std::vector<Tensor> &inputs, const OutputFiles &files) {
  auto library = CompilerLibrary::load("--device=cpu");
  if (library.failed())
    return library.error();
  // A broken kernel can report a fault for every element.
  constexpr int maxPrinted = 20;
  int printed = 0;
  DiagnosticHandler diagnostics = [&](KilnSeverity severity,
                                      const std::string &message) {
    if (severity == KILN_ERROR && ++printed > maxPrinted) {
      if (printed == maxPrinted + 1)
        printDiagnostic(KILN_NOTE, "further errors are only counted");
      return;
    }
    printDiagnostic(severity, message);
  };
  std::unique_ptr<PointChecker> checker;
  if (options.verify != Options::NoVerify) {
    auto created = PointChecker::create(*library, artifact, inputs, diagnostics,
                                        options.threads);
    if (created.failed())
      return created.error();
    checker = std::move(*created);
  }
  Result<EmulationResult> result =
      emulate(*library, artifact, inputs, options.emulation, checker.get(),
              diagnostics);
  if (result.failed())
    return result.error();
  Report report;
  report.emulation = EmulationSummary{result->findings, result->launches,
                                      result->blocks, result->tiles};
  if (checker) {
    report.verify.emplace();
    report.verify->reference = "cpu";
    report.verify->outputs =
        checker->finish(options.allowDegenerate, options.exact);
  }
  for (size_t i = 0; i < result->outputs.size(); ++i)
    report.outputs.push_back(
        summarizeOutput(artifact.outputs[i], result->outputs[i]));
  for (const auto &[index, file] : files)
    if (Status status = writeNpy(file, result->outputs[index]); status.failed())
      return status.error();
  return report;
}

} // namespace kiln::run
