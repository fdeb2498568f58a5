//===- Journal.h - What a run has found out, for the next -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A file that gets a line, a JSON object, whenever something is known of a
/// candidate. A run that was killed at any moment goes on from it: a torn last
/// line is dropped. The first line says what the run is about; a run about
/// something else refuses the file.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_TUNING_JOURNAL_H
#define KILN_TUNING_JOURNAL_H

#include "kiln/Tuning/Decision.h"
#include "kiln/Tuning/Program.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <mutex>

namespace kiln::tuning {

/// What a journal is about. Other values of any of these make other times.
struct JournalKey {
  std::string fingerprint, target, precision;
  std::string device; ///< "none", "cuda NVIDIA H100", "replay FILE"
  bool operator==(const JournalKey &) const = default;
};

/// What is known of a candidate.
struct JournalEntry {
  std::string schedule;
  std::optional<CompileFacts> facts;
  Times times;
  std::string failure; ///< it did not compile or was wrong
};

class Journal {
public:
  /// Opens or creates the file, which no other run may have open. Whole lines
  /// that say nothing of use are an error that names file and line.
  static llvm::Expected<std::unique_ptr<Journal>> open(llvm::StringRef path,
                                                       const JournalKey &key);
  ~Journal();

  /// What was known when the journal was opened, or null.
  const JournalEntry *find(llvm::StringRef schedule) const;
  size_t size() const { return entries.size(); }

  /// Adds a line; what it says takes the place of what earlier lines say. Safe
  /// in several threads.
  llvm::Error append(const JournalEntry &entry);

private:
  Journal() = default;
  std::string path;
  llvm::StringMap<JournalEntry> entries;
  int file = -1;
  std::mutex mutex;
};

} // namespace kiln::tuning

#endif // KILN_TUNING_JOURNAL_H
