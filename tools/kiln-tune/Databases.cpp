//===- Databases.cpp - The tuning databases of the command line -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Databases.h"

#include "../kiln-compile/OutputDirectory.h"

#include "kiln/Scheduling/TuningDatabase.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace kiln;
using namespace kiln::tune;

/// The medians of a run's figures; predicted ones where nothing was measured.
static TuningEntry makeEntry(const Options &options,
                             const tuning::Program &program,
                             const tuning::Report &report) {
  const tuning::CandidateReport &choice = report.choice();
  TuningEntry entry;
  entry.key = program.tuningKey();
  entry.schedule = choice.schedule;
  entry.kernel = report.program;
  entry.measuredBy = options.device == Options::Cuda     ? MeasuredBy::Cuda
                     : options.device == Options::Replay ? MeasuredBy::Replay
                                                         : MeasuredBy::Model;
  entry.device = report.card;
  bool measured = options.device != Options::None;
  auto getMs = [&](const tuning::CandidateReport &candidate) {
    return measured ? candidate.medianMs : candidate.predictedMs;
  };
  entry.chosenMs = getMs(choice).value_or(0);
  for (const tuning::CandidateReport &candidate : report.candidates) {
    if (candidate.origin == tuning::Origin::Baseline)
      entry.baselineMs = getMs(candidate);
    if (candidate.origin == tuning::Origin::Default)
      entry.defaultMs = getMs(candidate);
  }
  entry.repetitions = measured ? int64_t(choice.times.ms.size()) : 0;
  entry.date = getTuningDate();
  if (choice.facts && choice.facts->registers)
    entry.facts = {{"registers", *choice.facts->registers},
                   {"spill_bytes", choice.facts->spillBytes},
                   {"shared_bytes", choice.facts->sharedBytes},
                   {"blocks_per_sm", choice.facts->blocksPerSm}};
  return entry;
}

Error kiln::tune::addToDatabase(const Options &options,
                                const tuning::Program &program,
                                const tuning::Report &report) {
  return appendTuningEntry(options.database,
                           makeEntry(options, program, report));
}

/// Reads a database and says which lines are none.
static Expected<TuningDatabase> load(StringRef path) {
  Expected<TuningDatabase> database = TuningDatabase::load(path);
  if (database)
    for (const TuningDatabase::BrokenLine &line : database->getBrokenLines())
      errs() << "kiln-tune: warning: " << line.file << ":" << line.line << ": "
             << line.message << "; the line is skipped\n";
  return database;
}

static Error list(const Options &options) {
  for (const std::string &file : options.files) {
    Expected<TuningDatabase> database = load(file);
    if (!database)
      return database.takeError();
    if (!options.json) {
      database->printTable(outs());
      continue;
    }
    // Entries alone: what is broken was said on standard error.
    TuningDatabase whole;
    for (const TuningDatabase::Record &record : database->getRecords())
      if (Error error = whole.add(record.entry))
        return error;
    whole.print(outs());
  }
  return Error::success();
}

static Error merge(const Options &options) {
  TuningDatabase merged;
  for (const std::string &file : options.files) {
    Expected<TuningDatabase> database = load(file);
    if (!database)
      return database.takeError();
    merged.merge(*database);
  }
  std::string text;
  raw_string_ostream os(text);
  merged.print(os);
  return kiln::writeOutputFile(options.output, text);
}

static Error prune(const Options &options) {
  for (const std::string &file : options.files) {
    // A missing file is no empty database here.
    Expected<TuningDatabase> database = load(file);
    if (!database)
      return database.takeError();
    size_t removed = 0, kept = 0;
    if (Error error = updateTuningDatabase(file, [&](TuningDatabase &whole) {
          removed = whole.prune(getKilnVersion());
          kept = whole.getRecords().size();
        }))
      return error;
    errs() << "kiln-tune: " << file << ": " << kept << " entries are kept, "
           << removed << " lines removed\n";
  }
  return Error::success();
}

int kiln::tune::runDatabaseCommand(const Options &options) {
  Error error = options.command == Options::DbList    ? list(options)
                : options.command == Options::DbMerge ? merge(options)
                                                      : prune(options);
  outs().flush();
  if (!error)
    return exitGood;
  errs() << "kiln-tune: error: " << toString(std::move(error)) << "\n";
  return exitUnusable;
}
