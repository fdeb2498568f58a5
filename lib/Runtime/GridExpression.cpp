//===- GridExpression.cpp - Grid sizes that depend on the card --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/GridExpression.h"

#include <algorithm>

namespace kiln::runtime {

namespace {
/// Recursive descent that evaluates as it goes. Arithmetic errors are recorded
/// apart so that the syntax can be checked before the card is known.
class Evaluator {
public:
  Evaluator(std::string_view text, int64_t smCount)
      : text(text), smCount(smCount) {}

  int64_t run() {
    int64_t value = parseExpression(0);
    skipSpace();
    if (!syntaxError && position != text.size())
      failSyntax("unexpected text");
    return value;
  }

  std::optional<Error> syntaxError, arithmeticError;

private:
  // Deeper nesting than any compiler writes would only exhaust the stack.
  static constexpr int maxDepth = 100;

  void failSyntax(const char *what) {
    if (!syntaxError)
      syntaxError = makeError("grid expression '", text, "': ", what,
                              " at column ", position + 1);
  }
  void failArithmetic(const char *what) {
    if (!arithmeticError)
      arithmeticError = makeError("grid expression '", text, "': ", what,
                                  " with sm_count = ", smCount);
  }

  void skipSpace() {
    while (position < text.size() && text[position] == ' ')
      ++position;
  }
  bool accept(char c) {
    skipSpace();
    if (position >= text.size() || text[position] != c)
      return false;
    ++position;
    return true;
  }
  void expect(char c, const char *what) {
    if (!accept(c))
      failSyntax(what);
  }

  int64_t parseExpression(int depth) {
    int64_t value = parseTerm(depth);
    while (!syntaxError) {
      bool failed;
      if (accept('+'))
        failed = __builtin_add_overflow(value, parseTerm(depth), &value);
      else if (accept('-'))
        failed = __builtin_sub_overflow(value, parseTerm(depth), &value);
      else
        break;
      if (failed)
        failArithmetic("overflow");
    }
    return value;
  }

  int64_t parseTerm(int depth) {
    int64_t value = parseFactor(depth);
    while (!syntaxError) {
      if (accept('*')) {
        if (__builtin_mul_overflow(value, parseFactor(depth), &value))
          failArithmetic("overflow");
      } else if (accept('/')) {
        value = divideFloor(value, parseFactor(depth));
      } else {
        break;
      }
    }
    return value;
  }

  int64_t divideFloor(int64_t lhs, int64_t rhs) {
    if (rhs == 0) {
      failArithmetic("division by zero");
      return 0;
    }
    if (rhs == -1) {
      if (__builtin_sub_overflow(int64_t(0), lhs, &lhs))
        failArithmetic("overflow");
      return lhs;
    }
    int64_t quotient = lhs / rhs;
    return quotient - (lhs % rhs != 0 && (lhs < 0) != (rhs < 0));
  }

  int64_t parseFactor(int depth) {
    if (depth > maxDepth) {
      failSyntax("too deeply nested");
      return 0;
    }
    skipSpace();
    if (accept('(')) {
      int64_t value = parseExpression(depth + 1);
      expect(')', "expected ')'");
      return value;
    }
    if (position < text.size() && isDigit(text[position]))
      return parseInteger();
    std::string_view word = takeWord();
    if (word == "sm_count")
      return smCount;
    if (word == "min" || word == "max") {
      expect('(', "expected '('");
      int64_t lhs = parseExpression(depth + 1);
      expect(',', "expected ','");
      int64_t rhs = parseExpression(depth + 1);
      expect(')', "expected ')'");
      return word == "min" ? std::min(lhs, rhs) : std::max(lhs, rhs);
    }
    failSyntax("expected an integer, sm_count, min, max or '('");
    return 0;
  }

  int64_t parseInteger() {
    int64_t value = 0;
    for (; position < text.size() && isDigit(text[position]); ++position)
      if (__builtin_mul_overflow(value, int64_t(10), &value) ||
          __builtin_add_overflow(value, int64_t(text[position] - '0'),
                                 &value)) {
        failSyntax("integer above 64 bits");
        return 0;
      }
    return value;
  }

  std::string_view takeWord() {
    size_t begin = position;
    size_t end = begin;
    while (end < text.size() &&
           (text[end] == '_' || (text[end] >= 'a' && text[end] <= 'z')))
      ++end;
    std::string_view word = text.substr(begin, end - begin);
    if (word == "sm_count" || word == "min" || word == "max")
      position = end;
    return word;
  }
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }

  std::string_view text;
  int64_t smCount;
  size_t position = 0;
};
} // namespace

Status checkGridExpression(std::string_view text) {
  Evaluator evaluator(text, 1);
  evaluator.run();
  if (evaluator.syntaxError)
    return *evaluator.syntaxError;
  return {};
}

Result<int64_t> evaluateGridExpression(std::string_view text, int64_t smCount) {
  Evaluator evaluator(text, smCount);
  int64_t value = evaluator.run();
  if (evaluator.syntaxError)
    return *evaluator.syntaxError;
  if (evaluator.arithmeticError)
    return *evaluator.arithmeticError;
  return value;
}

bool usesSmCount(std::string_view text) {
  return text.find("sm_count") != std::string_view::npos;
}

} // namespace kiln::runtime
