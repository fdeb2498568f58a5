//===- Databases.cpp - The tuning databases of the command line -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Databases.h"

using namespace llvm;
using namespace kiln::tune;

Error kiln::tune::addToDatabase(StringRef path, const tuning::Report &report) {
  return createStringError("--tuning-db: not yet there");
}

int kiln::tune::runDatabaseCommand(const Options &options) {
  errs() << "kiln-tune: error: db: not yet there\n";
  return exitUnusable;
}
