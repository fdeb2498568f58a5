//===- FunctionAccuracyTest.cpp - The bounds that docs/numerics.md states -===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "FunctionSweep.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

using namespace kiln::sweep;

namespace {
/// One row of the table in docs/numerics.md.
struct Function {
  const char *op;
  double (*exact)(double);
  /// Units of the last place where the approximating instructions are exact,
  /// and what a card adds to that.
  double bound, onCard = 0;
};

class UnaryFunction : public testing::TestWithParam<Function> {};

const Function kFunctions[] = {
    {"exp", std::exp, 1.0, 2},
    {"exp2", std::exp2, 1.0, 2},
    {"expm1", std::expm1, 1.5},
    {"log", std::log, 1.0},
    {"log2", std::log2, 1.7},
    {"log10", std::log10, 1.5},
    {"log1p", std::log1p, 1.1},
    {"tanh", std::tanh, 2.1, 2},
    {"erf", std::erf, 1.0, 1},
    {"sin", std::sin, 2.6},
    {"cos", std::cos, 2.6},
    {"sqrt", std::sqrt, 0.5},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, 1.5, 0.5},
    {"absf", std::fabs, 0},
    {"floor", std::floor, 0},
    {"ceil", std::ceil, 0},
    {"round", std::round, 0},
    {"roundeven", std::nearbyint, 0},
    {"trunc", std::trunc, 0},
};

float fromBits(uint32_t bits) {
  float value;
  static_assert(sizeof(value) == sizeof(bits));
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

std::string describe(const Deviation &error) {
  char text[200];
  std::snprintf(text, sizeof(text), "%.3g ulp at %a, %a: %a for %a", error.ulps,
                error.x, error.y, error.got, error.want);
  return text;
}
} // namespace

TEST_P(UnaryFunction, KeepsItsBound) {
  const Function &f = GetParam();
  Deviation worst =
      sweepUnary(std::string("    %r = math.") + f.op + " %x : f32", f.exact);
  std::printf("%s: %s\n", f.op, describe(worst).c_str());
  EXPECT_LE(worst.ulps, f.bound + (isOnCard() ? f.onCard : 0))
      << describe(worst);
}

// In f32 and rounded once: off by a unit of f16 at most, where the f32 result
// lies beside the middle of two.
TEST_P(UnaryFunction, RoundsOnceInF16) {
  const Function &f = GetParam();
  auto round = [](double x) { return static_cast<double>(_Float16(x)); };
  std::string body =
      std::string("    %h = arith.truncf %x : f32 to f16\n    %g = math.") +
      f.op + " %h : f16\n    %r = arith.extf %g : f16 to f32";
  Deviation worst = sweepUnary(
      body, [&](double x) { return round(f.exact(round(x))); }, {0x1p-24});
  EXPECT_LE(worst.ulps, 0x1p13) << describe(worst);
}

INSTANTIATE_TEST_SUITE_P(AllFloats, UnaryFunction,
                         testing::ValuesIn(kFunctions), [](const auto &info) {
                           return std::string(info.param.op);
                         });

/// Every exponent of both signs, with fractions between.
static std::vector<float> getGrid(uint32_t step) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.0f,
                               -0.0f,
                               kInfinity,
                               -kInfinity,
                               NAN,
                               1.0f,
                               -1.0f,
                               2.0f,
                               -2.0f,
                               3.0f,
                               -3.0f,
                               0.5f,
                               -0.5f,
                               1.5f,
                               -2.5f,
                               0x1p24f,
                               -0x1.000002p23f,
                               0x1p-149f,
                               -0x1p-149f,
                               0x1.fffffep127f,
                               -0x1.fffffep127f,
                               0x1.fffffep-1f,
                               0x1.000002p0f};
  for (uint64_t bits = 1; bits < (uint64_t(1) << 32); bits += step)
    values.push_back(fromBits(bits));
  return values;
}

// Also results near 1, where the logarithm is small, and integers.
TEST(BinaryFunction, PowKeepsItsBound) {
  std::vector<float> bases = getGrid(0x00a57123), exponents = bases;
  for (int i = 1; i < 160; ++i) {
    bases.push_back(0.5f + i / 97.0f);
    exponents.push_back((i - 80) / 2.0f);
  }
  Deviation worst = sweepBinary(
      "    %r = math.powf %x, %y : f32",
      [](double x, double y) { return std::pow(x, y); }, bases, exponents);
  std::printf("powf: %s\n", describe(worst).c_str());
  EXPECT_LE(worst.ulps, 1.3 + (isOnCard() ? 2 : 0)) << describe(worst);
}

TEST(BinaryFunction, CopySignIsExact) {
  std::vector<float> grid = getGrid(0x01a57123);
  Deviation worst = sweepBinary(
      "    %r = math.copysign %x, %y : f32",
      [](double x, double y) { return std::copysign(x, y); }, grid, grid);
  EXPECT_EQ(worst.ulps, 0) << describe(worst);
}
