//===- Databases.cpp - The tuning databases of the command line -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Databases.h"

#include "../kiln-compile/OutputDirectory.h"

#include "llvm/Support/Errno.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <fcntl.h>
#include <map>
#include <sys/file.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

using namespace llvm;
using namespace kiln::tune;

static constexpr int64_t kFormat = 1;

namespace {
/// One line of a database: a schedule, and the figures behind it.
struct Entry {
  std::string version, program, target, precision, schedule, line;
  bool measured = false;
  double gain = 0; ///< over the default
  int64_t rounds = 0;

  auto key() const { return std::tie(version, program, target, precision); }
  /// What is measured says more than what is predicted, and a larger gain over
  /// the same default was found among more candidates.
  bool isBetterThan(const Entry &other) const {
    return std::tie(measured, gain, rounds) >
           std::tie(other.measured, other.gain, other.rounds);
  }
};

/// A file that no other writer of a database has open.
class LockedFile {
public:
  ~LockedFile() {
    if (file >= 0)
      ::close(file);
  }
  /// Waits for other writers. A file that one of them has replaced meanwhile is
  /// opened again.
  Error open(StringRef path, int flags);
  int file = -1;
};
} // namespace

static Error fail(const Twine &what, StringRef path) {
  return createStringError(what + " '" + path + "': " + sys::StrError());
}

Error LockedFile::open(StringRef path, int flags) {
  std::string name = path.str();
  while (true) {
    file = sys::RetryAfterSignal(-1, ::open, name.c_str(), flags | O_CLOEXEC,
                                 0666);
    if (file < 0)
      return fail("cannot open", path);
    if (sys::RetryAfterSignal(-1, ::flock, file, LOCK_EX) != 0)
      return fail("cannot lock", path);
    struct stat mine, named;
    if (::fstat(file, &mine) == 0 && ::stat(name.c_str(), &named) == 0 &&
        mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
      return Error::success();
    ::close(file);
    file = -1;
  }
}

/// Empty, or what is wrong with the line.
static std::string parseEntry(StringRef line, Entry &entry) {
  Expected<json::Value> value = json::parse(line);
  if (!value)
    return "no JSON: " + toString(value.takeError());
  const json::Object *object = value->getAsObject();
  if (!object || !object->getInteger("kiln_tuning"))
    return "no entry of a tuning database";
  if (*object->getInteger("kiln_tuning") != kFormat)
    return "an entry of format " +
           std::to_string(*object->getInteger("kiln_tuning")) +
           "; this tool reads " + std::to_string(kFormat);
  for (auto [key, slot] : {std::pair("kiln", &entry.version),
                           {"program", &entry.program},
                           {"target", &entry.target},
                           {"precision", &entry.precision},
                           {"schedule", &entry.schedule}}) {
    *slot = object->getString(key).value_or("").str();
    if (slot->empty())
      return "no text '" + std::string(key) + "'";
  }
  entry.measured = object->getString("device").has_value();
  entry.gain = object->getNumber("gain_to_default").value_or(0);
  entry.rounds = object->getInteger("rounds").value_or(0);
  entry.line = line.str();
  return "";
}

/// All whole entries; a line that is broken is reported and skipped.
static Expected<std::vector<Entry>> readDatabase(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError("cannot read '" + path +
                             "': " + buffer.getError().message());
  std::vector<Entry> entries;
  SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    StringRef line = lines[i].trim();
    if (line.empty() || line.starts_with("#"))
      continue;
    Entry entry;
    if (std::string wrong = parseEntry(line, entry); !wrong.empty())
      errs() << "kiln-tune: warning: " << path << ":" << i + 1 << ": " << wrong
             << "; the line is skipped\n";
    else
      entries.push_back(std::move(entry));
  }
  return entries;
}

/// The best entry of each key, where its first stood.
static std::vector<Entry> selectBest(const std::vector<Entry> &entries) {
  std::vector<Entry> best;
  for (const Entry &entry : entries) {
    auto known = find_if(
        best, [&](const Entry &other) { return other.key() == entry.key(); });
    if (known == best.end())
      best.push_back(entry);
    else if (entry.isBetterThan(*known))
      *known = entry;
  }
  return best;
}

static std::string join(const std::vector<Entry> &entries) {
  std::string text;
  for (const Entry &entry : entries)
    text += entry.line + "\n";
  return text;
}

Error kiln::tune::addToDatabase(StringRef path, const tuning::Report &report) {
  const tuning::CandidateReport &choice = report.choice();
  auto orNull = [](std::optional<double> value) {
    return value ? json::Value(*value) : json::Value(nullptr);
  };
  json::Object object{{"kiln_tuning", kFormat},
                      {"kiln", KILN_VERSION},
                      {"program", report.fingerprint},
                      {"entry", report.program},
                      {"target", report.target},
                      {"precision", report.precision},
                      {"schedule", choice.schedule},
                      {"device", report.device.empty()
                                     ? json::Value(nullptr)
                                     : json::Value(report.device)},
                      {"median_ms", orNull(choice.medianMs)},
                      {"rounds", int64_t(choice.times.ms.size())},
                      {"gain_to_default", orNull(report.gainToDefault)},
                      {"gain_to_baseline", orNull(report.gainToBaseline)},
                      {"candidates", int64_t(report.candidates.size())}};
  std::string line;
  raw_string_ostream(line) << json::Value(std::move(object)) << "\n";

  LockedFile locked;
  if (Error error = locked.open(path, O_RDWR | O_CREAT | O_APPEND))
    return error;
  // A writer that was killed may have left a torn line: it gets its end.
  struct stat status;
  char last = '\n';
  if (::fstat(locked.file, &status) == 0 && status.st_size > 0 &&
      ::pread(locked.file, &last, 1, status.st_size - 1) == 1 && last != '\n')
    line = "\n" + line;
  for (StringRef rest = line; !rest.empty();) {
    ssize_t written = sys::RetryAfterSignal(-1, ::write, locked.file,
                                            rest.data(), rest.size());
    if (written < 0)
      return fail("cannot write", path);
    rest = rest.drop_front(size_t(written));
  }
  return Error::success();
}

static void printEntry(const Entry &entry) {
  outs() << formatv("{0}  {1}  {2}  kiln {3}  {4}, {5:f2} % over the "
                    "default\n    {6}\n",
                    entry.program, entry.target, entry.precision, entry.version,
                    entry.measured ? "measured" : "by the model",
                    100 * entry.gain, entry.schedule);
}

static Error list(const Options &options) {
  for (const std::string &file : options.files) {
    auto entries = readDatabase(file);
    if (!entries)
      return entries.takeError();
    for (const Entry &entry : *entries)
      if (options.json)
        outs() << entry.line << "\n";
      else
        printEntry(entry);
  }
  return Error::success();
}

static Error merge(const Options &options) {
  std::vector<Entry> all;
  for (const std::string &file : options.files) {
    auto entries = readDatabase(file);
    if (!entries)
      return entries.takeError();
    all.insert(all.end(), entries->begin(), entries->end());
  }
  return kiln::writeOutputFile(options.output, join(selectBest(all)));
}

static Error prune(const Options &options) {
  for (const std::string &file : options.files) {
    LockedFile locked;
    if (Error error = locked.open(file, O_RDWR))
      return error;
    auto entries = readDatabase(file);
    if (!entries)
      return entries.takeError();
    std::vector<Entry> best = selectBest(*entries);
    erase_if(best,
             [](const Entry &entry) { return entry.version != KILN_VERSION; });
    if (Error error = kiln::writeOutputFile(file, join(best)))
      return error;
    errs() << "kiln-tune: " << file << ": " << best.size() << " of "
           << entries->size() << " entries are kept\n";
  }
  return Error::success();
}

int kiln::tune::runDatabaseCommand(const Options &options) {
  Error error = options.command == Options::DbList    ? list(options)
                : options.command == Options::DbMerge ? merge(options)
                                                      : prune(options);
  outs().flush();
  if (!error)
    return exitGood;
  errs() << "kiln-tune: error: " << toString(std::move(error)) << "\n";
  return exitUnusable;
}
