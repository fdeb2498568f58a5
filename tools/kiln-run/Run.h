//===- Run.h - Running a program on a device --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNRUN_RUN_H
#define KILN_TOOLS_KILNRUN_RUN_H

#include "Options.h"
#include "Report.h"

namespace kiln::run {

enum ExitCode { exitGood = 0, exitFailed = 1, exitUnusable = 2 };

/// Index of an output, and the file to write it to.
using OutputFiles = std::vector<std::pair<size_t, std::string>>;

/// Prints to standard error.
void printDiagnostic(KilnSeverity severity, const std::string &message);

runtime::Result<Report> runOnCuda(const Options &options,
                                  const runtime::Artifact &artifact,
                                  std::vector<runtime::Tensor> &inputs,
                                  const OutputFiles &files);
runtime::Result<Report> runOnCpu(const Options &options,
                                 const runtime::Artifact &artifact,
                                 std::vector<runtime::Tensor> &inputs,
                                 const OutputFiles &files);

} // namespace kiln::run

#endif // KILN_TOOLS_KILNRUN_RUN_H
