//===- Rounding.h - How elementwise ops round -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TRANSFORMS_ROUNDING_H
#define KILN_TRANSFORMS_ROUNDING_H

#include "mlir/IR/Diagnostics.h"

namespace kiln {

/// Succeeds for "fused" (simplified, wider in between) and "source" (no bit
/// changes), the values of the option `rounding`; otherwise `emitError` says
/// which they are.
mlir::LogicalResult
verifyRounding(llvm::StringRef rounding,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace kiln

#endif // KILN_TRANSFORMS_ROUNDING_H
