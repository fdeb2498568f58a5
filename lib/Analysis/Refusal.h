//===- Refusal.h - Checks that may be silent --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ANALYSIS_REFUSAL_H
#define KILN_LIB_ANALYSIS_REFUSAL_H

#include "mlir/IR/Diagnostics.h"

namespace kiln {

/// Runs `check`, which fails by what it is given to emit errors with. Who only
/// asks gives an inactive diagnostic, and that converts to success: whether an
/// error was begun is what counts.
template <typename Check>
mlir::LogicalResult
failIfRefused(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
              Check check) {
  bool refused = false;
  auto refuse = [&] {
    refused = true;
    return emitError();
  };
  mlir::LogicalResult checked = check(refuse);
  return mlir::failure(failed(checked) || refused);
}

} // namespace kiln

#endif // KILN_LIB_ANALYSIS_REFUSAL_H
