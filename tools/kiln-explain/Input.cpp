//===- Input.cpp - What kiln-explain is asked about -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Input.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Pipelines/Registration.h"
#include "kiln/Scheduling/Rules.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdlib>

using namespace mlir;
using namespace kiln;
using namespace kiln::explain;

int kiln::explain::fail(const llvm::Twine &message) {
  llvm::errs() << "kiln-explain: error: " << message << "\n";
  return kBadInput;
}

namespace {
/// A context with its diagnostics and remarks, and a program in it.
class Session {
public:
  explicit Session(std::unique_ptr<llvm::MemoryBuffer> buffer)
      : sources(std::make_shared<llvm::SourceMgr>()),
        text(buffer->getBuffer().str()),
        name(buffer->getBufferIdentifier().str()) {
    sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.printOpOnDiagnostic(false);
    diagnostics.emplace(*sources, &context, llvm::errs());
    // What has no place is about the command line.
    unplaced.emplace(&context, [](Diagnostic &diagnostic) {
      if (!isa<UnknownLoc>(diagnostic.getLocation()))
        return failure();
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        fail(diagnostic.str());
      return success();
    });
  }

  FailureOr<std::unique_ptr<tuning::Program>>
  createProgram(const CompileOptions &options) {
    if (failed(remarks.install(context)))
      return failure();
    OwningOpRef<ModuleOp> module;
    // Some upstream parsers crash behind a syntax error that they reported.
    llvm::CrashRecoveryContext::Enable();
    llvm::CrashRecoveryContext recovery;
    if (!recovery.RunSafely([&] {
          module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
        })) {
      fail("the program cannot be parsed");
      llvm::errs().flush();
      std::_Exit(kBadInput); // What the parser held cannot be freed.
    }
    llvm::CrashRecoveryContext::Disable();
    if (!module)
      return failure();
    return tuning::Program::create(*module, text, name, options);
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  RemarkCollector remarks;

private:
  std::shared_ptr<llvm::SourceMgr> sources;
  std::string text, name;
  std::optional<SourceMgrDiagnosticHandler> diagnostics;
  std::optional<ScopedDiagnosticHandler> unplaced;
};
} // namespace

static FailureOr<Explanation> report(llvm::Expected<Explanation> explanation) {
  if (explanation)
    return std::move(*explanation);
  fail(toString(explanation.takeError()));
  return failure();
}

static FailureOr<Explanation> explainDirectory(StringRef directory,
                                               CompileOptions compile,
                                               bool hasTarget,
                                               ExplainOptions options) {
  auto artifact = runtime::Artifact::load(directory.str());
  if (artifact.failed()) {
    fail(artifact.message());
    return failure();
  }
  if (!options.schedule.empty()) {
    fail("an artifact has its schedule; --schedule is for a program");
    return failure();
  }
  if (!compile.entry.empty() && compile.entry != artifact->entry) {
    fail("the artifact's entry is '" + artifact->entry + "', not '" +
         compile.entry + "'");
    return failure();
  }
  if (!hasTarget)
    compile.target = artifact->targetName;
  compile.entry = artifact->entry;
  if (parsePrecision(artifact->precision))
    compile.precision = artifact->precision;
  for (const runtime::KernelInfo &kernel : artifact->plan.kernels)
    if (!kernel.isPacking)
      options.schedule = kernel.schedule;
  options.chosenBy = "artifact";

  Session session(llvm::MemoryBuffer::getMemBufferCopy(
      artifact->source,
      artifact->sourceName.empty() ? "artifact" : artifact->sourceName));
  FailureOr<TargetAttr> target =
      loadKernelTarget(UnknownLoc::get(&session.context), compile.target);
  if (failed(target)) {
    if (!hasTarget)
      fail("the artifact is for a target that is not known; name its file with "
           "--target=FILE");
    return failure();
  }
  if (artifact->source.empty())
    return report(explainArtifact(*artifact, directory, *target, nullptr,
                                  session.remarks, options));
  auto program = session.createProgram(compile);
  if (failed(program))
    return failure();
  return report(explainArtifact(*artifact, directory, *target, program->get(),
                                session.remarks, options));
}

FailureOr<Explanation> kiln::explain::explainInput(StringRef input,
                                                   CompileOptions compile,
                                                   bool hasTarget,
                                                   ExplainOptions options) {
  if (llvm::sys::fs::is_directory(input))
    return explainDirectory(input, std::move(compile), hasTarget,
                            std::move(options));
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(input, &message);
  if (!buffer) {
    fail(message);
    return failure();
  }
  Session session(std::move(buffer));
  auto program = session.createProgram(compile);
  if (failed(program))
    return failure();
  if (!options.schedule.empty())
    options.chosenBy = "--schedule";
  return report(explain::explain(**program, session.remarks, options));
}
