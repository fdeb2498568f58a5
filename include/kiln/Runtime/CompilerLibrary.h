//===- CompilerLibrary.h - The compiler, opened when needed -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Compiling, the emulator and the reference on the CPU live in libKilnCAPI.so,
// which needs LLVM. The runtime opens it when one of them is asked for:
// KILN_CAPI_LIBRARY, else ../lib beside the executable, else the loader's path.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_COMPILERLIBRARY_H
#define KILN_RUNTIME_COMPILERLIBRARY_H

#include "kiln-c/Compiler.h"
#include "kiln-c/Emulator.h"
#include "kiln-c/Reference.h"
#include "kiln/Runtime/Artifact.h"

#include <memory>

namespace kiln::runtime {

#define KILN_CAPI_FUNCTIONS(X)                                                 \
  X(kilnCompile)                                                               \
  X(kilnArtifactGetNumFiles)                                                   \
  X(kilnArtifactGetFileName)                                                   \
  X(kilnArtifactGetFileData)                                                   \
  X(kilnArtifactDestroy)                                                       \
  X(kilnEmulatorCreate)                                                        \
  X(kilnEmulatorAddBuffer)                                                     \
  X(kilnEmulatorLaunch)                                                        \
  X(kilnEmulatorGetWritten)                                                    \
  X(kilnEmulatorDestroy)                                                       \
  X(kilnReferenceCreate)                                                       \
  X(kilnReferenceSetInput)                                                     \
  X(kilnReferenceCheck)                                                        \
  X(kilnReferenceDestroy)

/// The functions of libKilnCAPI.so. It stays loaded.
struct CompilerLibrary {
#define KILN_DECLARE(name) decltype(&::name) name = nullptr;
  KILN_CAPI_FUNCTIONS(KILN_DECLARE)
#undef KILN_DECLARE

  /// `feature` says in the message what needs the library.
  static Result<std::shared_ptr<const CompilerLibrary>>
  load(const std::string &feature);
};

/// Receives formatted diagnostics as they come.
using DiagnosticHandler =
    std::function<void(KilnSeverity, const std::string &)>;

/// Compiles a program; the error is only a summary, `handler` gets the rest.
Result<Artifact> compile(const CompilerLibrary &library,
                         const std::string &source, const std::string &fileName,
                         const KilnCompileOptions &options,
                         const DiagnosticHandler &handler);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_COMPILERLIBRARY_H
