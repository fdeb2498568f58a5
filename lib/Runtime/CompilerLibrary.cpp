//===- CompilerLibrary.cpp - The compiler, opened when needed ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/CompilerLibrary.h"

#include <climits>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace kiln::runtime {

static constexpr const char *libraryName = "libKilnCAPI.so";

/// Where the library may be, in the order of trial.
static std::vector<std::string> getCandidates() {
  const char *chosen = std::getenv("KILN_CAPI_LIBRARY");
  if (chosen && *chosen)
    return {chosen};
  std::vector<std::string> candidates;
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  if (length > 0 && size_t(length) < sizeof(path)) {
    std::string executable(path, size_t(length));
    std::string directory = executable.substr(0, executable.rfind('/'));
    std::string beside = directory + "/../lib/" + libraryName;
    if (access(beside.c_str(), F_OK) == 0)
      candidates.push_back(beside);
  }
  candidates.push_back(libraryName);
  return candidates;
}

Result<std::shared_ptr<const CompilerLibrary>>
CompilerLibrary::load(const std::string &feature) {
  void *handle = nullptr;
  std::string reason, path;
  for (const std::string &candidate : getCandidates()) {
    handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    path = candidate;
    if (handle)
      break;
    // The first reason is the telling one: the later tries look elsewhere.
    if (reason.empty())
      reason = dlerror();
  }
  if (!handle)
    return makeError(feature,
                     " needs Kiln's compiler library, which cannot be "
                     "loaded: ",
                     reason,
                     "; build Kiln with its compiler, or set KILN_CAPI_LIBRARY "
                     "to libKilnCAPI.so");
  auto library = std::make_shared<CompilerLibrary>();
  const char *missing = nullptr;
#define KILN_LOAD(name)                                                        \
  library->name =                                                              \
      reinterpret_cast<decltype(library->name)>(dlsym(handle, #name));         \
  if (!library->name)                                                          \
    missing = #name;
  KILN_CAPI_FUNCTIONS(KILN_LOAD)
#undef KILN_LOAD
  if (missing)
    return makeError(feature, " needs Kiln's compiler library, but ", path,
                     " has no function ", missing,
                     ": it is of another version");
  return std::shared_ptr<const CompilerLibrary>(std::move(library));
}

static void forwardDiagnostic(KilnSeverity severity, const char *message,
                              void *user) {
  (*static_cast<const DiagnosticHandler *>(user))(severity, message);
}

Result<Artifact> compile(const CompilerLibrary &library,
                         const std::string &source, const std::string &fileName,
                         const KilnCompileOptions &options,
                         const DiagnosticHandler &handler) {
  KilnArtifact *compiled = library.kilnCompile(
      source.data(), source.size(), fileName.c_str(), &options,
      forwardDiagnostic, const_cast<DiagnosticHandler *>(&handler));
  if (!compiled)
    return makeError("cannot compile ", fileName);
  Artifact::FileMap files;
  for (size_t i = 0, n = library.kilnArtifactGetNumFiles(compiled); i < n;
       ++i) {
    size_t length = 0;
    const char *data = library.kilnArtifactGetFileData(compiled, i, &length);
    files.emplace(library.kilnArtifactGetFileName(compiled, i),
                  std::string(data, length));
  }
  library.kilnArtifactDestroy(compiled);
  return Artifact::fromFiles(files);
}

} // namespace kiln::runtime
