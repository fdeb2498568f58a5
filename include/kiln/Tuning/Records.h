//===- Records.h - Times that were written down -----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The lines that `kiln-bench --record=FILE` appends, for `--device=replay`. A
/// line is a JSON object:
///
///   {"program": "f", "device": "NVIDIA H100 80GB HBM3",
///    "schedule": "#kiln.schedule<...>", "ms": [0.123, 0.124, ...]}
///
/// `ms` has one time a round; times of one round of several schedules have the
/// same place. A schedule that was not timed has no `ms` or an empty one, and
/// in `failure` why. Other keys are ignored; so are empty lines and those that
/// begin with '#'.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_RECORDS_H
#define KILN_TUNING_RECORDS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace kiln::tuning {

struct Record {
  std::string program, device, schedule;
  std::vector<double> ms;
  std::string failure;
};

/// Reads all lines of `text`. An error names file and line, and what is wrong.
llvm::Expected<std::vector<Record>> parseRecords(llvm::StringRef text,
                                                 llvm::StringRef file);

} // namespace kiln::tuning

#endif // KILN_TUNING_RECORDS_H
