//===- Passes.h - MainLoop passes -------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MAINLOOP_PASSES_H
#define KILN_MAINLOOP_PASSES_H

#include "mlir/Pass/Pass.h"

namespace kiln {
#define GEN_PASS_DECL
#include "kiln/MainLoop/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "kiln/MainLoop/Passes.h.inc"
} // namespace kiln

#endif // KILN_MAINLOOP_PASSES_H
