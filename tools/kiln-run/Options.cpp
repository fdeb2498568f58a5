//===- Options.cpp - The command line of kiln-run ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>

using namespace kiln::runtime;

namespace kiln::run {

template <typename T>
static bool parseNumber(std::string_view text, T &value) {
  auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && rest == text.data() + text.size();
}

namespace {
/// Options are shown as they are written: `--seed=N`.
struct HelpFormatter : CLI::Formatter {
  HelpFormatter() { column_width(28); }
  std::string make_usage(const CLI::App *, std::string name) const override {
    return "usage: " + name + " DIR|IN.mlir [options]\n";
  }
  std::string make_positionals(const CLI::App *app) const override {
    return "\n" + app->get_description() + "\n";
  }
  std::string make_description(const CLI::App *) const override { return {}; }
  std::string make_option_name(const CLI::Option *option,
                               bool isPositional) const override {
    std::string name = Formatter::make_option_name(option, isPositional);
    return name.substr(0, name.find('{')); // What a flag means without a value.
  }
  std::string make_option_opts(const CLI::Option *option) const override {
    return option->get_option_text();
  }
};

/// The command line, each option with its help, its checks and its place.
class CommandLine {
public:
  CommandLine();
  Result<Options> parse(int argc, char **argv);

private:
  using Handler = std::function<void(const std::string &)>;

  void addDataOptions();
  void addVerificationOptions();
  void addTimingOptions();
  void addEmulationOptions();
  void addCompileOptions();
  Status checkCombination() const;
  std::string describeRest() const;

  void startGroup(const std::string &name) {
    app.option_defaults()->group(name);
  }
  void addFlag(const std::string &name, bool &slot, const std::string &help) {
    app.add_flag(name, slot, help)->disable_flag_override();
  }
  /// An option with a value; the last of several counts. An error that `handle`
  /// throws is said of the option.
  CLI::Option *addOption(const std::string &name, const std::string &form,
                         const std::string &help, const Handler &handle) {
    auto handleAll = [=](const std::vector<std::string> &values) {
      for (const std::string &text : values) {
        if (text.empty())
          throw CLI::ParseError(name + " needs a value: " + name + "=...",
                                CLI::ExitCodes::ArgumentMismatch);
        handle(text);
      }
    };
    // Without a value it must not take the option that follows for one.
    return app
        .add_option_function<std::vector<std::string>>(name, handleAll, help)
        ->option_text("=" + form)
        ->expected(0, 1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  /// An option that may be given several times.
  void addList(const std::string &name, const std::string &form,
               const std::string &help, const Handler &handle) {
    addOption(name, form, help, handle)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  void addText(const std::string &name, const std::string &form,
               const std::string &help, std::string &slot) {
    addOption(name, form, help, [&slot](const auto &text) { slot = text; });
  }
  template <typename T>
  void addNumber(const std::string &name, const std::string &form,
                 const std::string &help, T &slot, T low) {
    addOption(name, form, help, [=, &slot](const std::string &text) {
      setNumber(name, text, slot, low);
    });
  }
  /// `choose` gets the index of the value among `choices`.
  void addChoice(const std::string &name,
                 const std::vector<std::string> &choices,
                 const std::string &help,
                 const std::function<void(size_t)> &choose) {
    addOption(name, CLI::detail::join(choices, "|"), help,
              [=](const std::string &text) {
                choose(getChoice(name, text, choices));
              });
  }
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

  template <typename... Ts>
  [[noreturn]] static void refuse(const std::string &name, const Ts &...parts) {
    throw CLI::ValidationError(name, makeError(parts...).message);
  }
  template <typename T>
  static void setNumber(const std::string &name, const std::string &text,
                        T &slot, T low) {
    T number;
    if (!parseNumber(text, number) || number < low)
      refuse(name, "'", text, "' is no number of at least ", low);
    slot = number;
  }
  static size_t getChoice(const std::string &name, const std::string &text,
                          const std::vector<std::string> &choices) {
    auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end())
      refuse(name, "'", text, "' must be one of ",
             CLI::detail::join(choices, ", "));
    return size_t(found - choices.begin());
  }

  CLI::App app{
      "Runs a program that kiln-compile wrote, or compiles IN.mlir and "
      "runs it.",
      "kiln-run"};
  Options options;
  std::string verify;
};
} // namespace

CommandLine::CommandLine() {
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
  addList("--random", "ARG:LOW:HIGH",
          "range of a random input; by default\n[-1, 1) / sqrt(fan_in), in the "
          "input's domain",
          [this](const std::string &text) {
            std::vector<std::string> parts = CLI::detail::split(text, ':');
            RandomRange range{0, 0};
            if (parts.size() != 3 || !parseNumber(parts[1], range.low) ||
                !parseNumber(parts[2], range.high) ||
                !std::isfinite(range.low) || !std::isfinite(range.high) ||
                range.low >= range.high)
              refuse("--random", "'", text,
                     "' must be ARG:LOW:HIGH with LOW < HIGH");
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
  static const std::vector<std::string> faults = {"wait",  "lane",  "mask",
                                                  "round", "index", "block"};
  addChoice("--inject", faults, "plant a fault in the kernel",
            [&](size_t index) { emulation.inject = faults[index]; });
  addNumber("--sm-count", "N", "multiprocessors to pretend without --sample",
            emulation.smCount, int64_t(1));
}

void CommandLine::addCompileOptions() {
  startGroup("Compiling (IN.mlir), as for kiln-compile");
  addText("--target", "NAME", "the card", options.target);
  addText("--precision", "tf32|f32", "of contractions of f32",
          options.precision);
  addText("--entry", "NAME", "the function to compile", options.entry);
  addText("--schedule", "ATTR", "in place of the rules", options.schedule);
  addText("--tuning-db", "FILE", "measured schedules, in place of the rules",
          options.tuningDb);
  addText("--ptxas", "PATH", "the assembler to use", options.ptxas);
}

Status CommandLine::checkCombination() const {
  auto refuse = [&](std::initializer_list<const char *> names,
                    const char *need) -> Status {
    for (const char *name : names)
      if (app.count(name))
        return makeError(name, " works only with ", need);
    return {};
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
    result = refuse({"--allow-degenerate"}, "--verify");
  return result;
}

/// What was left over, or nothing.
std::string CommandLine::describeRest() const {
  for (const std::string &rest : app.remaining()) {
    if (rest.size() > 1 && rest[0] == '-')
      return "unknown option '" + rest.substr(0, rest.find('=')) + "'";
    return "one program can be run, but '" + options.program + "' and '" +
           rest + "' are given";
  }
  return {};
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
  if (std::string rest = describeRest(); !rest.empty())
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
