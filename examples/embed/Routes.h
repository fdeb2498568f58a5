//===- Routes.h - What the program shows ------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_EXAMPLES_EMBED_ROUTES_H
#define KILN_EXAMPLES_EMBED_ROUTES_H

#include "kiln/Pipelines/Compiler.h"

#include "mlir/IR/MLIRContext.h"

/// How kernels are compiled, on both routes.
kiln::CompileOptions getCompileOptions();

/// Compiles a module made in memory and prints the PTX of the artifact.
/// Returns the exit status, as the other does.
int runArtifactRoute(mlir::MLIRContext &context);

/// Embeds kernels into the module of a host, lowers the rest of it with MLIR's
/// passes, runs it in this process, with the shim as the GPU, and compares what
/// it computes with the same sums made here.
int runInPlaceRoute(mlir::MLIRContext &context);

#endif // KILN_EXAMPLES_EMBED_ROUTES_H
