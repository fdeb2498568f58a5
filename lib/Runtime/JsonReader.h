//===- JsonReader.h - Checked access to JSON fields -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_RUNTIME_JSONREADER_H
#define KILN_LIB_RUNTIME_JSONREADER_H

#include "kiln/Runtime/Status.h"

#include <nlohmann/json.hpp>

namespace kiln::runtime {

/// A JSON value that knows its place, sharing one slot for the first error of
/// a document: after it, every getter returns an empty value, so that a parser
/// reads straight through and looks at the slot where it must.
class JsonReader {
public:
  using Json = nlohmann::json;
  JsonReader(const Json &value, std::string path, std::optional<Error> &slot)
      : value(&value), path(std::move(path)), slot(&slot) {}

  bool failed() const { return slot->has_value(); }
  template <typename... Ts>
  void fail(const Ts &...parts) const {
    if (!*slot)
      *slot = makeError("'", path, "' ", parts...);
  }
  const Json &json() const { return *value; }

  bool has(const char *key) const {
    return value->is_object() && value->contains(key);
  }
  /// The member `key`; an error when it is missing.
  JsonReader operator[](const char *key) const {
    std::string child = path.empty() ? key : path + "." + key;
    if (!value->is_object()) {
      fail("must be an object");
      return JsonReader(null(), child, *slot);
    }
    auto found = value->find(key);
    JsonReader result(found == value->end() ? null() : *found, child, *slot);
    if (found == value->end())
      result.fail("is missing");
    return result;
  }

  /// The elements of an array.
  std::vector<JsonReader> elements() const {
    std::vector<JsonReader> result;
    if (!value->is_array()) {
      fail("must be an array");
      return result;
    }
    for (size_t i = 0; i < value->size(); ++i)
      result.emplace_back((*value)[i], path + "[" + std::to_string(i) + "]",
                          *slot);
    return result;
  }

  std::string string() const {
    if (value->is_string())
      return *value->get_ptr<const std::string *>();
    fail("must be a string");
    return {};
  }

  /// An exact integer in [low, high].
  int64_t integer(int64_t low, int64_t high = INT64_MAX) const {
    if (!value->is_number_integer() ||
        (value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX)) {
      fail("must be an integer of 64 bits");
      return low;
    }
    int64_t number = value->get<int64_t>();
    if (number < low || number > high) {
      if (high == INT64_MAX)
        fail("must be at least ", low, ", not ", number);
      else
        fail("must lie in [", low, ", ", high, "], not ", number);
      return low;
    }
    return number;
  }

  std::vector<int64_t> integers(int64_t low) const {
    std::vector<int64_t> result;
    for (const JsonReader &element : elements())
      result.push_back(element.integer(low));
    return result;
  }

private:
  static const Json &null() {
    static const Json value;
    return value;
  }

  const Json *value;
  std::string path;
  std::optional<Error> *slot;
};

} // namespace kiln::runtime

#endif // KILN_LIB_RUNTIME_JSONREADER_H
