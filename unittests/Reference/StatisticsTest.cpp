//===- StatisticsTest.cpp - Faults that hide within the bounds ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

using namespace kiln::test;

namespace {

/// A 1x1 convolution and right or faulty results of it.
struct Sums {
  Sums(int channels, int filters, int width)
      : channels(channels), filters(filters), width(width), x(channels * width),
        w(filters * channels) {
    Random random(7);
    for (float &v : x)
      v = random.next();
    for (float &v : w)
      v = random.next() / std::sqrt(float(channels));
    auto tensor = [](auto... sizes) {
      std::string text = "tensor<";
      ((text += std::to_string(sizes) + "x"), ...);
      return text + "f32>";
    };
    std::string tx = tensor(1, channels, 1, width),
                tw = tensor(filters, channels, 1, 1),
                ty = tensor(1, filters, 1, width);
    source =
        "func.func @f(%x: " + tx + ", %w: " + tw + ") -> " + ty +
        " {\n"
        "  %zero = arith.constant 0.0 : f32\n"
        "  %e = tensor.empty() : " +
        ty +
        "\n"
        "  %i = linalg.fill ins(%zero : f32) outs(%e : " +
        ty + ") -> " + ty +
        "\n"
        "  %c = linalg.conv_2d_nchw_fchw {dilations = dense<1> : "
        "vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%x, %w : " +
        tx + ", " + tw + ") outs(%i : " + ty + ") -> " + ty +
        "\n"
        "  return %c : " +
        ty + "\n}\n";
    for (int f = 0; f < filters; ++f)
      for (int v = 0; v < width; ++v)
        coordinates.insert(coordinates.end(), {0, f, 0, v});
  }

  template <typename Round>
  std::vector<float> compute(Round round) const {
    std::vector<float> result;
    for (int f = 0; f < filters; ++f)
      for (int v = 0; v < width; ++v) {
        float sum = 0;
        for (int c = 0; c < channels; ++c)
          sum = std::fma(round(x[c * width + v]), round(w[f * channels + c]),
                         sum);
        result.push_back(sum);
      }
    return result;
  }

  size_t countFailures(const char *precision,
                       const std::vector<float> &actual) const {
    Program program(source, precision);
    EXPECT_TRUE(program.isValid()) << program.messages;
    program.set(0, x);
    program.set(1, w);
    size_t failures = 0;
    for (const auto &result : program.check<float>(0, coordinates, actual, 2))
      failures += !result.ok;
    return failures;
  }

  int channels, filters, width;
  std::vector<float> x, w;
  std::string source;
  std::vector<int64_t> coordinates;
};

float toNearest(float v) {
  return std::bit_cast<float>((std::bit_cast<uint32_t>(v) + 0x1000u) &
                              ~0x1fffu);
}
float toZero(float v) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(v) & ~0x1fffu);
}
float same(float v) { return v; }

} // namespace

TEST(Statistics, RightResultsPass) {
  for (int channels : {3, 64, 576, 4608}) {
    Sums sums(channels, 8, 32);
    EXPECT_EQ(sums.countFailures("tf32", sums.compute(toNearest)), 0u);
    EXPECT_EQ(sums.countFailures("f32", sums.compute(same)), 0u);
  }
}

/// One step of a tensor core: the products and the accumulator are aligned to
/// the largest of them and cut off below 24 bits.
static double addOnTensorCore(std::vector<double> terms) {
  double largest = 0;
  for (double term : terms)
    largest = std::max(largest, std::abs(term));
  if (largest == 0)
    return 0;
  auto cut = [](double value, double magnitude) {
    double unit = std::ldexp(1.0, std::ilogb(magnitude) - 23);
    return std::trunc(value / unit) * unit;
  };
  double total = 0;
  for (double term : terms)
    total += cut(term, largest);
  return total == 0 ? 0 : cut(total, total);
}

/// Sums of 8 products a step, `step(x, w, total)`.
template <typename Step>
static std::vector<float> computeInSteps(const Sums &sums, Step step) {
  std::vector<float> result;
  for (int f = 0; f < sums.filters; ++f)
    for (int v = 0; v < sums.width; ++v) {
      double total = 0;
      for (int first = 0; first < sums.channels; first += 8) {
        std::vector<float> x, w;
        for (int c = first; c < std::min(first + 8, sums.channels); ++c) {
          x.push_back(sums.x[c * sums.width + v]);
          w.push_back(sums.w[f * sums.channels + c]);
        }
        total = step(x, w, total);
      }
      result.push_back(float(total));
    }
  return result;
}

static std::vector<float> computeOnTensorCore(const Sums &sums) {
  return computeInSteps(sums, [](const auto &x, const auto &w, double total) {
    std::vector<double> terms = {total};
    for (size_t i = 0; i < x.size(); ++i)
      terms.push_back(double(toNearest(x[i])) * toNearest(w[i]));
    return addOnTensorCore(terms);
  });
}

/// Three products of split operands; `promote`: each step is summed from zero
/// and added in f32. `products` of the three are done, the large one always.
static std::vector<float> computeSplit(const Sums &sums, bool promote = true,
                                       int products = 3) {
  return computeInSteps(sums, [&](const auto &x, const auto &w, double total) {
    double sum = promote ? 0 : total;
    auto low = [](float value) { return toZero(value - toNearest(value)); };
    for (int product = 3 - products; product < 3; ++product) {
      std::vector<double> terms = {sum};
      for (size_t i = 0; i < x.size(); ++i)
        terms.push_back(double(product == 0 ? low(x[i]) : toNearest(x[i])) *
                        (product == 1 ? low(w[i]) : toNearest(w[i])));
      sum = addOnTensorCore(terms);
    }
    return promote ? double(float(total) + float(sum)) : sum;
  });
}

TEST(Statistics, TruncatingAccumulationPasses) {
  for (int channels : {8, 64, 576, 4608}) {
    Sums sums(channels, 8, 32);
    EXPECT_EQ(sums.countFailures("tf32", computeOnTensorCore(sums)), 0u);
    // The worst for truncation: all partial sums grow.
    for (float &v : sums.x)
      v = std::abs(v);
    for (float &v : sums.w)
      v = std::abs(v);
    EXPECT_EQ(sums.countFailures("tf32", computeOnTensorCore(sums)), 0u)
        << channels;
  }
}

TEST(Statistics, PromotedSumsPass) {
  for (int channels : {8, 64, 576, 4608}) {
    Sums sums(channels, 8, 32);
    EXPECT_EQ(sums.countFailures("tf32x3", computeSplit(sums)), 0u);
    // A product that is left out, and all but the large one.
    EXPECT_GT(sums.countFailures("tf32x3", computeSplit(sums, true, 2)), 0u);
    EXPECT_GT(sums.countFailures("tf32x3", sums.compute(toNearest)), 0u);
    for (float &v : sums.x)
      v = std::abs(v);
    for (float &v : sums.w)
      v = std::abs(v);
    EXPECT_EQ(sums.countFailures("tf32x3", computeSplit(sums)), 0u) << channels;
    // Sums that are not promoted grow away from the right ones.
    if (channels >= 576)
      EXPECT_GT(sums.countFailures("tf32x3", computeSplit(sums, false)), 64u)
          << channels;
  }
}

// What --precision=tf32x3 promises, on what hardware does at worst.
TEST(Statistics, SplitIsNoLessExactThanFusedMultiplyAdds) {
  for (int channels : {64, 576, 4608})
    for (bool positive : {false, true}) {
      Sums sums(channels, 8, 32);
      if (positive)
        for (auto *list : {&sums.x, &sums.w})
          for (float &v : *list)
            v = std::abs(v);
      auto getError = [&](const std::vector<float> &actual) {
        double error = 0;
        for (int f = 0; f < sums.filters; ++f)
          for (int v = 0; v < sums.width; ++v) {
            double exact = 0;
            for (int c = 0; c < sums.channels; ++c)
              exact += double(sums.x[c * sums.width + v]) *
                       sums.w[f * sums.channels + c];
            double off = actual[f * sums.width + v] - exact;
            error += off * off;
          }
        return std::sqrt(error);
      };
      EXPECT_LT(getError(computeSplit(sums)), getError(sums.compute(same)))
          << channels;
    }
}

TEST(Statistics, TruncatedOperandsAreCaught) {
  for (int channels : {3, 64, 576, 4608}) {
    Sums sums(channels, 8, 32);
    EXPECT_GT(sums.countFailures("tf32", sums.compute(toZero)), 64u)
        << channels;
    // Nor is one precision mistaken for the other.
    EXPECT_GT(sums.countFailures("tf32", sums.compute(same)), 0u) << channels;
    EXPECT_GT(sums.countFailures("f32", sums.compute(toNearest)), 0u)
        << channels;
  }
}

TEST(Statistics, OneElementAboveItsBoundFails) {
  Sums sums(64, 8, 32);
  std::vector<float> actual = sums.compute(toNearest);
  actual[17] += 1e-3f;
  EXPECT_EQ(sums.countFailures("tf32", actual), 1u);
}

TEST(Statistics, EqualErrorsOfEqualElementsAreNoFault) {
  // All elements are the same sum and err alike: nothing to be learnt.
  Sums sums(576, 8, 32);
  for (float &v : sums.x)
    v = 1.0f / 3.0f;
  for (float &v : sums.w)
    v = 0.7f;
  EXPECT_EQ(sums.countFailures("tf32", sums.compute(toNearest)), 0u);
}

TEST(Statistics, OneInexactWeightOfMany) {
  // The filter is computed, and one of its elements rounded: that shows in
  // every sum as much as it is, however many other products there are.
  Program program(R"(
#id = affine_map<(f, c, y, x) -> (f, c, y, x)>
func.func @f(%x: tensor<1x32x8x16xf16>, %w: tensor<1x32x1x1xf16>, %b: tensor<1x32x1x1xf16>) -> tensor<1x1x8x16xf32> {
  %ew = tensor.empty() : tensor<1x32x1x1xf16>
  %v = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%w, %b : tensor<1x32x1x1xf16>, tensor<1x32x1x1xf16>) outs(%ew : tensor<1x32x1x1xf16>) {
  ^bb0(%a: f16, %c: f16, %o: f16):
    %s = arith.addf %a, %c : f16
    linalg.yield %s : f16
  } -> tensor<1x32x1x1xf16>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x8x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x8x16xf32>) -> tensor<1x1x8x16xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %v : tensor<1x32x8x16xf16>, tensor<1x32x1x1xf16>) outs(%z : tensor<1x1x8x16xf32>) -> tensor<1x1x8x16xf32>
  return %r : tensor<1x1x8x16xf32>
})");
  ASSERT_TRUE(program.isValid()) << program.messages;
  Random random(5);
  std::vector<uint16_t> x, w(32, half(1)), b(32, half(0));
  b[0] = half(0x1.4p-11);
  std::vector<double> sums(128, 0);
  for (int c = 0; c < 32; ++c)
    for (int i = 0; i < 128; ++i) {
      double value = 1 + std::floor(random.next() * 512 + 512) / 1024;
      x.push_back(half(value));
      sums[i] += value * (c == 0 ? 1 + 0x1p-10 : 1);
    }
  program.set(0, x);
  program.set(1, w);
  program.set(2, b);
  std::vector<int64_t> at;
  std::vector<float> actual;
  for (int i = 0; i < 128; ++i) {
    at.insert(at.end(), {0, 0, i / 16, i % 16});
    actual.push_back(float(sums[i]));
  }
  for (const auto &result : program.check<float>(0, at, actual))
    EXPECT_TRUE(result.ok);
}

TEST(Statistics, EqualElementsCountOnce) {
  // A third of the positions are alike, as behind padding, and err alike: by
  // more than is expected of one, but within its bound.
  Program program(R"(
func.func @f(%x: tensor<1x32x8x16xf16>, %w: tensor<1x32x1x1xf16>) -> tensor<1x1x8x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x8x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x8x16xf32>) -> tensor<1x1x8x16xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x32x8x16xf16>, tensor<1x32x1x1xf16>) outs(%z : tensor<1x1x8x16xf32>) -> tensor<1x1x8x16xf32>
  return %r : tensor<1x1x8x16xf32>
})");
  ASSERT_TRUE(program.isValid()) << program.messages;
  constexpr int numDifferent = 84;
  Random random(5);
  std::vector<uint16_t> x(32 * 128), w;
  std::vector<double> sums(128, 0), magnitudes(128, 0);
  for (int c = 0; c < 32; ++c) {
    // 17 bits, so that sums of products are not exact.
    double weight =
        (c % 2 ? -1 : 1) * (1 + std::floor(random.next() * 512 + 512) / 1024);
    w.push_back(half(weight));
    double first = 0;
    for (int i = 0; i < 128; ++i) {
      double value = 1 + std::floor(random.next() * 512 + 512) / 1024;
      value = std::ldexp(value, -(c % 8));
      first = i == 0 ? value : first;
      value = i < numDifferent ? value : first;
      x[c * 128 + i] = half(value);
      sums[i] += value * weight;
      magnitudes[i] += std::abs(value * weight);
    }
  }
  program.set(0, x);
  program.set(1, w);
  std::vector<int64_t> at;
  std::vector<float> actual;
  for (int i = 0; i < 128; ++i) {
    at.insert(at.end(), {0, 0, i / 16, i % 16});
    bool isFirst = i == 0 || i >= numDifferent;
    actual.push_back(float(sums[i] + isFirst * 14 * 0x1p-23 * magnitudes[i]));
  }
  for (const auto &result : program.check<float>(0, at, actual))
    EXPECT_TRUE(result.ok);
}

TEST(Statistics, OneSidedRoundingOfHalfIsCaught) {
  // Two roundings leave room for an error of one unit; truncation uses it, but
  // always to the same side.
  const int size = 512;
  Program program(elementwise("f16",
                              "%s = arith.mulf %a, %b : f16\n"
                              "%y = arith.mulf %s, %b : f16",
                              size));
  ASSERT_TRUE(program.isValid()) << program.messages;
  Random random(3);
  std::vector<uint16_t> a, b, nearest, truncated;
  std::vector<int64_t> at;
  auto decode = [](uint16_t bits) {
    return std::ldexp(double((bits & 1023) | 1024), (bits >> 10) - 25);
  };
  for (int i = 0; i < size; ++i) {
    a.push_back(uint16_t(0x3c00 + (int(random.next() * 512) + 512)));
    b.push_back(uint16_t(0x3c00 + (int(random.next() * 512) + 512)));
    double exact = decode(a[i]) * decode(b[i]) * decode(b[i]);
    double unit = std::ldexp(1.0, std::ilogb(exact) - 10);
    nearest.push_back(half(std::nearbyint(exact / unit) * unit));
    truncated.push_back(half(std::floor(exact / unit) * unit));
    at.push_back(i);
  }
  program.set(0, a);
  program.set(1, b);
  size_t failures = 0;
  for (const auto &result : program.check<uint16_t>(0, at, nearest))
    failures += !result.ok;
  EXPECT_EQ(failures, 0u);
  for (const auto &result : program.check<uint16_t>(0, at, truncated))
    failures += !result.ok;
  EXPECT_GT(failures, 100u);
}
