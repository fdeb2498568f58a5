//===- Compiler.cpp - Compile a program from C ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln-c/Compiler.h"

#include "kiln/Pipelines/Compiler.h"
#include "kiln/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"

using namespace mlir;

struct KilnArtifact {
  kiln::Artifact artifact;
};

namespace {
/// Formats diagnostics and hands them on.
class Reporter {
public:
  Reporter(KilnDiagnosticCallback callback, void *user)
      : callback(callback), user(user) {}

  void report(Diagnostic &diagnostic) {
    report(diagnostic.getSeverity(), diagnostic.getLocation(),
           diagnostic.str());
    for (Diagnostic &note : diagnostic.getNotes())
      report(note.getSeverity(), note.getLocation(), note.str());
  }

  void error(const char *message) {
    if (callback)
      callback(KILN_ERROR, message, user);
  }

private:
  void report(DiagnosticSeverity severity, Location loc, StringRef message) {
    if (!callback)
      return;
    std::string text;
    if (auto place = loc->findInstanceOf<FileLineColLoc>())
      text = (place.getFilename().getValue() + ":" + Twine(place.getLine()) +
              ":" + Twine(place.getColumn()) + ": ")
                 .str();
    text += message;
    callback(convert(severity), text.c_str(), user);
  }

  static KilnSeverity convert(DiagnosticSeverity severity) {
    switch (severity) {
    case DiagnosticSeverity::Note:
      return KILN_NOTE;
    case DiagnosticSeverity::Warning:
      return KILN_WARNING;
    case DiagnosticSeverity::Error:
      return KILN_ERROR;
    case DiagnosticSeverity::Remark:
      return KILN_REMARK;
    }
    return KILN_ERROR;
  }

  KilnDiagnosticCallback callback;
  void *user;
};

kiln::CompileOptions convert(const KilnCompileOptions *from) {
  kiln::CompileOptions options;
  if (!from)
    return options;
  auto set = [](std::string &to, const char *value) {
    if (value)
      to = value;
  };
  set(options.target, from->target);
  set(options.precision, from->precision);
  set(options.rounding, from->rounding);
  set(options.libdevice, from->libdevice);
  set(options.entry, from->entry);
  set(options.schedule, from->schedule);
  set(options.tuningDb, from->tuningDb);
  set(options.ptxas, from->ptxas);
  options.withReference = from->withReference;
  options.withCubin = from->withCubin;
  return options;
}
} // namespace

KilnArtifact *kilnCompile(const char *source, size_t length,
                          const char *fileName,
                          const KilnCompileOptions *options,
                          KilnDiagnosticCallback callback, void *user) {
  Reporter reporter(callback, user);
  if (!source) {
    reporter.error("no source was given");
    return nullptr;
  }
  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  ScopedDiagnosticHandler handler(
      &context, [&](Diagnostic &diagnostic) { reporter.report(diagnostic); });

  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      StringRef(source, length), ParserConfig(&context),
      fileName ? fileName : "source");
  if (!module)
    return nullptr;
  FailureOr<kiln::Artifact> artifact = kiln::compile(*module, convert(options));
  if (failed(artifact))
    return nullptr;
  return new KilnArtifact{std::move(*artifact)};
}

size_t kilnArtifactGetNumFiles(const KilnArtifact *artifact) {
  return artifact->artifact.files.size();
}

const char *kilnArtifactGetFileName(const KilnArtifact *artifact,
                                    size_t index) {
  if (index >= artifact->artifact.files.size())
    return nullptr;
  return artifact->artifact.files[index].name.c_str();
}

const char *kilnArtifactGetFileData(const KilnArtifact *artifact, size_t index,
                                    size_t *length) {
  if (index >= artifact->artifact.files.size())
    return nullptr;
  const std::string &data = artifact->artifact.files[index].data;
  if (length)
    *length = data.size();
  return data.data();
}

void kilnArtifactDestroy(KilnArtifact *artifact) { delete artifact; }
