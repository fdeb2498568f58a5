//===- kiln-tune.cpp - Finds a schedule for a program's kernel ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The report goes to standard output, everything else to standard error. All
// that is decided stands in lib/Tuning; here it is printed.
//
//===----------------------------------------------------------------------===//

#include "Databases.h"
#include "Options.h"
#include "Outputs.h"
#include "ProgressBar.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdlib>

using namespace mlir;
using namespace kiln;
using namespace kiln::tune;

static int fail(const llvm::Twine &message) {
  llvm::errs() << "kiln-tune: error: " << message << "\n";
  return exitUnusable;
}
static int fail(llvm::Error error) { return fail(toString(std::move(error))); }

/// Where times come from; null where nothing is measured.
static llvm::Expected<std::unique_ptr<tuning::Measurer>>
createMeasurer(const Options &options, const tuning::Program &program) {
  switch (options.device) {
  case Options::None:
    return nullptr;
  case Options::Cuda: {
    tuning::CudaOptions cuda;
    cuda.ordinal = options.ordinal;
    cuda.seed = options.seed;
    cuda.skipPrepared = options.skipPrepared;
    cuda.restMilliseconds = options.restMilliseconds;
    return tuning::createCudaMeasurer(cuda);
  }
  case Options::Replay: {
    std::string message;
    std::unique_ptr<llvm::MemoryBuffer> buffer =
        openInputFile(options.replay, &message);
    if (!buffer)
      return llvm::createStringError("--device=replay: " + message);
    auto records = tuning::parseRecords(buffer->getBuffer(), options.replay);
    if (!records)
      return records.takeError();
    return tuning::createReplayMeasurer(program, std::move(*records),
                                        options.replay);
  }
  }
  return nullptr;
}

static CompileOptions getCompileOptions(const Options &options) {
  CompileOptions compile;
  compile.target = options.target;
  compile.precision = options.precision;
  compile.rounding = options.rounding;
  compile.entry = options.entry;
  compile.ptxas = options.ptxas;
  return compile;
}

/// Parses the program. Some upstream parsers crash behind a syntax error that
/// they have reported.
static OwningOpRef<ModuleOp>
parseProgram(const std::shared_ptr<llvm::SourceMgr> &sources,
             MLIRContext *context) {
  OwningOpRef<ModuleOp> module;
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  if (!recovery.RunSafely([&] {
        module = parseSourceFile<ModuleOp>(sources, ParserConfig(context));
      })) {
    fail("the program cannot be parsed");
    llvm::errs().flush();
    std::_Exit(exitUnusable); // What the parser held cannot be freed.
  }
  llvm::CrashRecoveryContext::Disable();
  return module;
}

static int report(const Options &options, const tuning::Report &result) {
  if (options.output != "-") {
    llvm::outs() << (options.json ? formatJson(result) : formatText(result));
    llvm::outs().flush();
    if (llvm::outs().has_error()) {
      llvm::outs().clear_error();
      return fail("cannot write to standard output");
    }
  }
  bool wrong =
      llvm::any_of(result.candidates, [](const auto &c) { return c.wrong; });
  if (wrong)
    llvm::errs() << "kiln-tune: warning: a candidate computed a wrong result; "
                    "it was dropped\n";
  return wrong ? exitWrong : exitGood;
}

static int tuneProgram(const Options &options) {
  if (llvm::Error error = checkOutputs(options))
    return fail(std::move(error));
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      openInputFile(options.input, &message);
  if (!buffer)
    return fail(message);
  std::string text = buffer->getBuffer().str();
  std::string name = buffer->getBufferIdentifier().str();
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());

  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  SourceMgrDiagnosticHandler diagnostics(*sources, &context, llvm::errs());
  // What has no place is about the command line.
  ScopedDiagnosticHandler unplaced(&context, [](Diagnostic &diagnostic) {
    if (!isa<UnknownLoc>(diagnostic.getLocation()))
      return failure();
    fail(diagnostic.str());
    return success();
  });
  OwningOpRef<ModuleOp> module = parseProgram(sources, &context);
  if (!module)
    return exitUnusable;
  auto program = tuning::Program::create(*module, std::move(text), name,
                                         getCompileOptions(options));
  if (failed(program))
    return exitUnusable;
  auto measurer = createMeasurer(options, **program);
  if (!measurer)
    return fail(measurer.takeError());

  std::unique_ptr<tuning::Journal> journal;
  if (!options.journal.empty()) {
    std::string device = *measurer ? (*measurer)->describe() : "none";
    auto opened =
        tuning::Journal::open(options.journal, {(*program)->tuningKey().program,
                                                (*program)->tuningKey().target,
                                                options.precision, device});
    if (!opened)
      return fail(opened.takeError());
    journal = std::move(*opened);
    if (journal->size())
      llvm::errs() << "kiln-tune: going on from " << options.journal << ": "
                   << journal->size() << " candidates are known\n";
  }
  tuning::TuneOptions settings;
  settings.maxConfigs = options.maxConfigs;
  settings.exhaustive = options.exhaustive;
  if (options.spaceLimit)
    settings.spaceLimit = options.spaceLimit;
  settings.shard = options.shard;
  settings.numShards = options.numShards;
  settings.rounds = options.rounds;
  settings.budgetSeconds = options.budgetSeconds;
  settings.threads = options.threads;
  settings.keepFiles = !options.candidateDirectory.empty();
  profiling::Profile profile;
  if (!options.ncu.empty()) {
    std::unique_ptr<llvm::MemoryBuffer> metrics =
        openInputFile(options.ncu, &message);
    if (!metrics)
      return fail("--ncu: " + message);
    auto read = profiling::readProfile(metrics->getBuffer(), options.ncu);
    if (!read)
      return fail(read.takeError());
    profile = std::move(*read);
    for (const std::string &note : profile.notes)
      llvm::errs() << "kiln-tune: note: " << note << "\n";
    settings.profile = &profile;
    settings.profileFile = options.ncu;
  }
  ProgressBar bar(options.progress == Options::Always ||
                  (options.progress == Options::Auto &&
                   llvm::sys::Process::StandardErrIsDisplayed()));
  auto result =
      tuning::tune(**program, measurer->get(), journal.get(), settings,
                   [&](const tuning::Progress &step) { bar.show(step); });
  bar.clear();
  if (!result)
    return fail(result.takeError());
  if (!result->choice().failure.empty())
    return fail("no candidate can be used; the default: " +
                result->choice().failure);
  if (llvm::Error error = writeOutputs(options, **program, *result))
    return fail(std::move(error));
  return report(options, *result);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  Options options = parseOptions(argc, argv);
  if (!options.error.empty()) {
    llvm::errs() << "kiln-tune: error: " << options.error
                 << "\nTry 'kiln-tune --help'.\n";
    return exitUnusable;
  }
  if (!options.text.empty()) {
    llvm::outs() << options.text;
    return exitGood;
  }
  if (options.target == "help") {
    MLIRContext context;
    llvm::outs() << formatTargets(&context);
    return exitGood;
  }
  if (options.command != Options::Tune)
    return runDatabaseCommand(options);
  return tuneProgram(options);
}
