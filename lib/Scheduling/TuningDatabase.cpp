//===- TuningDatabase.cpp - Measured schedules in memory ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TuningLines.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace kiln;

std::string TuningDatabase::Record::getPlace() const {
  return file.empty() ? "memory" : file + ":" + std::to_string(line);
}

TuningDatabase TuningDatabase::parse(StringRef text, StringRef file) {
  TuningDatabase database;
  unsigned line = 0;
  while (!text.empty()) {
    auto [first, rest] = text.split('\n');
    bool isTorn = first.size() == text.size(); // no newline behind it
    text = rest;
    ++line;
    if (first.trim().empty())
      continue;
    Expected<TuningEntry> entry = parseTuningEntry(first);
    if (entry) {
      database.records.push_back({std::move(*entry), file.str(), line});
      continue;
    }
    std::string message = toString(entry.takeError());
    if (isTorn && !isWholeLine(first))
      message = "the last line is not whole: its writer was stopped";
    database.brokenLines.push_back(
        {file.str(), line, std::move(message), first.str()});
  }
  return database;
}

Error TuningDatabase::add(TuningEntry entry) {
  if (std::string fault = findFault(entry); !fault.empty())
    return createStringError(fault);
  records.push_back({std::move(entry), {}, 0});
  return Error::success();
}

const TuningDatabase::Record *
TuningDatabase::lookup(const TuningKey &key) const {
  const Record *best = nullptr;
  for (const Record &record : records)
    if (record.entry.key == key &&
        (!best || isBetterSupported(record.entry, best->entry)))
      best = &record;
  return best;
}

const TuningDatabase::Record *
TuningDatabase::lookupOtherVersion(const TuningKey &key) const {
  const Record *newest = nullptr;
  for (const Record &record : records) {
    TuningKey other = record.entry.key;
    if (other.version == key.version)
      continue;
    other.version = key.version;
    if (other == key && (!newest || record.entry.date > newest->entry.date))
      newest = &record;
  }
  return newest;
}

/// The best supported record of each key, in the order of the keys.
static std::vector<TuningDatabase::Record>
keepBest(std::vector<TuningDatabase::Record> records) {
  std::map<TuningKey, TuningDatabase::Record> best;
  for (TuningDatabase::Record &record : records) {
    auto [at, isNew] = best.try_emplace(record.entry.key, record);
    if (!isNew && isBetterSupported(record.entry, at->second.entry))
      at->second = std::move(record);
  }
  std::vector<TuningDatabase::Record> kept;
  for (auto &[key, record] : best)
    kept.push_back(std::move(record));
  return kept;
}

void TuningDatabase::merge(const TuningDatabase &other) {
  records.insert(records.end(), other.records.begin(), other.records.end());
  records = keepBest(std::move(records));
}

size_t TuningDatabase::prune(StringRef version) {
  size_t before = records.size() + brokenLines.size();
  llvm::erase_if(records, [&](const Record &record) {
    return record.entry.key.version != version;
  });
  records = keepBest(std::move(records));
  brokenLines.clear();
  return before - records.size();
}

void TuningDatabase::print(raw_ostream &os) const {
  for (const Record &record : records)
    os << cantFail(formatTuningEntry(record.entry)) << "\n";
  for (const BrokenLine &line : brokenLines)
    os << line.text << "\n";
}

void TuningDatabase::printTable(raw_ostream &os) const {
  auto row = [&](StringRef kernel, StringRef target, StringRef precision,
                 StringRef version, StringRef measured, StringRef ms,
                 StringRef gain, StringRef date, StringRef place) {
    os << left_justify(kernel, 28) << " " << left_justify(target, 10) << " "
       << left_justify(precision, 5) << " " << left_justify(version, 8) << " "
       << left_justify(measured, 8) << " " << right_justify(ms, 10) << " "
       << right_justify(gain, 8) << "  " << left_justify(date, 20) << "  "
       << place << "\n";
  };
  row("kernel", "target", "prec", "kiln", "measured", "ms", "gain", "date",
      "line");
  for (const Record &record : records) {
    const TuningEntry &entry = record.entry;
    row(entry.kernel.empty() ? entry.key.program : entry.kernel,
        entry.key.target, entry.key.precision, entry.key.version,
        stringify(entry.measuredBy), formatv("{0:f4}", entry.chosenMs).str(),
        formatv("{0:f1} %", entry.getGain() * 100).str(), entry.date,
        record.getPlace());
  }
}
