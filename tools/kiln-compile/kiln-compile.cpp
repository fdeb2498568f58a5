//===- kiln-compile.cpp - Compiles a linalg program for a GPU -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Data goes to standard output or the named file, everything else to standard
// error. Exit code 0: done; 2: bad usage or input, nothing was written.
//
//===----------------------------------------------------------------------===//

#include "OutputDirectory.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Pipelines/Compiler.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdlib>
#include <map>

using namespace mlir;
namespace cl = llvm::cl;

namespace {
enum class Emit {
  Artifact,
  Kernels,
  Schedule,
  Codegen,
  NVVM,
  LLVM,
  PTX,
  Cubin,
  Report
};

cl::OptionCategory category("kiln-compile options");

/// The command line, read once in main.
struct CommandLine {
  cl::opt<std::string> input{cl::Positional, cl::desc("<input .mlir or ->"),
                             cl::init("-"), cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("path"), cl::cat(category),
      cl::desc("Artifact directory, or with --emit a file (default -)")};
  cl::opt<Emit> emit{
      "emit", cl::desc("Print one level instead of writing an artifact"),
      cl::init(Emit::Artifact), cl::cat(category),
      cl::values(
          clEnumValN(Emit::Artifact, "artifact", "the whole directory"),
          clEnumValN(Emit::Kernels, "kernels", "kiln.kernel regions"),
          clEnumValN(Emit::Schedule, "schedule", "kernels with schedules"),
          clEnumValN(Emit::Codegen, "codegen", "the launch plan"),
          clEnumValN(Emit::NVVM, "nvvm", "kernels in the nvvm dialect"),
          clEnumValN(Emit::LLVM, "llvm", "kernels as LLVM IR"),
          clEnumValN(Emit::PTX, "ptx", "kernels as PTX"),
          clEnumValN(Emit::Cubin, "cubin", "kernels as machine code"),
          clEnumValN(Emit::Report, "report", "resources and bounds"))};
  cl::opt<kiln::Level> from{
      "from", cl::desc("Level of the input"), cl::init(kiln::Level::Source),
      cl::cat(category),
      cl::values(
          clEnumValN(kiln::Level::Source, "source", "linalg on tensors"),
          clEnumValN(kiln::Level::Kernels, "kernels", "--emit=kernels"),
          clEnumValN(kiln::Level::Schedule, "schedule", "--emit=schedule"),
          clEnumValN(kiln::Level::LaunchPlan, "launch-plan", "--emit=codegen"),
          clEnumValN(kiln::Level::NVVM, "nvvm", "--emit=nvvm"))};
  cl::opt<std::string> target{"target", cl::init("rtx4090"), cl::cat(category),
                              cl::desc("Card, or a file with a #kiln.target; "
                                       "help lists the cards")};
  cl::opt<std::string> precision{
      "precision", cl::init("tf32"), cl::cat(category),
      cl::desc("Contractions of f32: tf32 or f32 (exact)")};
  cl::opt<std::string> entry{"entry", cl::cat(category),
                             cl::desc("Function to compile")};
  cl::opt<std::string> schedule{
      "schedule", cl::cat(category), cl::value_desc("#kiln.schedule<...>"),
      cl::desc("Schedule of the compute kernels in place of the rules")};
  cl::opt<std::string> tuningDb{
      "tuning-db", cl::cat(category), cl::value_desc("file"),
      cl::desc("Measured schedules, used in place of the rules")};
  cl::opt<std::string> ptxas{"ptxas", cl::cat(category), cl::value_desc("path"),
                             cl::desc("The ptxas to use")};
  cl::opt<std::string> saveTemps{
      "save-temps", cl::cat(category), cl::value_desc("directory"),
      cl::desc("Keep every level in this directory")};
  cl::opt<bool> withReference{
      "with-reference", cl::cat(category),
      cl::desc("Put the source program into the artifact, for verification")};
  cl::opt<bool> noCubin{"no-cubin", cl::cat(category),
                        cl::desc("Do not run ptxas")};
  cl::opt<bool> remarks{"remarks", cl::cat(category),
                        cl::desc("Say what each pass decided and why")};
  cl::opt<bool> timing{"timing", cl::cat(category),
                       cl::desc("Say how long each pass took")};

  kiln::CompileOptions getOptions() const {
    kiln::CompileOptions options;
    options.target = target;
    options.precision = precision;
    options.entry = entry;
    options.schedule = schedule;
    options.tuningDb = tuningDb;
    options.ptxas = ptxas;
    options.withReference = withReference;
    options.withCubin = !noCubin;
    options.from = from;
    return options;
  }
};

constexpr int kBadInput = 2;

int fail(const Twine &message) {
  llvm::errs() << "kiln-compile: error: " << message << "\n";
  return kBadInput;
}
int fail(llvm::Error error) { return fail(toString(std::move(error))); }

std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  stream << "\n";
  return text;
}

/// What `--emit` names, as bytes. Failures have been reported.
FailureOr<std::string> makeOutput(ModuleOp module, Emit emit,
                                  const kiln::CompileOptions &options) {
  static const std::map<Emit, kiln::Level> kLevels = {
      {Emit::Kernels, kiln::Level::Kernels},
      {Emit::Schedule, kiln::Level::Schedule},
      {Emit::Codegen, kiln::Level::LaunchPlan},
      {Emit::NVVM, kiln::Level::NVVM}};
  if (auto level = kLevels.find(emit); level != kLevels.end()) {
    if (failed(kiln::lowerTo(module, level->second, options)))
      return failure();
    return print(module);
  }
  if (emit == Emit::LLVM || emit == Emit::PTX) {
    if (failed(kiln::lowerTo(module, kiln::Level::NVVM, options)))
      return failure();
    bool isText = emit == Emit::LLVM;
    FailureOr<kiln::SerializedKernels> code = kiln::serialize(
        module, {.wantText = isText, .wantPtx = !isText}, options.timing);
    if (failed(code))
      return failure();
    return std::move(isText ? code->llvmIR : code->ptx);
  }
  FailureOr<kiln::Artifact> artifact = kiln::compile(module, options);
  if (failed(artifact))
    return failure();
  if (emit == Emit::Report)
    return std::move(artifact->report);
  const std::string *cubin = artifact->find("kernels.cubin");
  if (!cubin)
    return emitError(UnknownLoc::get(module.getContext()),
                     "no cubin without ptxas; name one with --ptxas");
  return *cubin;
}

/// Writes each level into `directory` as it is reached.
llvm::Error keepLevels(kiln::CompileOptions &options, StringRef directory,
                       std::string &failed) {
  if (std::error_code error = llvm::sys::fs::create_directories(directory))
    return llvm::createStringError(error, "cannot create '" + directory +
                                              "': " + error.message());
  options.onLevel = [directory = directory.str(), number = 0,
                     &failed](StringRef level, ModuleOp module) mutable {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path,
                            llvm::Twine(++number) + "-" + level + ".mlir");
    if (llvm::Error error = kiln::writeOutputFile(path, print(module)))
      failed = toString(std::move(error));
  };
  return llvm::Error::success();
}

int run(const CommandLine &line) {
  if (line.target == "help") {
    MLIRContext context;
    llvm::outs() << kiln::formatTargets(&context);
    return 0;
  }
  bool isArtifact = line.emit == Emit::Artifact;
  std::string output = line.output;
  if (isArtifact && (output.empty() || output == "-"))
    return fail("an artifact is a directory; name it with -o DIR, or print one "
                "level with --emit=ptx or another");
  if (output.empty())
    output = "-";
  if (isArtifact)
    if (llvm::Error error = kiln::checkOutputDirectory(output))
      return fail(std::move(error));

  DefaultTimingManager timings;
  timings.setEnabled(line.timing);
  TimingScope root = timings.getRootScope();

  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  // A program of one kernel gains nothing from a pool of threads.
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer =
      openInputFile(line.input, &message);
  if (!buffer)
    return fail(message);
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(*sources, &context, llvm::errs());
  // What has no place is about the command line.
  ScopedDiagnosticHandler unplaced(&context, [](Diagnostic &diagnostic) {
    if (!isa<UnknownLoc>(diagnostic.getLocation()))
      return failure();
    static constexpr StringLiteral kNames[] = {"note", "warning", "error",
                                               "remark"};
    llvm::errs() << "kiln-compile: "
                 << kNames[static_cast<int>(diagnostic.getSeverity())] << ": "
                 << diagnostic << "\n";
    return success();
  });
  if (line.remarks) {
    remark::RemarkCategories all;
    all.passed = all.missed = all.analysis = all.failed = ".*";
    if (failed(remark::enableOptimizationRemarks(
            context, nullptr,
            std::make_unique<remark::RemarkEmittingPolicyAll>(), all,
            /*printAsEmitRemarks=*/true)))
      return fail("cannot switch remarks on");
  }

  OwningOpRef<ModuleOp> module;
  {
    TimingScope parse = root.nest("parse");
    // Some upstream parsers crash behind a syntax error that they have
    // reported, such as that of linalg.reduce on `dimensions = [x]`.
    llvm::CrashRecoveryContext::Enable();
    llvm::CrashRecoveryContext recovery;
    if (!recovery.RunSafely([&] {
          module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
        })) {
      fail("'" + line.input + "' cannot be parsed");
      llvm::errs().flush();
      std::_Exit(kBadInput); // What the parser held is in no state to be freed.
    }
    llvm::CrashRecoveryContext::Disable();
  }
  if (!module)
    return kBadInput;

  kiln::CompileOptions options = line.getOptions();
  options.timing = line.timing ? &root : nullptr;
  std::string keepFailed;
  if (!line.saveTemps.empty())
    if (llvm::Error error = keepLevels(options, line.saveTemps, keepFailed))
      return fail(std::move(error));

  if (!isArtifact) {
    FailureOr<std::string> data = makeOutput(*module, line.emit, options);
    if (failed(data))
      return kBadInput;
    if (llvm::Error error = kiln::writeOutputFile(output, *data))
      return fail(std::move(error));
  } else {
    FailureOr<kiln::Artifact> artifact = kiln::compile(*module, options);
    if (failed(artifact))
      return kBadInput;
    if (llvm::Error error = kiln::writeOutputDirectory(*artifact, output))
      return fail(std::move(error));
    llvm::errs() << "wrote " << output << ":";
    for (const kiln::ArtifactFile &file : artifact->files)
      llvm::errs() << " " << file.name;
    llvm::errs() << "\n";
  }
  if (!keepFailed.empty())
    return fail(keepFailed);
  return 0;
}
} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  CommandLine line;
  cl::HideUnrelatedOptions(category);
  // With a stream for errors a bad command line comes back instead of exiting.
  if (!cl::ParseCommandLineOptions(argc, argv, "Kiln compiler driver\n",
                                   &llvm::errs()))
    return kBadInput;
  return run(line);
}
