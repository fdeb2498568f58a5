//===- Passes.h - Embedding passes ------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_EMBEDDING_PASSES_H
#define KILN_EMBEDDING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Embedding/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Embedding/Passes.h.inc"
} // namespace kiln

#endif // KILN_EMBEDDING_PASSES_H
