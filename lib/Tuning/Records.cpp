//===- Records.cpp - Times that were written down -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tuning/Records.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace llvm;
using namespace kiln::tuning;

/// Empty, or what is wrong with the line.
static std::string parseRecord(StringRef line, Record &record) {
  Expected<json::Value> value = json::parse(line);
  if (!value)
    return "no JSON: " + toString(value.takeError());
  const json::Object *object = value->getAsObject();
  if (!object)
    return "no JSON object";
  auto getText = [&](StringRef key) {
    return object->getString(key).value_or("").str();
  };
  record.program = getText("program");
  record.device = getText("device");
  record.schedule = getText("schedule");
  record.failure = getText("failure");
  if (record.schedule.empty())
    return "no text 'schedule'";
  const json::Value *times = object->get("ms");
  if (!times)
    return record.failure.empty() ? "neither 'ms' nor 'failure'" : "";
  const json::Array *list = times->getAsArray();
  if (!list)
    return "'ms' is no list of times";
  for (const json::Value &time : *list) {
    std::optional<double> ms = time.getAsNumber();
    if (!ms || !std::isfinite(*ms) || *ms <= 0)
      return "'ms' holds what is no time above 0";
    record.ms.push_back(*ms);
  }
  if (record.ms.empty() && record.failure.empty())
    return "'ms' is empty and there is no 'failure'";
  return "";
}

Expected<std::vector<Record>> kiln::tuning::parseRecords(StringRef text,
                                                         StringRef file) {
  std::vector<Record> records;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    StringRef line = lines[i].trim();
    if (line.empty() || line.starts_with("#"))
      continue;
    Record record;
    if (std::string wrong = parseRecord(line, record); !wrong.empty())
      return createStringError(file + ":" + std::to_string(i + 1) + ": " +
                               wrong);
    records.push_back(std::move(record));
  }
  return records;
}
