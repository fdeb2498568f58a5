//===- Outputs.h - What a tuning run leaves in files ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNTUNE_OUTPUTS_H
#define KILN_TOOLS_KILNTUNE_OUTPUTS_H

#include "Options.h"
#include "kiln/Tuning/Tuner.h"

namespace kiln::tune {

/// Whether the outputs that are asked for can be written, before a run that may
/// take long.
llvm::Error checkOutputs(const Options &options);

/// Writes them. Each holds what it held before or all of the new.
llvm::Error writeOutputs(const Options &options, const tuning::Program &program,
                         tuning::Report &report);

} // namespace kiln::tune

#endif // KILN_TOOLS_KILNTUNE_OUTPUTS_H
