//===- Passes.h - Reference passes ------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_REFERENCE_PASSES_H
#define KILN_REFERENCE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Reference/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Reference/Passes.h.inc"
} // namespace kiln

#endif // KILN_REFERENCE_PASSES_H
