//===- Databases.h - The tuning databases of the command line ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILNTUNE_DATABASES_H
#define KILN_TOOLS_KILNTUNE_DATABASES_H

#include "Options.h"
#include "kiln/Tuning/Tuner.h"

namespace kiln::tune {

/// Adds the result of a run to `--tuning-db`.
llvm::Error addToDatabase(const Options &options,
                          const tuning::Program &program,
                          const tuning::Report &report);

/// Runs `kiln-tune db ...`; the exit status.
int runDatabaseCommand(const Options &options);

} // namespace kiln::tune

#endif // KILN_TOOLS_KILNTUNE_DATABASES_H
