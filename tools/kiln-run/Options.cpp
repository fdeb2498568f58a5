//===- Options.cpp - The command line of kiln-run ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

using namespace kiln::runtime;

namespace kiln::run {

const char *const helpText =
    R"(usage: kiln-run DIR|IN.mlir [options]

Runs a program that kiln-compile wrote, or compiles IN.mlir and runs it.

  --device=cuda[:N]|cpu   the card (default), or the kernels emulated
  --input=ARG=FILE.npy    data of an input (name or index); else random
  --output=RES=FILE.npy   write an output (name or index)
  --seed=N                of random inputs and of sampling (default 0)
  --random=ARG:LOW:HIGH   range of a random input; by default
                          [-1, 1) / sqrt(fan_in)
  --threads=N             host threads (default: all)
  --json                  one JSON object on standard output

Verification
  --verify[=gpu|cpu]      gpu: a float64 reference on the card (default with
                          --device=cuda); cpu: the point evaluator
  --sample=N              cpu: run and verify N output tiles, corners and edges
                          first; cuda with --verify=cpu: verify N tiles
  --tolerance=NORM[:MAX[:MISMATCHES]]
                          for --verify=gpu; see docs/tools.md
  --allow-degenerate      accept a reference that is constant or not finite

Timing (--device=cuda)
  --benchmark             time the program
  --repeat=N --warmup=N   repetitions (30), runs before them (5)
  --l2=warm|cold          cold: flush the L2 cache before each repetition
  --rest=MS               rest before each repetition
  --skip-prepared         leave out kernels that depend on weights alone

Emulation (--device=cpu)
  --copies=late|early|both   when asynchronous copies land (both)
  --checks=on|off         report races, bad accesses and missing writes (on)
  --inject=wait|lane|mask|round|index|block   plant a fault in the kernel
  --sm-count=N            multiprocessors to pretend without --sample

Compiling (IN.mlir)
  --target=NAME --precision=tf32|f32 --entry=NAME --schedule=ATTR --ptxas=PATH

  --help --version

Exit status: 0 good; 1 verification failed, or the emulator found a fault;
2 bad usage, input or environment.
)";

template <typename T>
static bool parseNumber(std::string_view text, T &value) {
  auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && rest == text.data() + text.size();
}

static std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  std::string part;
  while (std::getline(stream, part, separator))
    parts.push_back(part);
  return parts;
}

namespace {
/// Parses one "--name[=value]" at a time into options.
class Parser {
public:
  Result<Options> parse(int argc, char **argv);

private:
  Status parseOption(const std::string &name,
                     const std::optional<std::string> &value);
  /// Returns false where the name is not among those it knows.
  bool parseDataOption(const std::string &name, const std::string &value);
  bool parseTimingOption(const std::string &name, const std::string &value);
  bool parseEmulationOption(const std::string &name, const std::string &value);
  bool parseCompileOption(const std::string &name, const std::string &value);
  Status checkCombination() const;

  template <typename... Ts>
  void fail(const Ts &...parts) {
    if (!status.failed())
      status = makeError(parts...);
  }
  template <typename T>
  void setNumber(const std::string &name, const std::string &text, T &slot,
                 T low) {
    T number;
    if (!parseNumber(text, number) || number < low)
      fail(name, ": '", text, "' is no number of at least ", low);
    else
      slot = number;
  }
  /// The index of `text` among the choices.
  size_t choose(const std::string &name, const std::string &text,
                std::initializer_list<const char *> choices) {
    size_t index = 0;
    std::string list;
    for (const char *choice : choices) {
      if (text == choice)
        return index;
      ++index;
      if (!list.empty())
        list += ", ";
      list += choice;
    }
    fail(name, ": '", text, "' must be one of ", list);
    return 0;
  }

  Options options;
  Status status;
  std::set<std::string> given;
  bool defaultVerify = false;
};
} // namespace

bool Parser::parseDataOption(const std::string &name,
                             const std::string &value) {
  if (name == "--device") {
    std::vector<std::string> parts = split(value, ':');
    options.device = value == "cpu" ? Options::Cpu : Options::Cuda;
    bool isCuda = !parts.empty() && parts.size() <= 2 && parts[0] == "cuda" &&
                  value.back() != ':';
    if (!isCuda && value != "cpu")
      fail(name, ": '", value, "' must be cuda, cuda:N or cpu");
    else if (parts.size() == 2)
      setNumber(name, parts[1], options.ordinal, 0);
  } else if (name == "--input" || name == "--output") {
    size_t equals = value.find('=');
    if (equals == 0 || equals == std::string::npos ||
        equals + 1 == value.size())
      fail(name, ": '", value, "' must be NAME=FILE.npy or INDEX=FILE.npy");
    else
      (name == "--input" ? options.inputs : options.outputs)
          .emplace_back(value.substr(0, equals), value.substr(equals + 1));
  } else if (name == "--seed") {
    setNumber(name, value, options.seed, uint64_t(0));
  } else if (name == "--random") {
    std::vector<std::string> parts = split(value, ':');
    RandomRange range{0, 0};
    if (parts.size() != 3 || !parseNumber(parts[1], range.low) ||
        !parseNumber(parts[2], range.high) || !std::isfinite(range.low) ||
        !std::isfinite(range.high) || range.low >= range.high)
      fail(name, ": '", value, "' must be ARG:LOW:HIGH with LOW < HIGH");
    else
      options.random.push_back({parts[0], range});
  } else if (name == "--threads") {
    setNumber(name, value, options.threads, 1u);
  } else if (name == "--sample") {
    setNumber(name, value, options.sample, int64_t(1));
  } else if (name == "--tolerance") {
    std::vector<std::string> parts = split(value, ':');
    Tolerance tolerance;
    bool good = !parts.empty() && parts.size() <= 3 &&
                parseNumber(parts[0], tolerance.norm);
    tolerance.maximum = 5 * tolerance.norm;
    if (good && parts.size() > 1)
      good = parseNumber(parts[1], tolerance.maximum);
    if (good && parts.size() > 2)
      good = parseNumber(parts[2], tolerance.mismatches);
    if (!good || !(tolerance.norm >= 0) || !(tolerance.maximum >= 0) ||
        !(tolerance.mismatches >= 0))
      fail(name, ": '", value, "' must be NORM[:MAX[:MISMATCHES]]");
    options.tolerance = tolerance;
  } else {
    return false;
  }
  return true;
}

bool Parser::parseTimingOption(const std::string &name,
                               const std::string &value) {
  if (name == "--repeat")
    setNumber(name, value, options.timing.repeat, 1);
  else if (name == "--warmup")
    setNumber(name, value, options.timing.warmup, 0);
  else if (name == "--rest")
    setNumber(name, value, options.timing.restMilliseconds, 0);
  else if (name == "--l2")
    options.timing.coldL2 = choose(name, value, {"warm", "cold"}) == 1;
  else
    return false;
  return true;
}

bool Parser::parseEmulationOption(const std::string &name,
                                  const std::string &value) {
  EmulationOptions &emulation = options.emulation;
  if (name == "--copies") {
    size_t index = choose(name, value, {"late", "early", "both"});
    if (index == 0)
      emulation.orders = {KILN_COPIES_LATE};
    if (index == 1)
      emulation.orders = {KILN_COPIES_EARLY};
  } else if (name == "--checks") {
    emulation.checks = choose(name, value, {"on", "off"}) == 0;
  } else if (name == "--inject") {
    choose(name, value, {"wait", "lane", "mask", "round", "index", "block"});
    emulation.inject = value;
  } else if (name == "--sm-count") {
    setNumber(name, value, emulation.smCount, int64_t(1));
  } else {
    return false;
  }
  return true;
}

bool Parser::parseCompileOption(const std::string &name,
                                const std::string &value) {
  const std::pair<const char *, std::string *> slots[] = {
      {"--target", &options.target},
      {"--precision", &options.precision},
      {"--entry", &options.entry},
      {"--schedule", &options.schedule},
      {"--ptxas", &options.ptxas}};
  for (const auto &[candidate, slot] : slots)
    if (name == candidate) {
      *slot = value;
      return true;
    }
  return false;
}

Status Parser::parseOption(const std::string &name,
                           const std::optional<std::string> &value) {
  const std::pair<const char *, bool *> flags[] = {
      {"--allow-degenerate", &options.allowDegenerate},
      {"--benchmark", &options.benchmark},
      {"--help", &options.help},
      {"-h", &options.help},
      {"--json", &options.json},
      {"--skip-prepared", &options.timing.skipPrepared},
      {"--version", &options.version}};
  given.insert(name);
  for (const auto &[flag, slot] : flags)
    if (name == flag) {
      *slot = true;
      return value ? Status(makeError(name, " takes no value")) : Status();
    }
  if (name == "--verify") {
    defaultVerify = !value;
    if (value)
      options.verify = choose(name, *value, {"cpu", "gpu"}) == 0
                           ? Options::VerifyCpu
                           : Options::VerifyGpu;
    return status;
  }
  // Tried with an empty value first, so that an unknown name is called so.
  std::string text = value.value_or("");
  if (!parseDataOption(name, text) && !parseTimingOption(name, text) &&
      !parseEmulationOption(name, text) && !parseCompileOption(name, text))
    return makeError("unknown option '", name, "'");
  if (text.empty())
    return makeError(name, " needs a value: ", name, "=...");
  return status;
}

Status Parser::checkCombination() const {
  auto refuse = [&](std::initializer_list<const char *> names,
                    const char *need) -> Status {
    for (const char *name : names)
      if (given.count(name))
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

Result<Options> Parser::parse(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.empty() || argument[0] != '-') {
      if (!options.program.empty())
        return makeError("one program can be run, but '", options.program,
                         "' and '", argument, "' are given");
      if (argument.empty())
        return makeError("the name of the program is empty");
      options.program = argument;
      continue;
    }
    size_t equals = argument.find('=');
    std::optional<std::string> value;
    if (equals != std::string::npos)
      value = argument.substr(equals + 1);
    if (Status parsed = parseOption(argument.substr(0, equals), value);
        parsed.failed())
      return parsed.error();
  }
  if (options.help || options.version)
    return options;
  if (options.program.empty())
    return makeError("no program is given");
  if (defaultVerify)
    options.verify = options.device == Options::Cuda ? Options::VerifyGpu
                                                     : Options::VerifyCpu;
  if (Status checked = checkCombination(); checked.failed())
    return checked.error();
  options.emulation.sample = options.sample;
  options.emulation.seed = options.seed;
  return options;
}

Result<Options> parseOptions(int argc, char **argv) {
  return Parser().parse(argc, argv);
}

} // namespace kiln::run
