//===- Passes.h - Target passes -------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TARGET_PASSES_H
#define KILN_TARGET_PASSES_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Target/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Target/Passes.h.inc"
} // namespace kiln

#endif // KILN_TARGET_PASSES_H
