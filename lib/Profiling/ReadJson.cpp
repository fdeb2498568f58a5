//===- ReadJson.cpp - Profiles in JSON ------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Rows.h"
#include "kiln/Profiling/Json.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace kiln::profiling;
namespace json = llvm::json;
using llvm::formatv;
using llvm::StringRef;

namespace {
/// Columns of a row that are no metrics.
constexpr StringRef kKernelColumns[] = {"Kernel Name", "kernel", "name"};

class Reader {
public:
  Reader(StringRef text, StringRef file, ProfileBuilder &builder)
      : text(text), file(file), builder(builder) {}

  llvm::Error read(const json::Value &value) {
    if (const json::Array *rows = value.getAsArray())
      return readRows(*rows, "");
    const json::Object *object = value.getAsObject();
    if (!object)
      return makeError(file, "neither an object nor a list");
    // Of one kernel, or an object of kernels.
    bool nested = llvm::any_of(*object, [](const auto &entry) {
      return entry.second.getAsObject() || entry.second.getAsArray();
    });
    if (!nested)
      return readRow(*object, "", file.str());
    for (auto [kernel, entry] : getSorted(*object)) {
      cursor = findKey(kernel, 0);
      if (llvm::Error error = readKernel(*entry, kernel))
        return error;
    }
    return llvm::Error::success();
  }

private:
  /// Entries of an object have no order; messages and results need one.
  static std::vector<std::pair<StringRef, const json::Value *>>
  getSorted(const json::Object &object) {
    std::vector<std::pair<StringRef, const json::Value *>> entries;
    for (const auto &[key, value] : object)
      entries.emplace_back(key, &value);
    llvm::sort(entries,
               [](const auto &a, const auto &b) { return a.first < b.first; });
    return entries;
  }

  llvm::Error readKernel(const json::Value &value, StringRef kernel) {
    if (const json::Object *row = value.getAsObject())
      return readRow(*row, kernel, getPlace(cursor));
    if (const json::Array *rows = value.getAsArray())
      return readRows(*rows, kernel);
    return makeError(getPlace(cursor),
                     "kernel '" + kernel +
                         "' must have an object of metrics or a list of rows");
  }

  llvm::Error readRows(const json::Array &rows, StringRef kernel) {
    for (auto [number, value] : llvm::enumerate(rows)) {
      const json::Object *row = value.getAsObject();
      if (!row)
        return makeError(getPlace(cursor),
                         formatv("row {0} is no object of metrics", number));
      if (llvm::Error error = readRow(*row, kernel, getPlace(cursor)))
        return error;
    }
    return llvm::Error::success();
  }

  llvm::Error readRow(const json::Object &object, StringRef kernel,
                      std::string place) {
    Row row{kernel.str(), place, {}};
    // llvm::json keeps no places: a metric's is the next that has its name.
    size_t end = cursor;
    for (auto [key, value] : getSorted(object)) {
      if (llvm::is_contained(kKernelColumns, key)) {
        if (auto name = value->getAsString())
          row.kernel = name->str();
        continue;
      }
      size_t at = findKey(key, cursor);
      end = std::max(end, at + 1);
      Cell cell{key.str(), "", "", getPlace(at)};
      if (auto string = value->getAsString())
        cell.text = string->str();
      else if (value->getAsNull())
        cell.text = "null";
      else if (value->getAsNumber())
        cell.text = formatv("{0}", *value).str();
      else if (parseMetric(key))
        return makeError(cell.place,
                         "'" + key + "' must be a number, a string or null");
      row.cells.push_back(std::move(cell));
    }
    cursor = end;
    return builder.add(row);
  }

  /// Where a key stands at or behind `from`; `from` where it is written with
  /// escapes.
  size_t findKey(StringRef key, size_t from) const {
    size_t at = text.find(("\"" + key + "\"").str(), from);
    return at == StringRef::npos ? from : at;
  }
  std::string getPlace(size_t at) const {
    return formatv("{0}:{1}", file, text.take_front(at).count('\n') + 1);
  }

  StringRef text, file;
  ProfileBuilder &builder;
  size_t cursor = 0;
};
} // namespace

llvm::Expected<json::Value> kiln::profiling::parseJson(StringRef text,
                                                       StringRef file) {
  constexpr int kMostDepth = 64;
  std::string plain;
  bool inString = false;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    StringRef rest = text.substr(i);
    if (!inString &&
        (rest.consume_front("-Infinity") || rest.consume_front("Infinity") ||
         rest.consume_front("NaN"))) {
      plain += "null";
      i = text.size() - rest.size() - 1;
      continue;
    }
    if (text[i] == '\\' && inString && i + 1 < text.size())
      plain += text[i++];
    else if (text[i] == '"')
      inString = !inString;
    else if (!inString && StringRef("[{").contains(text[i]))
      ++depth;
    else if (!inString && StringRef("]}").contains(text[i]))
      --depth;
    if (depth > kMostDepth)
      return makeError(
          formatv("{0}:{1}", file, text.take_front(i).count('\n') + 1).str(),
          formatv("no JSON: brackets are nested more than {0} deep",
                  kMostDepth));
    plain += text[i];
  }
  llvm::Expected<json::Value> value = json::parse(plain);
  if (value)
    return value;
  // "[line:column, byte=...]: message"
  std::string message = toString(value.takeError());
  auto [where, what] = StringRef(message).split(", byte=");
  return makeError((file + ":" + where.ltrim('[')).str(),
                   "no JSON: " + what.split("]: ").second);
}

llvm::Error kiln::profiling::readJson(StringRef text, StringRef file,
                                      ProfileBuilder &builder) {
  llvm::Expected<json::Value> value = parseJson(text, file);
  if (!value)
    return value.takeError();
  return Reader(text, file, builder).read(*value);
}
