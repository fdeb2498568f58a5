//===- Options.h - The command line of kiln-tune ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// No LLVM here: CLI11 needs exceptions, which the compiler is built without.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNTUNE_OPTIONS_H
#define KILN_TOOLS_KILNTUNE_OPTIONS_H

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::tune {

enum ExitCode { exitGood = 0, exitWrong = 1, exitUnusable = 2 };

struct Options {
  enum Command { Tune, DbList, DbMerge, DbPrune } command = Tune;

  std::string input;
  // For compiling, as kiln-compile takes them.
  std::string target = "rtx4090", precision = "tf32", rounding = "fused", entry,
              ptxas;

  enum Device { Cuda, None, Replay } device = Cuda;
  int ordinal = 0;
  std::string replay; ///< the file
  std::string ncu;    ///< a profile of the default

  int64_t maxConfigs = 3, spaceLimit = 0; ///< 0: the space's own
  bool exhaustive = false;
  int64_t shard = 0, numShards = 1;
  double budgetSeconds = 0;
  int rounds = 15, restMilliseconds = 0;
  bool skipPrepared = false;
  uint64_t seed = 0;
  unsigned threads = 0;

  std::string output, journal, database, candidateDirectory;
  enum Emit { Schedule, Module, Artifact } emit = Schedule;
  bool json = false;
  enum Bar { Auto, Always, Never } progress = Auto;

  /// Of the db commands.
  std::vector<std::string> files;

  /// Of `--help` or `--version`: to be printed, and nothing else to be done.
  std::string text;
  /// What is wrong with the command line; empty where nothing is.
  std::string error;
};

Options parseOptions(int argc, char **argv);

} // namespace kiln::tune

#endif // KILN_TOOLS_KILNTUNE_OPTIONS_H
