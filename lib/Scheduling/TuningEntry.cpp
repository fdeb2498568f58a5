//===- TuningEntry.cpp - A line of a tuning database ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TuningLines.h"

#include "kiln/Scheduling/Fingerprint.h"

#include "llvm/Support/Chrono.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Regex.h"

#include <charconv>
#include <cmath>
#include <ctime>
#include <tuple>

using namespace llvm;
using namespace kiln;

StringRef kiln::getKilnVersion() { return KILN_VERSION; }

TuningKey kiln::getTuningKey(KernelOp kernel, TargetAttr target,
                             StringRef precision) {
  return {getFingerprint(kernel), target.getName().str(), precision.str(),
          getKilnVersion().str()};
}

StringRef kiln::stringify(MeasuredBy measuredBy) {
  switch (measuredBy) {
  case MeasuredBy::Model:
    return "model";
  case MeasuredBy::Replay:
    return "replay";
  case MeasuredBy::Cuda:
    return "cuda";
  }
  llvm_unreachable("not a way to measure");
}

static std::optional<MeasuredBy> parseMeasuredBy(StringRef text) {
  for (auto value : {MeasuredBy::Model, MeasuredBy::Replay, MeasuredBy::Cuda})
    if (stringify(value) == text)
      return value;
  return std::nullopt;
}

double TuningEntry::getGain() const {
  if (!baselineMs && !defaultMs)
    return 0;
  double reference =
      std::min(baselineMs.value_or(INFINITY), defaultMs.value_or(INFINITY));
  return reference / chosenMs - 1;
}

std::string kiln::getTuningDate() {
  return formatv("{0:%Y-%m-%dT%H:%M:%SZ}", sys::toUtcTime(std::time(nullptr)));
}

bool kiln::isBetterSupported(const TuningEntry &a, const TuningEntry &b) {
  auto rank = [](const TuningEntry &entry) {
    return std::tuple(entry.measuredBy,
                      entry.repetitions >= kSupportedRepetitions,
                      entry.getGain(), entry.repetitions, entry.date);
  };
  if (rank(a) != rank(b))
    return rank(a) > rank(b);
  // Nothing to choose; but always the same one.
  auto rest = [](const TuningEntry &entry) {
    return std::tie(entry.schedule, entry.device, entry.kernel, entry.chosenMs,
                    entry.baselineMs, entry.defaultMs, entry.facts);
  };
  return rest(a) < rest(b);
}

std::string kiln::findFault(const TuningEntry &entry) {
  std::pair<StringRef, StringRef> required[] = {
      {"program", entry.key.program},
      {"target", entry.key.target},
      {"precision", entry.key.precision},
      {"kiln", entry.key.version},
      {"schedule", entry.schedule}};
  for (auto [name, value] : required)
    if (value.empty())
      return ("'" + name + "' is empty").str();
  std::pair<StringRef, std::optional<double>> times[] = {
      {"chosen_ms", entry.chosenMs},
      {"baseline_ms", entry.baselineMs},
      {"default_ms", entry.defaultMs}};
  for (auto [name, value] : times)
    if (value && (!std::isfinite(*value) || *value <= 0))
      return formatv("'{0}' is {1}, not a time above 0", name, *value);
  if (entry.repetitions < 0)
    return formatv("'repetitions' is {0}, below 0", entry.repetitions);
  if (entry.measuredBy != MeasuredBy::Model && entry.repetitions == 0)
    return "'repetitions' is 0, but times were measured";
  // Dates are compared as text.
  static const Regex kDate("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]"
                           "{2}Z$");
  if (!kDate.match(entry.date))
    return "'date' is '" + entry.date + "', not as 2026-11-25T10:00:00Z";
  return "";
}

Expected<std::string> kiln::formatTuningEntry(const TuningEntry &entry) {
  if (std::string fault = findFault(entry); !fault.empty())
    return createStringError(fault);
  std::string line;
  raw_string_ostream os(line);
  json::OStream j(os);
  auto text = [&](StringRef name, StringRef value) {
    j.attribute(name, json::fixUTF8(value));
  };
  // The shortest text that is read as the same number.
  auto number = [&](StringRef name, double value) {
    char buffer[32];
    auto end = std::to_chars(buffer, std::end(buffer), value).ptr;
    j.attributeBegin(name);
    j.rawValue(StringRef(buffer, end - buffer));
    j.attributeEnd();
  };
  j.object([&] {
    j.attribute("format", kTuningFormat);
    text("program", entry.key.program);
    text("target", entry.key.target);
    text("precision", entry.key.precision);
    text("kiln", entry.key.version);
    text("kernel", entry.kernel);
    text("schedule", entry.schedule);
    text("measured", stringify(entry.measuredBy));
    text("device", entry.device);
    number("chosen_ms", entry.chosenMs);
    if (entry.baselineMs)
      number("baseline_ms", *entry.baselineMs);
    if (entry.defaultMs)
      number("default_ms", *entry.defaultMs);
    j.attribute("repetitions", entry.repetitions);
    number("gain", std::round(entry.getGain() * 1e4) / 1e4);
    text("date", entry.date);
    j.attributeObject("facts", [&] {
      for (const auto &[name, value] : entry.facts)
        j.attribute(json::fixUTF8(name), value);
    });
  });
  return line;
}

namespace {
/// Reads the fields of an object and keeps the first fault.
class FieldReader {
public:
  explicit FieldReader(const json::Object &object) : object(object) {}

  void read(StringRef name, std::string &value) {
    if (const json::Value *field = find(name)) {
      if (std::optional<StringRef> text = field->getAsString())
        value = text->str();
      else
        complain(name, "a text");
    }
  }
  void read(StringRef name, double &value) {
    if (const json::Value *field = find(name)) {
      if (std::optional<double> number = field->getAsNumber())
        value = *number;
      else
        complain(name, "a number");
    }
  }
  void read(StringRef name, std::optional<double> &value) {
    if (object.get(name))
      read(name, value.emplace());
  }
  void read(StringRef name, int64_t &value) {
    if (const json::Value *field = find(name)) {
      if (std::optional<int64_t> number = field->getAsInteger())
        value = *number;
      else
        complain(name, "an integer");
    }
  }
  void read(StringRef name, std::map<std::string, int64_t> &values) {
    const json::Value *field = find(name);
    if (!field)
      return;
    const json::Object *facts = field->getAsObject();
    if (!facts)
      return complain(name, "an object");
    for (const auto &[fact, value] : *facts) {
      if (std::optional<int64_t> number = value.getAsInteger())
        values[fact.str()] = *number;
      else
        complain((name + "." + fact.str()).str(), "an integer");
    }
  }

  std::string fault;

private:
  const json::Value *find(StringRef name) {
    const json::Value *field = object.get(name);
    if (!field && fault.empty())
      fault = ("'" + name + "' is missing").str();
    return field;
  }
  void complain(const Twine &name, StringRef expected) {
    if (fault.empty())
      fault = ("'" + name + "' is not " + expected).str();
  }

  const json::Object &object;
};
} // namespace

/// How deep the objects and arrays of `line` stand in one another, if it is
/// JSON.
static unsigned getDepth(StringRef line) {
  unsigned depth = 0, deepest = 0;
  bool inText = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (inText && c == '\\')
      ++i;
    else if (c == '"')
      inText = !inText;
    else if (!inText && (c == '{' || c == '['))
      deepest = std::max(deepest, ++depth);
    else if (!inText && (c == '}' || c == ']') && depth > 0)
      --depth;
  }
  return deepest;
}

static Expected<json::Object> parseObject(StringRef line) {
  // The parser calls itself for each level.
  constexpr unsigned kMaxDepth = 64;
  if (getDepth(line) > kMaxDepth)
    return createStringError(
        formatv("objects are nested more than {0} deep", kMaxDepth));
  Expected<json::Value> value = json::parse(line);
  if (!value)
    return createStringError("not JSON: " + toString(value.takeError()));
  if (json::Object *object = value->getAsObject())
    return std::move(*object);
  return createStringError("not a JSON object");
}

bool kiln::isWholeLine(StringRef line) {
  Expected<json::Object> object = parseObject(line);
  return object ? true : (consumeError(object.takeError()), false);
}

Expected<TuningEntry> kiln::parseTuningEntry(StringRef line) {
  Expected<json::Object> object = parseObject(line);
  if (!object)
    return object.takeError();
  FieldReader reader(*object);
  int64_t format = 0;
  reader.read("format", format);
  if (reader.fault.empty() && format != kTuningFormat)
    return createStringError(
        formatv("format {0} is not known; this Kiln reads format {1}", format,
                kTuningFormat));
  TuningEntry entry;
  std::string measured;
  reader.read("program", entry.key.program);
  reader.read("target", entry.key.target);
  reader.read("precision", entry.key.precision);
  reader.read("kiln", entry.key.version);
  reader.read("kernel", entry.kernel);
  reader.read("schedule", entry.schedule);
  reader.read("measured", measured);
  reader.read("device", entry.device);
  reader.read("chosen_ms", entry.chosenMs);
  reader.read("baseline_ms", entry.baselineMs);
  reader.read("default_ms", entry.defaultMs);
  reader.read("repetitions", entry.repetitions);
  reader.read("date", entry.date);
  reader.read("facts", entry.facts);
  if (!reader.fault.empty())
    return createStringError(reader.fault);
  std::optional<MeasuredBy> measuredBy = parseMeasuredBy(measured);
  if (!measuredBy)
    return createStringError("'measured' is '" + measured +
                             "', not cuda, replay or model");
  entry.measuredBy = *measuredBy;
  if (std::string fault = findFault(entry); !fault.empty())
    return createStringError(fault);
  return entry;
}
