//===- OutputDirectory.h - Writes an artifact directory at once -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMPILE_OUTPUTDIRECTORY_H
#define KILN_TOOLS_KILN_COMPILE_OUTPUTDIRECTORY_H

#include "kiln/Pipelines/Compiler.h"

#include "llvm/Support/Error.h"

namespace kiln {

/// Whether `path` may become an artifact directory: it does not exist, is
/// empty, or holds an artifact and nothing else. The files of an artifact are
/// those that its `artifact.json` names; the error names what else lies there.
llvm::Error checkOutputDirectory(llvm::StringRef path);

/// Writes `artifact` into a new directory beside `path` and renames it, so that
/// `path` holds either what it held before or the whole artifact. Removes no
/// file but those of the artifact that `path` held.
llvm::Error writeOutputDirectory(const Artifact &artifact,
                                 llvm::StringRef path);

/// Writes one file; "-" is standard output. No partial file stays behind.
llvm::Error writeOutputFile(llvm::StringRef path, llvm::StringRef data);

} // namespace kiln

#endif // KILN_TOOLS_KILN_COMPILE_OUTPUTDIRECTORY_H
