//===- Csv.cpp - Comma-separated values -----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Csv.h"

#include "Rows.h"

using namespace kiln::profiling;
using llvm::StringRef;
using llvm::Twine;

namespace {
class Parser {
public:
  Parser(StringRef text, StringRef file, size_t line)
      : rest(text), file(file), line(line) {}

  llvm::Expected<std::vector<CsvRecord>> parse() {
    std::vector<CsvRecord> records;
    while (!rest.empty()) {
      if (consumeLineEnd())
        continue;
      CsvRecord record;
      record.line = line;
      do {
        std::string field;
        if (llvm::Error error = parseField(field))
          return std::move(error);
        record.fields.push_back(std::move(field));
      } while (rest.consume_front(","));
      records.push_back(std::move(record));
    }
    return records;
  }

private:
  bool consumeLineEnd() {
    rest.consume_front("\r");
    if (!rest.consume_front("\n"))
      return false;
    ++line;
    return true;
  }

  llvm::Error parseField(std::string &field) {
    if (!rest.consume_front("\"")) {
      field = rest.take_until(
          [](char c) { return StringRef(",\r\n").contains(c); });
      rest = rest.drop_front(field.size());
      if (StringRef(field).contains('"'))
        return makeError((file + ":" + Twine(line)).str(),
                         "a quote inside a field that does not begin with one");
      return llvm::Error::success();
    }
    size_t begin = line;
    while (!rest.empty()) {
      char c = rest.front();
      rest = rest.drop_front();
      if (c == '"' && !rest.consume_front("\""))
        return checkFieldEnd();
      line += c == '\n';
      field += c;
    }
    return makeError((file + ":" + Twine(begin)).str(),
                     "a quote is not closed");
  }

  llvm::Error checkFieldEnd() {
    if (rest.empty() || StringRef(",\r\n").contains(rest.front()))
      return llvm::Error::success();
    return makeError((file + ":" + Twine(line)).str(),
                     "text behind the closing quote of a field");
  }

  StringRef rest, file;
  size_t line;
};
} // namespace

llvm::Expected<std::vector<CsvRecord>>
kiln::profiling::parseCsv(StringRef text, StringRef file, size_t line) {
  return Parser(text, file, line).parse();
}
