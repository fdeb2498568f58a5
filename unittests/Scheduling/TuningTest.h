//===- TuningTest.h - What tests of the tuning database share ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_SCHEDULING_TUNINGTEST_H
#define KILN_UNITTESTS_SCHEDULING_TUNINGTEST_H

#include "kiln/Scheduling/TuningDatabase.h"

#include "llvm/ADT/Twine.h"

namespace kiln::test {

/// An entry that is measured and valid.
inline TuningEntry makeEntry(llvm::StringRef program = "1-aa",
                             double chosenMs = 2.0) {
  TuningEntry entry;
  entry.key = {program.str(), "rtx4090", "tf32", getKilnVersion().str()};
  entry.schedule = "#kiln.loop_schedule<tile = [1], threads = [1], vector = "
                   "[1]>";
  entry.kernel = "f";
  entry.measuredBy = MeasuredBy::Cuda;
  entry.device = "a \"card\"";
  entry.chosenMs = chosenMs;
  entry.baselineMs = 4.0;
  entry.defaultMs = 3.0;
  entry.repetitions = 31;
  entry.date = "2026-11-25T10:00:00Z";
  entry.facts = {{"registers", 128}, {"spill_bytes", 0}};
  return entry;
}

inline std::string format(const TuningEntry &entry) {
  return llvm::cantFail(formatTuningEntry(entry));
}

} // namespace kiln::test

#endif // KILN_UNITTESTS_SCHEDULING_TUNINGTEST_H
