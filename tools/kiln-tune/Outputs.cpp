//===- Outputs.cpp - What a tuning run leaves in files --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Outputs.h"

#include "../kiln-compile/OutputDirectory.h"
#include "Databases.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace kiln;
using namespace kiln::tune;

/// A file that cannot be written must not cost a tuning run.
static Error checkFile(StringRef option, StringRef path) {
  if (path.empty() || path == "-")
    return Error::success();
  StringRef parent = sys::path::parent_path(path);
  if (sys::fs::is_directory(path))
    return createStringError(option + ": '" + path + "' is a directory");
  if (!sys::fs::is_directory(parent.empty() ? "." : parent))
    return createStringError(option + ": there is no directory '" + parent +
                             "'");
  return Error::success();
}

Error kiln::tune::checkOutputs(const Options &options) {
  Error error = options.emit == Options::Artifact
                    ? checkOutputDirectory(options.output)
                    : checkFile("-o", options.output);
  if (!error)
    error = checkFile("--journal", options.journal);
  if (!error)
    error = checkFile("--tuning-db", options.database);
  StringRef candidates = options.candidateDirectory;
  if (!error && sys::fs::exists(candidates) &&
      !sys::fs::is_directory(candidates))
    error = createStringError("--emit-candidates: '" + candidates +
                              "' is not a directory");
  return error;
}

static Artifact toArtifact(const std::map<std::string, std::string> &files) {
  Artifact artifact;
  for (const auto &[name, data] : files)
    artifact.files.push_back({name, data});
  return artifact;
}

/// DIR/<number>-<origin> for each candidate.
static Error writeCandidates(StringRef directory,
                             const tuning::Report &report) {
  for (size_t i = 0; i < report.candidates.size(); ++i) {
    const tuning::CandidateReport &candidate = report.candidates[i];
    if (candidate.files.empty())
      continue;
    SmallString<128> path(directory);
    sys::path::append(
        path, formatv("{0,0+3}-{1}", i + 1, stringify(candidate.origin)).str());
    if (Error error = writeOutputDirectory(toArtifact(candidate.files), path))
      return error;
  }
  return Error::success();
}

static Error writeResult(const Options &options, const tuning::Program &program,
                         const tuning::Report &report) {
  const tuning::CandidateReport &choice = report.choice();
  switch (options.emit) {
  case Options::Schedule:
    return writeOutputFile(options.output, choice.schedule + "\n");
  case Options::Module: {
    mlir::FailureOr<std::string> text =
        program.printWithSchedule(program.parse(choice.schedule));
    if (failed(text))
      return createStringError("the schedule does not fit the program");
    return writeOutputFile(options.output, *text);
  }
  case Options::Artifact: {
    tuning::CompiledCandidate code =
        program.compile(choice.schedule, /*withReference=*/false);
    if (!code.failure.empty())
      return createStringError(code.failure);
    return writeOutputDirectory(toArtifact(code.files), options.output);
  }
  }
  return Error::success();
}

Error kiln::tune::writeOutputs(const Options &options,
                               const tuning::Program &program,
                               tuning::Report &report) {
  if (!options.candidateDirectory.empty())
    if (Error error = writeCandidates(options.candidateDirectory, report))
      return error;
  if (!options.output.empty())
    if (Error error = writeResult(options, program, report))
      return error;
  if (!options.database.empty())
    return addToDatabase(options, program, report);
  return Error::success();
}
