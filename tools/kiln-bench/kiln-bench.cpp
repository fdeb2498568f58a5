//===- kiln-bench.cpp - Times schedules beside each other -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Needs no compiler: artifacts come from another machine, and the record that
// it writes goes back there.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Benchmark.h"
#include "kiln/Runtime/Compare.h"
#include "kiln/Runtime/RandomData.h"
#include "kiln/Runtime/Rounds.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

using namespace kiln::runtime;
using Json = nlohmann::ordered_json;

namespace {
enum ExitCode { exitGood = 0, exitFailed = 1, exitUnusable = 2 };

struct Options {
  std::vector<std::string> directories;
  RoundOptions timing;
  std::string record;
  uint64_t seed = 0;
  int ordinal = 0;
  bool verify = true;
};

/// One artifact, and what became of it.
struct Candidate {
  std::string directory;
  Artifact artifact;
  std::unique_ptr<CudaProgram> program;
  std::string failure; ///< why it has no times
  double error = 0;    ///< relative norm, where it was verified
  std::vector<double> ms;
};

class Bench {
public:
  explicit Bench(const Options &options) : options(options) {}
  Status run();
  Json describe(const Candidate &candidate) const;
  void print() const;
  bool passed() const;
  const std::vector<Candidate> &all() const { return candidates; }

private:
  Status load();
  Status upload();
  Status verify();

  const Options &options;
  std::shared_ptr<CudaDevice> device;
  std::vector<Candidate> candidates;
};
} // namespace

/// Reads all artifacts before the card is touched: a wrong name is no half run.
Status Bench::load() {
  for (const std::string &directory : options.directories) {
    Result<Artifact> artifact = Artifact::load(directory);
    if (artifact.failed())
      return artifact.error();
    candidates.push_back({directory, std::move(*artifact), nullptr, "", 0, {}});
  }
  auto isSame = [](const TensorInfo &a, const TensorInfo &b) {
    return a.type == b.type && a.shape == b.shape;
  };
  const std::vector<TensorInfo> &outputs = candidates.front().artifact.outputs;
  for (const Candidate &candidate : candidates) {
    const std::vector<TensorInfo> &others = candidate.artifact.outputs;
    if (!std::equal(outputs.begin(), outputs.end(), others.begin(),
                    others.end(), isSame))
      return makeError(candidate.directory, " has other outputs than ",
                       candidates.front().directory,
                       ": these are not artifacts of one program");
  }
  auto opened = CudaDevice::open(options.ordinal);
  if (opened.failed())
    return opened.error();
  device = *opened;
  CudaProgram *first = nullptr;
  for (Candidate &candidate : candidates) {
    auto program = first ? CudaProgram::createBeside(*first, candidate.artifact)
                         : CudaProgram::create(device, candidate.artifact);
    if (program.failed()) {
      candidate.failure = program.message();
      continue;
    }
    candidate.program = std::move(*program);
    if (!first)
      first = candidate.program.get();
  }
  if (!first)
    return makeError(candidates.front().directory, ": ",
                     candidates.front().failure);
  return {};
}

static Candidate *findFirst(std::vector<Candidate> &candidates) {
  for (Candidate &candidate : candidates)
    if (candidate.program)
      return &candidate;
  return nullptr;
}

Status Bench::upload() {
  Candidate &first = *findFirst(candidates);
  for (size_t i = 0; i < first.artifact.inputs.size(); ++i) {
    const TensorInfo &info = first.artifact.inputs[i];
    Result<Tensor> tensor = Tensor::create(info.type, info.shape);
    if (tensor.failed())
      return tensor.error();
    fillRandom(*tensor, options.seed, i, getDefaultRange(info));
    if (Status status = first.program->upload(i, *tensor); status.failed())
      return status;
  }
  return {};
}

/// All outputs of all candidates against one run of the float64 reference.
Status Bench::verify() {
  Candidate *source = nullptr;
  for (Candidate &candidate : candidates)
    if (!source && candidate.program &&
        !candidate.artifact.referencePtx.empty())
      source = &candidate;
  if (!source)
    return makeError("no artifact holds a reference for the GPU: compile one "
                     "with --with-reference, or give --no-verify");
  auto reference = CudaProgram::createReference(*source->program);
  if (reference.failed())
    return reference.error();
  if (Status status = (*reference)->runChecked(); status.failed())
    return makeError("reference: ", status.message());
  for (Candidate &candidate : candidates) {
    if (!candidate.program)
      continue;
    Status status = candidate.program->poison();
    if (!status.failed())
      status = candidate.program->runChecked();
    if (status.failed())
      return makeError(candidate.directory, ": ", status.message());
  }
  for (size_t i = 0; i < source->artifact.outputs.size(); ++i) {
    Result<Tensor> expected = (*reference)->download(i);
    if (expected.failed())
      return expected.error();
    for (Candidate &candidate : candidates) {
      if (!candidate.program || !candidate.failure.empty())
        continue;
      Result<Tensor> actual = candidate.program->download(i);
      if (actual.failed())
        return actual.error();
      OutputReport report = compareTensors(
          candidate.artifact.outputs[i], *actual, *expected,
          chooseTolerance(candidate.artifact, i), /*allowDegenerate=*/false);
      candidate.error = std::max(candidate.error, report.relativeNorm);
      if (!report.passed)
        candidate.failure =
            "wrong result of " + report.name + ": " +
            (report.messages.empty() ? "elements differ" : report.messages[0]);
    }
  }
  return {};
}

Status Bench::run() {
  Status status = load();
  if (!status.failed())
    status = upload();
  if (!status.failed() && options.verify)
    status = verify();
  if (status.failed())
    return status;
  std::vector<CudaProgram *> programs;
  std::vector<Candidate *> timed;
  for (Candidate &candidate : candidates)
    if (candidate.program && candidate.failure.empty()) {
      programs.push_back(candidate.program.get());
      timed.push_back(&candidate);
    }
  auto times = timeInRounds(programs, options.timing);
  if (times.failed())
    return times.error();
  for (size_t i = 0; i < timed.size(); ++i)
    timed[i]->ms = std::move((*times)[i]);
  return {};
}

bool Bench::passed() const {
  return std::all_of(
      candidates.begin(), candidates.end(),
      [](const Candidate &candidate) { return candidate.failure.empty(); });
}

/// The schedule of the kernel that computes; packing kernels have their own.
static std::string getSchedule(const Artifact &artifact) {
  for (const KernelInfo &kernel : artifact.plan.kernels)
    if (!kernel.isPacking)
      return kernel.schedule;
  return {};
}

Json Bench::describe(const Candidate &candidate) const {
  Json json{{"program", candidate.artifact.entry},
            {"device", device->info().name},
            {"schedule", getSchedule(candidate.artifact)},
            {"artifact", candidate.directory}};
  if (options.verify && candidate.program)
    json["relative_norm"] =
        std::isfinite(candidate.error) ? Json(candidate.error) : Json("nan");
  if (!candidate.failure.empty())
    json["failure"] = candidate.failure;
  json["ms"] = candidate.ms;
  return json;
}

void Bench::print() const {
  const std::vector<double> *base = nullptr;
  for (const Candidate &candidate : candidates)
    if (!base && !candidate.ms.empty())
      base = &candidate.ms;
  std::printf("%s on %s, milliseconds\n",
              candidates.front().artifact.entry.c_str(),
              device->info().name.c_str());
  std::printf("%-40s %10s %10s %10s %10s\n", "", "median", "p10", "p90",
              "to first");
  for (const Candidate &candidate : candidates) {
    if (candidate.ms.empty()) {
      std::printf("%-40s %s\n", candidate.directory.c_str(),
                  candidate.failure.c_str());
      continue;
    }
    std::vector<double> ratios;
    for (size_t round = 0; round < candidate.ms.size(); ++round)
      ratios.push_back(candidate.ms[round] / (*base)[round]);
    TimeStatistics time = summarize(candidate.ms);
    std::printf("%-40s %10.4f %10.4f %10.4f %10.3f\n",
                candidate.directory.c_str(), time.median, time.p10, time.p90,
                summarize(ratios).median);
  }
}

/// Reads the command line; true: there is nothing else to do.
static bool parse(CLI::App &app, Options &options, int argc, char **argv,
                  int &status) {
  RoundOptions &timing = options.timing;
  app.add_option("artifacts", options.directories,
                 "directories that kiln-compile wrote for one program")
      ->required()
      ->option_text("DIR...");
  app.add_option("--rounds", timing.rounds,
                 "each times every artifact once (15)")
      ->check(CLI::PositiveNumber)
      ->option_text("=N");
  app.add_option("--sample", timing.sampleMilliseconds,
                 "a sample repeats the program for so long (1)")
      ->check(CLI::NonNegativeNumber)
      ->option_text("=MS");
  app.add_option("--rest", timing.restMilliseconds, "rest before each round")
      ->check(CLI::NonNegativeNumber)
      ->option_text("=MS");
  app.add_option("--budget", timing.budgetSeconds, "no round starts later")
      ->check(CLI::NonNegativeNumber)
      ->option_text("=SECONDS");
  app.add_flag("--skip-prepared", timing.skipPrepared,
               "leave out packing kernels, after a first run of them");
  app.add_option("--device", options.ordinal, "the card's number (0)")
      ->check(CLI::NonNegativeNumber)
      ->option_text("=N");
  app.add_option("--seed", options.seed, "of the random inputs (0)")
      ->option_text("=N");
  app.add_flag("!--no-verify", options.verify,
               "time artifacts without verifying them first");
  app.add_option("--record", options.record,
                 "append a line of JSON for each artifact")
      ->option_text("=FILE");
  app.set_version_flag("--version", "kiln-bench " KILN_VERSION);
  app.footer("Exit status: 0 good; 1 an artifact is wrong or was not measured; "
             "2 bad usage,\ninput or environment.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &success) {
    status = app.exit(success);
    return true;
  } catch (const CLI::ParseError &error) {
    std::fprintf(stderr, "kiln-bench: error: %s\nTry 'kiln-bench --help'.\n",
                 error.what());
    status = exitUnusable;
    return true;
  }
  return false;
}

int main(int argc, char **argv) {
  CLI::App app{"Times artifacts of one program beside each other on the card, "
               "verified first."};
  Options options;
  int status = exitGood;
  if (parse(app, options, argc, argv, status))
    return status;
  auto fail = [](const std::string &message) {
    std::fprintf(stderr, "kiln-bench: error: %s\n", message.c_str());
    return int(exitUnusable);
  };
  // Opened first: a name that cannot be written must not cost a measurement.
  std::FILE *record = nullptr;
  if (!options.record.empty() &&
      !(record = std::fopen(options.record.c_str(), "a")))
    return fail("--record: cannot write " + options.record);
  Bench bench(options);
  if (Status done = bench.run(); done.failed())
    return fail(done.message());
  bench.print();
  if (record) {
    std::string lines;
    for (const Candidate &candidate : bench.all())
      lines += bench.describe(candidate).dump(-1, ' ', false,
                                              Json::error_handler_t::replace) +
               "\n";
    bool good =
        std::fwrite(lines.data(), 1, lines.size(), record) == lines.size();
    if (std::fclose(record) != 0 || !good)
      return fail("--record: cannot write " + options.record);
  }
  if (std::fflush(stdout) != 0)
    return fail("cannot write to standard output");
  return bench.passed() ? exitGood : exitFailed;
}
