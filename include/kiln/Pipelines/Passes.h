//===- Passes.h - Passes that run stages inside a host's module -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PIPELINES_PASSES_H
#define KILN_PIPELINES_PASSES_H

#include "kiln/Pipelines/Compiler.h"

#include "mlir/Pass/Pass.h"

#include <string>

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Pipelines/Passes.h.inc"

/// The same pass with all that a program can be compiled with, of which its
/// options are a part.
std::unique_ptr<mlir::Pass>
createCompileIsolated(const CompileOptions &options);

#define GEN_PASS_REGISTRATION
#include "kiln/Pipelines/Passes.h.inc"
} // namespace kiln

#endif // KILN_PIPELINES_PASSES_H
