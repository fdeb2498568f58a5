//===- Passes.h - Staging passes --------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_STAGING_PASSES_H
#define KILN_STAGING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Staging/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

#endif // KILN_STAGING_PASSES_H
