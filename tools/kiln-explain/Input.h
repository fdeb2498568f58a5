//===- Input.h - What kiln-explain is asked about ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNEXPLAIN_INPUT_H
#define KILN_TOOLS_KILNEXPLAIN_INPUT_H

#include "kiln/Explain/Explanation.h"

namespace kiln::explain {

inline constexpr int kBadInput = 2;

/// Says what is wrong, on standard error.
int fail(const llvm::Twine &message);

/// The explanation of `input`: a program, "-" for standard input, or the
/// directory of an artifact, whose target, precision and schedule then hold.
/// Failures have been reported.
mlir::FailureOr<Explanation> explainInput(llvm::StringRef input,
                                          CompileOptions compile,
                                          bool hasTarget,
                                          ExplainOptions options);

} // namespace kiln::explain

#endif // KILN_TOOLS_KILNEXPLAIN_INPUT_H
