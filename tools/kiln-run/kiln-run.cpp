//===- kiln-run.cpp - Runs, verifies and times programs ---------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "Run.h"
#include "kiln/Runtime/Files.h"
#include "kiln/Runtime/Npy.h"

#include <cstdio>
#include <sys/stat.h>

using namespace kiln::runtime;
using namespace kiln::run;

static int reportError(const Error &error) {
  std::fprintf(stderr, "kiln-run: error: %s\n", error.message.c_str());
  return exitUnusable;
}

static bool isDirectory(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// Compiles the source program with the compiler's library.
static Result<Artifact> compileProgram(const Options &options) {
  Result<std::string> source = readFile(options.program);
  if (source.failed())
    return source.error();
  auto library = CompilerLibrary::load("compiling " + options.program);
  if (library.failed())
    return library.error();
  auto orNull = [](const std::string &text) {
    return text.empty() ? nullptr : text.c_str();
  };
  KilnCompileOptions settings{};
  settings.target = orNull(options.target);
  settings.precision = orNull(options.precision);
  settings.rounding = orNull(options.rounding);
  settings.entry = orNull(options.entry);
  settings.schedule = orNull(options.schedule);
  settings.tuningDb = orNull(options.tuningDb);
  settings.ptxas = orNull(options.ptxas);
  settings.withReference = options.verify == Options::VerifyGpu;
  // The driver compiles the PTX itself unless an assembler is asked for.
  settings.withCubin = !options.ptxas.empty();
  Result<Artifact> artifact =
      compile(**library, *source, options.program, settings, printDiagnostic);
  if (!artifact.failed() && artifact->source.empty()) {
    artifact->source = std::move(*source);
    artifact->sourceName = options.program;
  }
  return artifact;
}

static Result<Artifact> loadProgram(const Options &options) {
  if (!isDirectory(options.program))
    return compileProgram(options);
  for (const std::string *text :
       {&options.target, &options.precision, &options.rounding, &options.entry,
        &options.schedule, &options.tuningDb, &options.ptxas})
    if (!text->empty())
      return makeError(
          "--target, --precision, --rounding, --entry, --schedule, "
          "--tuning-db and --ptxas are for compiling, but ",
          options.program, " is compiled already");
  return Artifact::load(options.program);
}

/// The tensors that the command line names, or random ones. `drawn` gets the
/// inputs whose domain decided what is drawn.
static Result<std::vector<Tensor>> makeInputs(const Options &options,
                                              const Artifact &artifact,
                                              std::vector<DrawnInput> &drawn) {
  std::map<size_t, std::string> files;
  for (const auto &[name, file] : options.inputs) {
    Result<size_t> index = Artifact::find(artifact.inputs, name, "input");
    if (index.failed())
      return makeError("--input: ", index.message());
    if (!files.emplace(*index, file).second)
      return makeError("--input: input ", name, " is given twice");
  }
  std::map<size_t, RandomRange> ranges;
  for (const RandomOption &random : options.random) {
    Result<size_t> index =
        Artifact::find(artifact.inputs, random.argument, "input");
    if (index.failed())
      return makeError("--random: ", index.message());
    if (files.count(*index))
      return makeError("--random: input ", random.argument,
                       " is read from a file");
    ranges[*index] = random.range;
  }
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < artifact.inputs.size(); ++i) {
    const TensorInfo &info = artifact.inputs[i];
    auto file = files.find(i);
    Result<Tensor> tensor = file != files.end()
                                ? readNpy(file->second, info.type, info.shape)
                                : Tensor::create(info.type, info.shape);
    if (tensor.failed())
      return makeError("input ", i, " (", info.name, "): ", tensor.message());
    if (file == files.end()) {
      auto chosen = ranges.find(i);
      RandomRange range =
          chosen != ranges.end() ? chosen->second : getDefaultRange(info);
      if (chosen == ranges.end() && info.domain != Domain::Any)
        drawn.push_back({info.name, info.domain, describe(range)});
      fillRandom(*tensor, options.seed, i, range, options.threads);
    }
    inputs.push_back(std::move(*tensor));
  }
  return inputs;
}

/// The outputs to write, found before anything runs.
static Result<OutputFiles> findOutputFiles(const Options &options,
                                           const Artifact &artifact) {
  OutputFiles files;
  for (const auto &[name, file] : options.outputs) {
    Result<size_t> index = Artifact::find(artifact.outputs, name, "output");
    if (index.failed())
      return makeError("--output: ", index.message());
    files.emplace_back(*index, file);
  }
  return files;
}

int main(int argc, char **argv) {
  Result<Options> options = parseOptions(argc, argv);
  if (options.failed()) {
    std::fprintf(stderr, "kiln-run: error: %s\nTry 'kiln-run --help'.\n",
                 options.message().c_str());
    return exitUnusable;
  }
  if (!options->text.empty()) {
    std::fputs(options->text.c_str(), stdout);
    return exitGood;
  }
  Result<Artifact> artifact = loadProgram(*options);
  if (artifact.failed())
    return reportError(artifact.error());
  Result<OutputFiles> files = findOutputFiles(*options, *artifact);
  if (files.failed())
    return reportError(files.error());
  std::vector<DrawnInput> drawn;
  Result<std::vector<Tensor>> inputs = makeInputs(*options, *artifact, drawn);
  if (inputs.failed())
    return reportError(inputs.error());

  Result<Report> report = options->device == Options::Cuda
                              ? runOnCuda(*options, *artifact, *inputs, *files)
                              : runOnCpu(*options, *artifact, *inputs, *files);
  if (report.failed())
    return reportError(report.error());
  report->artifact = &*artifact;
  report->seed = options->seed;
  report->drawn = std::move(drawn);
  if (options->json)
    report->printJson();
  else
    report->printText();
  if (std::fflush(stdout) != 0)
    return reportError(makeError("cannot write to standard output"));
  return report->passed() ? exitGood : exitFailed;
}
