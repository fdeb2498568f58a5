//===- Passes.h - Machine passes -------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MACHINE_PASSES_H
#define KILN_MACHINE_PASSES_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/Machine/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/Machine/Passes.h.inc"
} // namespace kiln

#endif // KILN_MACHINE_PASSES_H
