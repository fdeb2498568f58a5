//===- TuningDatabase.h - Measured schedules in a file ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The format, the rule by which one entry is better than another, and what
// holds with several writers are described in docs/tuning-database.md.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_SCHEDULING_TUNINGDATABASE_H
#define KILN_SCHEDULING_TUNINGDATABASE_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// The version of the format of a line.
constexpr int64_t kTuningFormat = 1;

/// The version of Kiln, "0.1.0": what a new entry's key holds.
llvm::StringRef getKilnVersion();

/// What an entry is looked up by.
struct TuningKey {
  std::string program;   ///< getFingerprint of the kernel
  std::string target;    ///< name of the card, "rtx4090"
  std::string precision; ///< as asked of the compiler
  std::string version;   ///< of the Kiln that made the entry

  auto operator<=>(const TuningKey &) const = default;
};

/// The key of `kernel` for this Kiln.
TuningKey getTuningKey(KernelOp kernel, TargetAttr target,
                       llvm::StringRef precision);

/// Where the times of an entry come from, the weakest first.
enum class MeasuredBy {
  Model,  ///< predicted, no card was there
  Replay, ///< read from recorded times
  Cuda,   ///< measured on a card
};
llvm::StringRef stringify(MeasuredBy measuredBy); ///< "model", "replay", "cuda"

/// Runs from which a median and a test of significance mean something. A
/// measured entry of fewer is worse than any of at least as many.
constexpr int64_t kSupportedRepetitions = 5;

/// What tuning found for one kernel. Times are medians in milliseconds, of
/// interleaved runs, so that their ratios do not depend on the clock.
struct TuningEntry {
  TuningKey key;
  std::string schedule; ///< "#kiln.schedule<...>" or "#kiln.loop_schedule<>"
  std::string kernel;   ///< its name, for readers of the file; may be empty
  MeasuredBy measuredBy = MeasuredBy::Model;
  std::string device;  ///< the card that was measured on; may be empty
  double chosenMs = 0; ///< of `schedule`
  std::optional<double> baselineMs; ///< four warps, two stages, where it fits
  std::optional<double> defaultMs;  ///< of the schedule by the rules
  int64_t repetitions = 0; ///< runs of each behind the medians; 0 for a model
  std::string date;        ///< UTC, "2026-11-25T10:00:00Z"
  /// What the compiler says of the chosen kernel: "registers",
  /// "spill_bytes", "shared_bytes", "blocks_per_sm", ....
  std::map<std::string, int64_t> facts;

  /// How much faster the schedule is than the faster of baseline and default:
  /// 0.02 where it takes 1 / 1.02 of that time; 0 where neither is known.
  double getGain() const;
};

/// The time now, as `date` has it.
std::string getTuningDate();

/// Whether `a` is to be used before `b` for the same key. A total order of
/// entries that differ, so that merging gives the same in any order.
bool isBetterSupported(const TuningEntry &a, const TuningEntry &b);

/// The line of `entry` without the newline, or what is wrong with the entry.
llvm::Expected<std::string> formatTuningEntry(const TuningEntry &entry);
llvm::Expected<TuningEntry> parseTuningEntry(llvm::StringRef line);

/// The lines of a database in memory.
class TuningDatabase {
public:
  /// An entry and where it was read.
  struct Record {
    TuningEntry entry;
    std::string file; ///< empty: made in memory
    unsigned line = 0;

    std::string getPlace() const; ///< "tuning.jsonl:3", or "memory"
  };
  /// A line that is no entry.
  struct BrokenLine {
    std::string file;
    unsigned line = 0;
    std::string message;
    std::string text;
  };

  /// Reads a file. It is an error if that cannot be read, a missing one
  /// included; broken lines are none, getBrokenLines() has them.
  static llvm::Expected<TuningDatabase> load(llvm::StringRef path);
  /// Reads `text`; `file` is for messages.
  static TuningDatabase parse(llvm::StringRef text, llvm::StringRef file);

  /// All entries, in the order of the lines.
  llvm::ArrayRef<Record> getRecords() const { return records; }
  llvm::ArrayRef<BrokenLine> getBrokenLines() const { return brokenLines; }

  /// The best supported entry of `key`, or null.
  const Record *lookup(const TuningKey &key) const;
  /// The newest entry of `key` but for the version, or null.
  const Record *lookupOtherVersion(const TuningKey &key) const;

  /// Adds an entry, or says what is wrong with it.
  llvm::Error add(TuningEntry entry);
  /// Takes the entries of `other` and keeps the best supported of each key, in
  /// the order of the keys. Broken lines of `other` are not taken.
  void merge(const TuningDatabase &other);
  /// Removes entries of other versions than `version`, all but the best
  /// supported of each key, and broken lines. The number of lines removed.
  size_t prune(llvm::StringRef version);

  /// Writes a line for each entry, then the broken lines as they are.
  void print(llvm::raw_ostream &os) const;
  /// Writes a table for people, a row for each entry.
  void printTable(llvm::raw_ostream &os) const;

private:
  std::vector<Record> records;
  std::vector<BrokenLine> brokenLines;
};

/// Adds a line to the file at `path`, which is made if there is none. Threads
/// and processes may do so at once; a kill leaves the file with or without the
/// entry. The piece of a line that an older kill left at the end is removed.
llvm::Error appendTuningEntry(llvm::StringRef path, const TuningEntry &entry);

/// Replaces the file at `path` by what `change` makes of it, at once: whoever
/// reads sees the old or the new one, and no entry that another writer appends
/// meanwhile is lost. A missing file is made from an empty database.
llvm::Error
updateTuningDatabase(llvm::StringRef path,
                     llvm::function_ref<void(TuningDatabase &)> change);

} // namespace kiln

#endif // KILN_SCHEDULING_TUNINGDATABASE_H
