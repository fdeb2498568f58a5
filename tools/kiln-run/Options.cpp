//===- Options.cpp - The command line of kiln-run ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "../CommandLineBase.h"

#include <cmath>

using namespace kiln::runtime;

namespace kiln::run {

namespace {
struct HelpFormatter : tools::HelpFormatter {
  HelpFormatter() : tools::HelpFormatter(28) {}
  std::string make_usage(const CLI::App *, std::string name) const override {
    return "usage: " + name + " DIR|IN.mlir [options]\n";
  }
};

/// The command line, each option with its help, its checks and its place.
class CommandLine : tools::CommandLineBase {
public:
  CommandLine();
  Result<Options> parse(int argc, char **argv);

private:
  void addDataOptions();
  void addVerificationOptions();
  void addTimingOptions();
  void addEmulationOptions();
  void addCompileOptions();
  Status checkCombination() const;

  void addFiles(const std::string &name, const std::string &form,
                const std::string &help,
                std::vector<std::pair<std::string, std::string>> &slot) {
    addList(name, form, help, [=, &slot](const std::string &text) {
      size_t equals = text.find('=');
      if (equals == 0 || equals == std::string::npos ||
          equals + 1 == text.size())
        refuse(name, "'", text, "' must be NAME=FILE.npy or INDEX=FILE.npy");
      slot.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    });
  }

  Options options;
  std::string verify;
};
} // namespace

CommandLine::CommandLine()
    : CommandLineBase("Runs a program that kiln-compile wrote, or compiles "
                      "IN.mlir and runs it.",
                      "kiln-run") {
  app.formatter(std::make_shared<HelpFormatter>());
  app.add_option("program", options.program)->required();
  app.allow_extras(); // Named in parse().
  addDataOptions();
  addVerificationOptions();
  addTimingOptions();
  addEmulationOptions();
  addCompileOptions();
  startGroup("Help");
  app.set_help_flag("-h,--help", "what you read");
  app.set_version_flag("--version", "kiln-run " KILN_VERSION,
                       "the version of this tool");
  app.footer(
      "Exit status: 0 good; 1 verification failed, or the emulator found "
      "a fault;\n2 bad usage, input or environment.");
}

void CommandLine::addDataOptions() {
  startGroup("Data and device");
  addOption("--device", "cuda[:N]|cpu",
            "the card (default), or the kernels emulated",
            [this](const std::string &text) {
              std::vector<std::string> parts = CLI::detail::split(text, ':');
              bool isCuda =
                  parts.size() <= 2 && parts[0] == "cuda" && text.back() != ':';
              if (!isCuda && text != "cpu")
                refuse("--device", "'", text, "' must be cuda, cuda:N or cpu");
              options.device = isCuda ? Options::Cuda : Options::Cpu;
              if (isCuda && parts.size() == 2)
                setNumber("--device", parts[1], options.ordinal, 0);
            });
  addFiles("--input", "ARG=FILE.npy",
           "data of an input (name or index); else random", options.inputs);
  addFiles("--output", "RES=FILE.npy", "write an output (name or index)",
           options.outputs);
  addNumber("--seed", "N", "of random inputs and of sampling (default 0)",
            options.seed, uint64_t(0));
  addList("--random", "ARG:LOW:HIGH[:whole]",
          "range of a random input, whole numbers of it; by\ndefault [-1, 1) / "
          "sqrt(fan_in), in the input's domain",
          [this](const std::string &text) {
            std::vector<std::string> parts = CLI::detail::split(text, ':');
            RandomRange range{0, 0};
            range.whole = parts.size() == 4 && parts[3] == "whole";
            if (parts.size() != size_t(range.whole ? 4 : 3) ||
                !parseNumber(parts[1], range.low) ||
                !parseNumber(parts[2], range.high) ||
                !std::isfinite(range.low) || !std::isfinite(range.high) ||
                range.low >= range.high)
              refuse("--random", "'", text,
                     "' must be ARG:LOW:HIGH or ARG:LOW:HIGH:whole with LOW < "
                     "HIGH");
            options.random.push_back({parts[0], range});
          });
  addNumber("--threads", "N", "host threads (default: all)", options.threads,
            1u);
  addFlag("--json", options.json, "one JSON object on standard output");
}

void CommandLine::addVerificationOptions() {
  startGroup("Verification");
  app.add_flag("--verify{default}", verify,
               "gpu: a float64 reference on the card (default\nwith "
               "--device=cuda); cpu: the point evaluator")
      ->option_text("[=gpu|cpu]")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  addNumber(
      "--sample", "N",
      "cpu: run and verify N output tiles, corners and\nedges first; cuda "
      "with --verify=cpu: verify N tiles",
      options.sample, int64_t(1));
  addOption(
      "--tolerance", "NORM[:MAX[:MISMATCHES]]",
      "for --verify=gpu; see docs/tools.md", [this](const std::string &text) {
        std::vector<std::string> parts = CLI::detail::split(text, ':');
        Tolerance tolerance;
        bool good = parts.size() <= 3 && text.back() != ':' &&
                    parseNumber(parts[0], tolerance.norm);
        tolerance.maximum = 5 * tolerance.norm;
        if (good && parts.size() > 1)
          good = parseNumber(parts[1], tolerance.maximum);
        if (good && parts.size() > 2)
          good = parseNumber(parts[2], tolerance.mismatches);
        if (!good || !(tolerance.norm >= 0) || !(tolerance.maximum >= 0) ||
            !(tolerance.mismatches >= 0))
          refuse("--tolerance", "'", text, "' must be NORM[:MAX[:MISMATCHES]]");
        options.tolerance = tolerance;
      });
  addFlag("--allow-degenerate", options.allowDegenerate,
          "accept a reference that is constant or not finite");
  addFlag("--exact", options.exact,
          "no tolerance, and only one value may be right");
}

void CommandLine::addTimingOptions() {
  startGroup("Timing (--device=cuda)");
  BenchmarkOptions &timing = options.timing;
  addFlag("--benchmark", options.benchmark, "time the program");
  addNumber("--repeat", "N", "repetitions (30)", timing.repeat, 1);
  addNumber("--warmup", "N", "runs before them (5)", timing.warmup, 0);
  addChoice("--l2", {"warm", "cold"},
            "cold: flush the L2 cache before each repetition",
            [&](size_t index) { timing.coldL2 = index == 1; });
  addNumber("--rest", "MS", "rest before each repetition",
            timing.restMilliseconds, 0);
  addFlag("--skip-prepared", timing.skipPrepared,
          "leave out packing kernels, after a first run of them");
}

void CommandLine::addEmulationOptions() {
  startGroup("Emulation (--device=cpu)");
  EmulationOptions &emulation = options.emulation;
  addChoice("--copies", {"late", "early", "both"},
            "when asynchronous copies land (both)", [&](size_t index) {
              emulation.orders = {KILN_COPIES_LATE, KILN_COPIES_EARLY};
              if (index < 2)
                emulation.orders = {emulation.orders[index]};
            });
  addChoice("--checks", {"on", "off"},
            "report races, bad accesses and missing writes (on)",
            [&](size_t index) { emulation.checks = index == 0; });
  static const std::vector<std::string> faults = {
      "wait", "barrier", "lane", "mask", "round", "index", "block"};
  addChoice("--inject", faults, "plant a fault in the kernel",
            [&](size_t index) { emulation.inject = faults[index]; });
  addNumber("--sm-count", "N", "multiprocessors to pretend without --sample",
            emulation.smCount, int64_t(1));
}

void CommandLine::addCompileOptions() {
  startGroup("Compiling (IN.mlir), as for kiln-compile");
  addText("--target", "NAME", "the card", options.target);
  addText("--precision", "tf32|f32|tf32x3", "of contractions of f32",
          options.precision);
  addText("--rounding", "fused|source", "of elementwise ops", options.rounding);
  addText("--entry", "NAME", "the function to compile", options.entry);
  addText("--schedule", "ATTR", "in place of the rules", options.schedule);
  addText("--tuning-db", "FILE", "measured schedules, in place of the rules",
          options.tuningDb);
  addText("--ptxas", "PATH", "the assembler to use", options.ptxas);
}

Status CommandLine::checkCombination() const {
  auto refuse = [&](std::initializer_list<const char *> names,
                    const char *need) -> Status {
    std::string found = findMisplaced(names, need);
    return found.empty() ? Status() : Status(makeError(found));
  };
  Status result;
  if (options.device == Options::Cuda) {
    result = refuse({"--copies", "--checks", "--inject", "--sm-count"},
                    "--device=cpu");
    if (!result.failed() && options.sample &&
        options.verify != Options::VerifyCpu)
      result = makeError("--sample works only with --device=cpu or with "
                         "--verify=cpu");
  } else {
    result = refuse({"--benchmark"}, "--device=cuda");
    if (!result.failed() && options.verify == Options::VerifyGpu)
      result = makeError("--verify=gpu works only with --device=cuda");
    if (!result.failed() && options.sample && !options.outputs.empty())
      result = makeError("--output needs all tiles: leave --sample out");
    if (!result.failed() && options.sample && options.emulation.smCount)
      result = makeError("--sample chooses the grid itself: leave --sm-count "
                         "out");
  }
  if (!result.failed() && !options.benchmark)
    result =
        refuse({"--repeat", "--warmup", "--l2", "--rest", "--skip-prepared"},
               "--benchmark");
  if (!result.failed() && options.verify != Options::VerifyGpu)
    result = refuse({"--tolerance"}, "--verify=gpu");
  if (!result.failed() && options.verify == Options::NoVerify)
    result = refuse({"--allow-degenerate", "--exact"}, "--verify");
  if (!result.failed() && options.exact && options.tolerance)
    result = makeError("--exact has no tolerance: leave --tolerance out");
  return result;
}

Result<Options> CommandLine::parse(int argc, char **argv) {
  std::string error;
  try {
    app.parse(argc, argv);
    if (!verify.empty() && verify != "default")
      options.verify = getChoice("--verify", verify, {"cpu", "gpu"}) == 0
                           ? Options::VerifyCpu
                           : Options::VerifyGpu;
  } catch (const CLI::CallForHelp &) {
    options.text = CLI::detail::find_and_replace(app.help(), "\n\n\n", "\n\n");
    return options;
  } catch (const CLI::CallForVersion &version) {
    options.text = std::string(version.what()) + "\n";
    return options;
  } catch (const CLI::RequiredError &) {
    error = "no program is given";
  } catch (const CLI::ArgumentMismatch &mismatch) {
    // Options take any number of values, so it is a flag that has one.
    std::string text = mismatch.what();
    error = "--" + text.substr(0, text.find(' ')) + " takes no value";
  } catch (const CLI::ParseError &other) {
    error = other.what();
  }
  if (std::string rest = describeRest(options.program, "run"); !rest.empty())
    return makeError(rest);
  if (!error.empty())
    return makeError(error);
  if (options.program.empty())
    return makeError("the name of the program is empty");
  if (verify == "default")
    options.verify = options.device == Options::Cuda ? Options::VerifyGpu
                                                     : Options::VerifyCpu;
  if (Status checked = checkCombination(); checked.failed())
    return checked.error();
  options.emulation.sample = options.sample;
  options.emulation.seed = options.seed;
  return options;
}

Result<Options> parseOptions(int argc, char **argv) {
  return CommandLine().parse(argc, argv);
}

} // namespace kiln::run
