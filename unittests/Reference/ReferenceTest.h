//===- ReferenceTest.h - A program, its inputs and its checks ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_REFERENCE_REFERENCETEST_H
#define KILN_UNITTESTS_REFERENCE_REFERENCETEST_H

#include "kiln-c/Reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace kiln::test {

inline constexpr float kInf = std::numeric_limits<float>::infinity();
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A reference of a source text, with the diagnostics that came.
class Program {
public:
  explicit Program(const std::string &source, const char *precision = "f32",
                   const char *entry = "") {
    reference = kilnReferenceCreate(source.data(), source.size(), "test.mlir",
                                    entry, precision, receive, this);
  }
  ~Program() {
    if (reference)
      kilnReferenceDestroy(reference);
  }
  Program(const Program &) = delete;

  bool isValid() const { return reference != nullptr; }

  /// Sets input `index` to a copy of `data`.
  template <typename T>
  int set(size_t index, const std::vector<T> &data) {
    inputs.resize(std::max(inputs.size(), index + 1));
    auto *bytes = reinterpret_cast<const char *>(data.data());
    inputs[index].assign(bytes, bytes + data.size() * sizeof(T));
    return kilnReferenceSetInput(reference, index, inputs[index].data(),
                                 inputs[index].size());
  }
  /// Checks elements at `coordinates` (one list behind the other).
  template <typename T>
  std::vector<KilnReferenceResult>
  check(size_t output, const std::vector<int64_t> &coordinates,
        const std::vector<T> &actual, int threads = 1) {
    std::vector<KilnReferenceResult> results(actual.size());
    EXPECT_EQ(kilnReferenceCheck(reference, output, coordinates.data(),
                                 actual.size(), actual.data(), results.data(),
                                 threads),
              0)
        << messages;
    return results;
  }
  template <typename T>
  KilnReferenceResult checkOne(const std::vector<int64_t> &coordinates,
                               T actual, size_t output = 0) {
    return check<T>(output, coordinates, {actual})[0];
  }

  std::string messages;
  KilnReference *reference = nullptr;

private:
  std::vector<std::vector<char>> inputs;

  static void receive(KilnSeverity, const char *message, void *user) {
    static_cast<Program *>(user)->messages += std::string(message) + "\n";
  }
};

/// Numbers in [-1, 1) from a fixed sequence.
class Random {
public:
  explicit Random(uint32_t seed) : state(seed * 2654435761u + 1) {}
  float next() {
    state = state * 1664525u + 1013904223u;
    return float(state >> 8) / 8388608.0f - 1.0f;
  }

private:
  uint32_t state;
};

/// An elementwise program: `body` computes %y from %a and %b of `type`.
inline std::string elementwise(const std::string &type, const std::string &body,
                               int64_t size = 1) {
  std::string t = "tensor<" + std::to_string(size) + "x" + type + ">";
  return "#id = affine_map<(d0) -> (d0)>\n"
         "func.func @f(%x: " +
         t + ", %z: " + t + ") -> " + t +
         " {\n"
         "  %e = tensor.empty() : " +
         t +
         "\n"
         "  %r = linalg.generic {indexing_maps = [#id, #id, #id], "
         "iterator_types = [\"parallel\"]} ins(%x, %z : " +
         t + ", " + t + ") outs(%e : " + t +
         ") {\n"
         "  ^bb0(%a: " +
         type + ", %b: " + type + ", %o: " + type + "):\n" + body +
         "\n    linalg.yield %y : " + type +
         "\n"
         "  } -> " +
         t + "\n  return %r : " + t + "\n}\n";
}

/// The bits of an f16 that holds `value` exactly.
inline uint16_t half(double value) {
  if (value == 0)
    return std::signbit(value) ? 0x8000 : 0;
  if (std::isinf(value))
    return value < 0 ? 0xfc00 : 0x7c00;
  int exponent = std::ilogb(value);
  auto fraction = uint16_t(std::ldexp(std::abs(value), 10 - exponent) - 1024);
  return uint16_t((value < 0 ? 0x8000 : 0) | (exponent + 15) << 10 | fraction);
}

} // namespace kiln::test

#endif // KILN_UNITTESTS_REFERENCE_REFERENCETEST_H
