//===- Registration.h - Dialects and passes of Kiln -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PIPELINES_REGISTRATION_H
#define KILN_PIPELINES_REGISTRATION_H

#include "mlir/IR/DialectRegistry.h"

namespace kiln {

/// Adds every dialect, interface and translation that Kiln's input, its passes
/// and its output need.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Registers every pass and pipeline by name, for a command line.
void registerAllPasses();

} // namespace kiln

#endif // KILN_PIPELINES_REGISTRATION_H
