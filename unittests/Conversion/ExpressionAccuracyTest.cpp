//===- ExpressionAccuracyTest.cpp - Activations as exporters write them ---===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Through the whole compiler, simplification included, against the activation
// in float64. The bounds are those of docs/numerics.md.
//
//===----------------------------------------------------------------------===//

#include "FunctionSweep.h"

#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>

using namespace kiln::sweep;

namespace {
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double silu(double x) { return std::isinf(x) && x < 0 ? NAN : x * sigmoid(x); }
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}
double mish(double x) {
  return std::isinf(x) && x < 0 ? NAN : x * std::tanh(softplus(x));
}
double gelu(double x) {
  return std::isinf(x) && x < 0 ? NAN : x * std::erfc(-x * std::sqrt(.5)) / 2;
}
double geluTanh(double x) {
  double u = std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x);
  return std::isinf(x) && x < 0 ? NAN : x / (1 + std::exp(-2 * u));
}
double hardswish(double x) {
  return std::isinf(x) && x < 0 ? NAN
                                : x * std::min(std::max(x + 3, 0.0), 6.0) / 6;
}
double elu(double x) { return x > 0 ? x : std::expm1(x); }

struct Activation {
  const char *name;
  double (*exact)(double);
  std::string body;
  double ulps;
  Allowance allowance = {};
};

const std::string kConstants = R"(
    %zero = arith.constant 0.0 : f32
    %half = arith.constant 0.5 : f32
    %one = arith.constant 1.0 : f32
    %two = arith.constant 2.0 : f32
    %three = arith.constant 3.0 : f32
    %six = arith.constant 6.0 : f32
    %twenty = arith.constant 20.0 : f32
)";
const std::string kSoftplus = R"(
    %e = math.exp %x : f32
    %l = math.log1p %e : f32
    %c = arith.cmpf ogt, %x, %twenty : f32
    %s = arith.select %c, %x, %l : f32
)";
// jax.nn.softplus
const std::string kLogAddExp = R"(
    %m = arith.maximumf %x, %zero : f32
    %d = arith.subf %x, %zero : f32
    %c = arith.cmpf une, %d, %d : f32
    %nan = arith.addf %x, %zero : f32
    %a = math.absf %d : f32
    %n = arith.negf %a : f32
    %e = math.exp %n : f32
    %l = math.log1p %e : f32
    %sum = arith.addf %m, %l : f32
    %s = arith.select %c, %nan, %sum : f32
)";
const std::string kMish = R"(
    %t = math.tanh %s : f32
    %r = arith.mulf %x, %t : f32
)";
const std::string kSigmoid = R"(
    %n = arith.negf %x : f32
    %e = math.exp %n : f32
    %d = arith.addf %e, %one : f32
)";
const std::string kErf = R"(
    %root = arith.constant 1.41421354 : f32
    %u = arith.divf %x, %root : f32
    %f = math.erf %u : f32
    %p = arith.addf %f, %one : f32
    %h = arith.mulf %p, %half : f32
    %r = arith.mulf %x, %h : f32
)";
const std::string kTanh = R"(
    %k = arith.constant 0.044715 : f32
    %scale = arith.constant 0.797884583 : f32
    %cube = math.powf %x, %three : f32
    %kc = arith.mulf %cube, %k : f32
    %in = arith.addf %x, %kc : f32
    %u = arith.mulf %in, %scale : f32
    %t = math.tanh %u : f32
    %p = arith.addf %t, %one : f32
    %h = arith.mulf %x, %half : f32
    %r = arith.mulf %h, %p : f32
)";
const std::string kHardswish = R"(
    %p = arith.addf %x, %three : f32
    %low = arith.maximumf %p, %zero : f32
    %t = arith.minimumf %low, %six : f32
    %n = arith.mulf %x, %t : f32
    %r = arith.divf %n, %six : f32
)";
const std::string kElu = R"(
    %e = math.expm1 %x : f32
    %c = arith.cmpf ogt, %x, %zero : f32
    %r = arith.select %c, %x, %e : f32
)";

// From -88.7 down exp(-x) is infinite, as in the source.
const Allowance kOverflows = {0x1p-127};
const Allowance kTimesOverflow = {0x1p-121};
// Below -87 the exponential is subnormal: half a place of it, times x.
const Allowance kTail = {0x1p-142};
// 1 + erf and 1 + tanh are sums of what is rounded near -1.
const Allowance kCancels = {0x1p-23};

const Activation kActivations[] = {
    {"sigmoid", sigmoid, kSigmoid + "%r = arith.divf %one, %d : f32", 4,
     kOverflows},
    {"silu", silu, kSigmoid + "%r = arith.divf %x, %d : f32", 4,
     kTimesOverflow},
    {"siluAsProduct", silu,
     kSigmoid + "%q = arith.divf %one, %d : f32\n"
                "%r = arith.mulf %x, %q : f32",
     4, kTimesOverflow},
    {"softplus", softplus, kSoftplus + "%r = arith.addf %s, %zero : f32", 2},
    {"softplusOfJax", softplus, kLogAddExp + "%r = arith.addf %s, %zero : f32",
     2},
    {"mish", mish, kSoftplus + kMish, 6, kTail},
    {"mishOfJax", mish, kLogAddExp + kMish, 6, kTail},
    {"gelu", gelu, kErf, 4, kCancels},
    {"geluTanh", geluTanh, kTanh, 4, kCancels},
    {"hardswish", hardswish, kHardswish, 3, {0x1p-149, false, 0x1p125}},
    {"elu", elu, kElu, 1.5},
};

class ActivationTest : public testing::TestWithParam<Activation> {};
} // namespace

TEST_P(ActivationTest, KeepsItsBound) {
  const Activation &f = GetParam();
  Deviation worst =
      sweepUnary(kConstants + f.body, f.exact, f.allowance, "fused");
  Deviation source =
      sweepUnary(kConstants + f.body, f.exact, f.allowance, "source");
  std::printf("%s: %.3g ulp at %a: %a for %a; as written %.3g\n", f.name,
              worst.ulps, worst.x, worst.got, worst.want, source.ulps);
  EXPECT_LE(worst.ulps, f.ulps + (isOnCard() ? 4 : 0))
      << worst.x << ": " << worst.got << " for " << worst.want;
}

INSTANTIATE_TEST_SUITE_P(AllFloats, ActivationTest,
                         testing::ValuesIn(kActivations), [](const auto &info) {
                           return std::string(info.param.name);
                         });

// Divisions, a contraction that must not happen, and factors that would cancel,
// against C++'s own rounding of each op.
TEST(Rounding, SourceKeepsEveryBit) {
  const std::string body = kConstants + R"(
    %q = arith.divf %x, %six : f32
    %m = arith.mulf %q, %three : f32
    %s = arith.addf %m, %one : f32
    %h = arith.mulf %x, %half : f32
    %d = arith.mulf %s, %two : f32
    %r = arith.mulf %h, %d : f32
)";
  auto exact = [](double wide) -> double {
    volatile float x = wide, q = x / 6, m = q * 3, s = m + 1;
    volatile float h = x * 0.5f, d = s * 2, r = h * d;
    return r;
  };
  EXPECT_EQ(sweepUnary(body, exact, {}, "source").ulps, 0);
  EXPECT_GT(sweepUnary(body, exact, {}, "fused").ulps, 0);
}
