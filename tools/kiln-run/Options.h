//===- Options.h - The command line of kiln-run -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNRUN_OPTIONS_H
#define KILN_TOOLS_KILNRUN_OPTIONS_H

#include "kiln/Runtime/Benchmark.h"
#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/Emulation.h"
#include "kiln/Runtime/RandomData.h"

namespace kiln::run {

struct RandomOption {
  std::string argument; // name or index
  runtime::RandomRange range;
};

struct Options {
  std::string program;
  enum { Cuda, Cpu } device = Cuda;
  int ordinal = 0;
  /// Name or index, and file.
  std::vector<std::pair<std::string, std::string>> inputs, outputs;
  uint64_t seed = 0;
  std::vector<RandomOption> random;
  unsigned threads = 0;

  enum { NoVerify, VerifyCpu, VerifyGpu } verify = NoVerify;
  int64_t sample = 0;
  bool allowDegenerate = false, exact = false;
  std::optional<runtime::Tolerance> tolerance;
  bool json = false;

  bool benchmark = false;
  runtime::BenchmarkOptions timing;

  runtime::EmulationOptions emulation;

  // For compiling IN.mlir; empty: the compiler's default.
  std::string target, precision, rounding, entry, schedule, tuningDb, ptxas;

  /// Of `--help` or `--version`: to be printed, and nothing else to be done.
  std::string text;
};

/// Reads the command line. The error says which option is wrong, and what it
/// would take.
runtime::Result<Options> parseOptions(int argc, char **argv);

} // namespace kiln::run

#endif // KILN_TOOLS_KILNRUN_OPTIONS_H
