//===- Describe.h - Kernels that are described, not compiled ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNEXPLAIN_DESCRIBE_H
#define KILN_TOOLS_KILNEXPLAIN_DESCRIBE_H

#include "kiln/Profiling/Profile.h"

namespace kiln::explain {

/// Prints time and metrics of each kernel in `file`, a description or a list of
/// them, and what bounds it by `profile`, which may be null. The exit status.
int explainDescriptions(llvm::StringRef file, llvm::StringRef target,
                        const profiling::Profile *profile,
                        llvm::StringRef profileFile, bool json);

} // namespace kiln::explain

#endif // KILN_TOOLS_KILNEXPLAIN_DESCRIBE_H
