//===- TuningLines.h - Lines of a tuning database ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_TUNINGLINES_H
#define KILN_SCHEDULING_TUNINGLINES_H

#include "kiln/Scheduling/TuningDatabase.h"

namespace kiln {

/// Whether `line` is one JSON object from its first to its last character,
/// whatever it holds. The beginning of an entry's line never is.
bool isWholeLine(llvm::StringRef line);

/// What is wrong with the entry; empty where nothing is.
std::string findFault(const TuningEntry &entry);

} // namespace kiln

#endif // KILN_SCHEDULING_TUNINGLINES_H
