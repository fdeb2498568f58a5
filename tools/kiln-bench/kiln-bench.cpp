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
#include "kiln/Runtime/GpuVerification.h"
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
  Status verify();
  Result<bool> verify(const std::string &precision);

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

/// All outputs of all candidates against the float64 reference, which rounds
/// the operands of products as their precision does: one run for each.
Status Bench::verify() {
  bool any = false;
  std::vector<std::string> done;
  for (const Candidate &candidate : candidates) {
    const std::string &precision = candidate.artifact.precision;
    if (!candidate.program ||
        std::find(done.begin(), done.end(), precision) != done.end())
      continue;
    done.push_back(precision);
    Result<bool> verified = verify(precision);
    if (verified.failed())
      return verified.error();
    any |= *verified;
  }
  if (!any)
    return makeError("no artifact holds a reference for the GPU: compile one "
                     "with --with-reference, or give --no-verify");
  return {};
}

/// Those of one precision; whether one of them holds a reference.
Result<bool> Bench::verify(const std::string &precision) {
  std::vector<Candidate *> alike;
  for (Candidate &candidate : candidates)
    if (candidate.program && candidate.artifact.precision == precision)
      alike.push_back(&candidate);
  auto source =
      std::find_if(alike.begin(), alike.end(), [](const Candidate *candidate) {
        return !candidate->artifact.referencePtx.empty();
      });
  if (source == alike.end()) {
    for (Candidate *candidate : alike)
      candidate->failure = "not verified: no artifact with precision " +
                           precision + " holds a reference for the GPU";
    return false;
  }
  auto expected = runReference(*(*source)->program, (*source)->artifact);
  if (expected.failed())
    return expected.error();
  for (Candidate *candidate : alike) {
    auto reports =
        verifyOutputs(*candidate->program, candidate->artifact, *expected);
    if (reports.failed())
      return makeError(candidate->directory, ": ", reports.message());
    for (const OutputReport &report : *reports)
      candidate->error = std::max(candidate->error, report.relativeNorm);
    candidate->failure = describeFailure(*reports);
  }
  return true;
}

Status Bench::run() {
  Status status = load();
  if (!status.failed()) {
    const Candidate &first = *findFirst(candidates);
    status = uploadRandomInputs(*first.program, first.artifact, options.seed);
  }
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
