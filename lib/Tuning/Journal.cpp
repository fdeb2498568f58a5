//===- Journal.cpp - What a run has found out, for the next ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Journal.h"

#include "llvm/Support/Errno.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace llvm;
using namespace kiln::tuning;

static constexpr int64_t kVersion = 1;

static json::Object writeKey(const JournalKey &key) {
  return json::Object{{"kiln_tune_journal", kVersion},
                      {"program", key.fingerprint},
                      {"target", key.target},
                      {"precision", key.precision},
                      {"device", key.device}};
}

static json::Object writeEntry(const JournalEntry &entry) {
  json::Object line{{"schedule", entry.schedule}};
  if (entry.facts) {
    const CompileFacts &facts = *entry.facts;
    json::Object object{{"spill_bytes", facts.spillBytes},
                        {"shared_bytes", facts.sharedBytes},
                        {"threads", facts.threads},
                        {"blocks_per_sm", facts.blocksPerSm},
                        {"occupancy", facts.occupancy},
                        {"limiter", facts.limiter},
                        {"flops", facts.flops},
                        {"bytes", facts.bytes},
                        {"grid", facts.grid},
                        {"tiles", facts.tiles}};
    if (facts.registers)
      object["registers"] = *facts.registers;
    line["facts"] = std::move(object);
  }
  if (!entry.times.ms.empty())
    line["ms"] = json::Array(entry.times.ms);
  if (!entry.times.reference.empty())
    line["reference_ms"] = json::Array(entry.times.reference);
  if (!entry.failure.empty())
    line["failure"] = entry.failure;
  return line;
}

static bool readTimes(const json::Object &line, StringRef key,
                      std::vector<double> &times) {
  const json::Value *value = line.get(key);
  if (!value)
    return true;
  const json::Array *list = value->getAsArray();
  if (!list)
    return false;
  for (const json::Value &time : *list) {
    std::optional<double> ms = time.getAsNumber();
    if (!ms || !std::isfinite(*ms) || *ms <= 0)
      return false;
    times.push_back(*ms);
  }
  return true;
}

static std::optional<JournalEntry> readEntry(const json::Object &line) {
  JournalEntry entry;
  entry.schedule = line.getString("schedule").value_or("").str();
  entry.failure = line.getString("failure").value_or("").str();
  if (entry.schedule.empty() || !readTimes(line, "ms", entry.times.ms) ||
      !readTimes(line, "reference_ms", entry.times.reference))
    return std::nullopt;
  if (const json::Object *object = line.getObject("facts")) {
    auto get = [&](StringRef key) {
      return object->getInteger(key).value_or(0);
    };
    CompileFacts facts;
    facts.registers = object->getInteger("registers");
    facts.spillBytes = get("spill_bytes");
    facts.sharedBytes = get("shared_bytes");
    facts.threads = get("threads");
    facts.blocksPerSm = get("blocks_per_sm");
    facts.occupancy = object->getNumber("occupancy").value_or(0);
    facts.limiter = object->getString("limiter").value_or("").str();
    facts.flops = get("flops");
    facts.bytes = get("bytes");
    facts.grid = get("grid");
    facts.tiles = get("tiles");
    entry.facts = facts;
  }
  return entry;
}

/// Empty, or what the journal is about instead.
static std::string describeDifference(const json::Object &line,
                                      const JournalKey &key) {
  if (!line.getInteger("kiln_tune_journal"))
    return "is no journal of kiln-tune";
  if (*line.getInteger("kiln_tune_journal") != kVersion)
    return "is of another version of kiln-tune";
  auto differs = [&](StringRef name, StringRef value) {
    return line.getString(name) != value;
  };
  if (differs("program", key.fingerprint))
    return "is about another program";
  if (differs("target", key.target))
    return "is about another target than " + key.target;
  if (differs("precision", key.precision))
    return "is about another precision than " + key.precision;
  if (differs("device", key.device))
    return "is about another device than " + key.device;
  return "";
}

/// One write, so that a kill leaves whole lines and at most one torn.
static Error writeAll(int file, StringRef path, StringRef text) {
  while (!text.empty()) {
    ssize_t written =
        sys::RetryAfterSignal(-1, ::write, file, text.data(), text.size());
    if (written < 0)
      return createStringError("cannot write '" + path +
                               "': " + sys::StrError());
    text = text.drop_front(size_t(written));
  }
  return Error::success();
}

static std::string toLine(json::Object object) {
  std::string text;
  raw_string_ostream(text) << json::Value(std::move(object)) << "\n";
  return text;
}

Expected<std::unique_ptr<Journal>> Journal::open(StringRef path,
                                                 const JournalKey &key) {
  std::unique_ptr<Journal> journal(new Journal);
  journal->path = path.str();
  auto fail = [&](StringRef what) {
    return createStringError(what + " '" + path + "': " + sys::StrError());
  };
  journal->file =
      sys::RetryAfterSignal(-1, ::open, journal->path.c_str(),
                            O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (journal->file < 0)
    return fail("cannot write");
  if (sys::RetryAfterSignal(-1, ::flock, journal->file, LOCK_EX | LOCK_NB) != 0)
    return createStringError("the journal '" + path +
                             "' is in use by another run; name another file");
  auto buffer = MemoryBuffer::getOpenFile(journal->file, path, /*FileSize=*/-1);
  if (!buffer)
    return createStringError("cannot read '" + path +
                             "': " + buffer.getError().message());
  std::string text = (*buffer)->getBuffer().str();
  // What stands behind the last newline was torn by a kill.
  size_t whole = text.rfind('\n') + 1; // 0 where there is none
  bool isTorn = whole != text.size();
  text.resize(whole);
  SmallVector<StringRef> lines;
  StringRef(text).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (size_t i = 0; i < lines.size(); ++i) {
    auto where = [&] {
      return "'" + path.str() + "' line " + std::to_string(i + 1) + ": ";
    };
    auto value = json::parse(lines[i]);
    const json::Object *line = value ? value->getAsObject() : nullptr;
    if (!value)
      consumeError(value.takeError());
    if (i == 0) {
      std::string differs =
          line ? describeDifference(*line, key) : "is no journal of kiln-tune";
      if (!differs.empty())
        return createStringError("the journal '" + path + "' " + differs +
                                 "; name another file");
      continue;
    }
    std::optional<JournalEntry> entry = line ? readEntry(*line) : std::nullopt;
    if (!entry)
      return createStringError(where() + "no entry of a journal");
    std::string schedule = entry->schedule;
    journal->entries[schedule] = std::move(*entry);
  }
  if (isTorn && ::ftruncate(journal->file, off_t(whole)) != 0)
    return fail("cannot write");
  if (lines.empty())
    if (Error error = writeAll(journal->file, path, toLine(writeKey(key))))
      return std::move(error);
  return journal;
}

Journal::~Journal() {
  if (file >= 0)
    ::close(file);
}

const JournalEntry *Journal::find(StringRef schedule) const {
  auto found = entries.find(schedule);
  return found == entries.end() ? nullptr : &found->second;
}

Error Journal::append(const JournalEntry &entry) {
  std::string line = toLine(writeEntry(entry));
  std::lock_guard<std::mutex> lock(mutex);
  return writeAll(file, path, line);
}
