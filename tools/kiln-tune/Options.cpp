//===- Options.cpp - The command line of kiln-tune --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Options.h"

#include "../CommandLineBase.h"

namespace kiln::tune {

namespace {
struct HelpFormatter : tools::HelpFormatter {
  HelpFormatter() : tools::HelpFormatter(30) {}
  std::string make_usage(const CLI::App *app, std::string name) const override {
    if (!app->get_parent())
      return "usage: kiln-tune IN.mlir [options]\n"
             "       kiln-tune db list|merge|prune FILE... [options]\n";
    return "usage: " + name + " FILE... [options]\n";
  }
  std::string make_subcommands(const CLI::App *,
                               CLI::AppFormatMode) const override {
    return {};
  }
};

/// The command line, each option with its help, its checks and its place.
class CommandLine : tools::CommandLineBase {
public:
  CommandLine();
  Options parse(int argc, char **argv);

private:
  void addCandidates();
  void addMeasurement();
  void addOutputs();
  void addCompiling();
  std::string checkCombination() const;

  CLI::App *db, *list, *merge, *prune;
  Options options;
};
} // namespace

CommandLine::CommandLine()
    : CommandLineBase(
          "Finds a schedule for the kernel of IN.mlir: a few candidates, "
          "measured or ranked,\nkept only for a gain of 2 %.",
          "kiln-tune") {
  app.formatter(std::make_shared<HelpFormatter>());
  app.add_option("program", options.input);
  app.allow_extras(); // Named in parse().
  addCandidates();
  addMeasurement();
  addOutputs();
  addCompiling();
  startGroup("Help");
  app.set_help_flag("-h,--help", "what you read");
  app.set_version_flag("--version", "kiln-tune " KILN_VERSION,
                       "the version of this tool");
  app.footer("Databases:\n"
             "  db list FILE...             the entries\n"
             "  db merge FILE... -o FILE    one database of several, as of "
             "shards\n"
             "  db prune FILE               drop what is superseded\n\n"
             "Exit status: 0 good; 1 a candidate computed a wrong result (it "
             "was dropped);\n2 bad usage, input or environment.");
  db = app.add_subcommand("db", "Looks at and changes tuning databases.");
  db->require_subcommand(1);
  list = db->add_subcommand("list", "Lists the entries of databases.");
  merge = db->add_subcommand("merge", "Writes one database of several.");
  prune = db->add_subcommand("prune", "Drops superseded entries.");
  for (CLI::App *command : {list, merge, prune})
    command->add_option("files", options.files)->required();
  list->add_flag("--json", options.json, "one JSON object an entry");
  merge->add_option("-o,--output", options.output, "the merged database")
      ->required();
}

void CommandLine::addCandidates() {
  startGroup("Candidates");
  addNumber("--max-configs", "N",
            "candidates in all, the baseline and the default\namong them (3)",
            options.maxConfigs, int64_t(2));
  addFlag("--exhaustive", options.exhaustive, "all of the space that fit");
  addNumber("--space-limit", "N", "schedules that the space is cut to (512)",
            options.spaceLimit, int64_t(1));
  addOption("--shard", "I/N",
            "this run takes part I of N of the proposals, from\n0 on; merge "
            "the databases of all",
            [this](const std::string &text) {
              size_t slash = text.find('/');
              bool good =
                  slash != std::string::npos &&
                  parseNumber(text.substr(0, slash), options.shard) &&
                  parseNumber(text.substr(slash + 1), options.numShards) &&
                  options.shard >= 0 && options.shard < options.numShards;
              if (!good)
                refuse("--shard", "'" + text + "' must be I/N with 0 <= I < N");
            });
  addText(
      "--ncu", "FILE",
      "metrics of Nsight Compute of the default (JSON, or\nncu --csv): what "
      "they propose is tried first",
      options.ncu);
}

void CommandLine::addMeasurement() {
  startGroup("Measurement");
  addOption("--device", "cuda[:N]|none|replay:FILE",
            "the card (default); the model and what ptxas says;\ntimes that "
            "kiln-bench recorded",
            [this](const std::string &text) {
              const std::string replay = "replay:";
              if (text == "none") {
                options.device = Options::None;
              } else if (text.rfind(replay, 0) == 0 &&
                         text.size() > replay.size()) {
                options.device = Options::Replay;
                options.replay = text.substr(replay.size());
              } else if (text == "cuda") {
                options.device = Options::Cuda;
              } else if (text.rfind("cuda:", 0) == 0) {
                options.device = Options::Cuda;
                setNumber("--device", text.substr(5), options.ordinal, 0);
              } else {
                refuse("--device", "'" + text +
                                       "' must be cuda, cuda:N, none or "
                                       "replay:FILE");
              }
            });
  addNumber("--rounds", "N", "each times every candidate once (15)",
            options.rounds, 1);
  addNumber("--budget", "SECONDS", "start no candidate and no round later",
            options.budgetSeconds, 0.001);
  addNumber("--rest", "MS", "rest before each round", options.restMilliseconds,
            0);
  addFlag("--skip-prepared", options.skipPrepared,
          "leave out packing kernels, after a first run of them");
  addNumber("--seed", "N", "of the random inputs (0)", options.seed,
            uint64_t(0));
  addText("--journal", "FILE",
          "what is known of candidates: a run that was killed\ngoes on from it",
          options.journal);
  addNumber("--threads", "N", "that compile (default: all)", options.threads,
            1u);
}

void CommandLine::addOutputs() {
  startGroup("Output");
  addText("-o,--output", "PATH", "where to write what --emit names",
          options.output);
  addChoice("--emit", {"schedule", "module", "artifact"},
            "the schedule (default), the module with it, or the\nartifact",
            [this](size_t index) { options.emit = Options::Emit(index); });
  addText("--tuning-db", "FILE", "add the result to this database",
          options.database);
  addText("--emit-candidates", "DIR",
          "an artifact of each candidate, for kiln-bench on\nanother machine",
          options.candidateDirectory);
  addFlag("--json", options.json, "one JSON object on standard output");
  addChoice("--progress", {"auto", "always", "never"},
            "a bar on standard error (auto: on a terminal)",
            [this](size_t index) { options.progress = Options::Bar(index); });
}

void CommandLine::addCompiling() {
  startGroup("Compiling, as for kiln-compile");
  addText("--target", "NAME",
          "the card (rtx4090), a file of its facts, or help", options.target);
  addText("--precision", "tf32|f32|tf32x3", "of contractions of f32",
          options.precision);
  addText("--rounding", "fused|source", "of elementwise ops", options.rounding);
  addText("--entry", "NAME", "the function to compile", options.entry);
  addText("--ptxas", "PATH", "the assembler to use", options.ptxas);
}

std::string CommandLine::checkCombination() const {
  std::string result;
  if (options.device != Options::Cuda)
    result = findMisplaced({"--rounds", "--rest", "--skip-prepared", "--seed"},
                           "--device=cuda");
  if (result.empty() && options.exhaustive && app.count("--max-configs"))
    result = "--exhaustive takes all candidates: leave --max-configs out";
  if (result.empty() && options.output.empty())
    result = findMisplaced({"--emit"}, "-o");
  if (result.empty() && options.emit == Options::Artifact &&
      options.output == "-")
    result = "an artifact is a directory: name it with -o DIR";
  if (result.empty() && options.json && options.output == "-")
    result = "--json and -o - both want standard output";
  return result;
}

Options CommandLine::parse(int argc, char **argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp &) {
    const CLI::App *asked = &app;
    for (const CLI::App *command : {db, list, merge, prune})
      if (command->parsed())
        asked = command;
    options.text =
        CLI::detail::find_and_replace(asked->help(), "\n\n\n", "\n\n");
    return options;
  } catch (const CLI::CallForVersion &version) {
    options.text = std::string(version.what()) + "\n";
    return options;
  } catch (const CLI::ArgumentMismatch &mismatch) {
    // Options take any number of values, so it is a flag that has one.
    std::string text = mismatch.what();
    options.error =
        db->parsed() || text.rfind("-", 0) == 0
            ? text
            : "--" + text.substr(0, text.find(' ')) + " takes no value";
  } catch (const CLI::ParseError &other) {
    options.error = other.what();
  }
  if (std::string rest = describeRest(options.input, "tuned"); !rest.empty())
    options.error = rest;
  if (!options.error.empty())
    return options;
  if (db->parsed()) {
    options.command = list->parsed()    ? Options::DbList
                      : merge->parsed() ? Options::DbMerge
                                        : Options::DbPrune;
    if (!options.input.empty())
      options.error = "'" + options.input + "' stands before 'db'";
    return options;
  }
  if (options.target == "help") // No program is needed.
    return options;
  if (options.input.empty())
    options.error = "no program is given";
  else
    options.error = checkCombination();
  return options;
}

Options parseOptions(int argc, char **argv) {
  return CommandLine().parse(argc, argv);
}

} // namespace kiln::tune
