//===- Passes.h - Distribution passes ---------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DISTRIBUTION_PASSES_H
#define KILN_DISTRIBUTION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Distribution/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

#endif // KILN_DISTRIBUTION_PASSES_H
