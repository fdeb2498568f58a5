//===- Status.h - Errors as values ------------------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The runtime throws nothing and ends no process: what can fail returns a
// Status or a Result whose message says what is wrong and what to do.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_STATUS_H
#define KILN_RUNTIME_STATUS_H

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

namespace kiln::runtime {

/// What went wrong, in words for a user.
struct Error {
  std::string message;
};

/// Builds an Error from anything that a stream can print.
template <typename... Ts>
Error makeError(const Ts &...parts) {
  std::ostringstream stream;
  (stream << ... << parts);
  return Error{std::move(stream).str()};
}

/// Success, or an error.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error error) : failure(std::move(error)) {}

  bool failed() const { return failure.has_value(); }
  /// Only after failed().
  const Error &error() const { return *failure; }
  const std::string &message() const { return failure->message; }

private:
  std::optional<Error> failure;
};

/// A value, or an error.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : state(std::move(value)) {}
  Result(Error error) : state(std::move(error)) {}

  bool failed() const { return std::holds_alternative<Error>(state); }
  /// Only after failed().
  const Error &error() const { return *std::get_if<Error>(&state); }
  const std::string &message() const { return error().message; }

  /// Only when it has not failed.
  T &operator*() { return *std::get_if<T>(&state); }
  const T &operator*() const { return *std::get_if<T>(&state); }
  T *operator->() { return std::get_if<T>(&state); }
  const T *operator->() const { return std::get_if<T>(&state); }

private:
  std::variant<T, Error> state;
};

} // namespace kiln::runtime

#endif // KILN_RUNTIME_STATUS_H
