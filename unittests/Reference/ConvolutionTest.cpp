//===- ConvolutionTest.cpp - Convolutions against hand-made numbers -------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

using namespace kiln::test;

/// One channel, a 2x2 filter on a 3x3 image, bias as the init.
static const char *kSmall = R"mlir(
func.func @f(%x: tensor<1x1x3x3xf32>, %w: tensor<2x1x2x2xf32>,
             %b: tensor<2xf32>) -> tensor<1x2x2x2xf32> {
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %i = linalg.broadcast ins(%b : tensor<2xf32>)
      outs(%e : tensor<1x2x2x2xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%x, %w : tensor<1x1x3x3xf32>, tensor<2x1x2x2xf32>)
      outs(%i : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %c : tensor<1x2x2x2xf32>
}
)mlir";

TEST(Convolution, SmallNumbersAreExact) {
  Program program(kSmall, "tf32");
  ASSERT_TRUE(program.isValid()) << program.messages;
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> w = {1, 0, 0, -1, 1, 1, 1, 1}, b = {10, 100};
  program.set(0, x);
  program.set(1, w);
  program.set(2, b);
  // First filter: x[i] - x[i + 1 row + 1 column] = -4; second: sums of 2x2.
  auto results = program.check<float>(
      0, {0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1},
      {6, 6, 112, 124, 128});
  for (const KilnReferenceResult &result : results) {
    EXPECT_TRUE(result.ok) << result.value;
    EXPECT_EQ(result.bound, 0);
  }
  EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, 6.0000005f).ok);
}

/// Strides, dilations and padding against plain loops.
TEST(Convolution, StridesDilationsAndPadding) {
  Program program(R"mlir(
func.func @f(%x: tensor<2x3x7x8xf32>, %w: tensor<4x3x3x2xf32>)
    -> tensor<2x4x3x7xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 2] high[0, 0, 0, 0] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<2x3x7x8xf32> to tensor<2x3x8x10xf32>
  %e = tensor.empty() : tensor<2x4x3x7xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4x3x7xf32>)
      -> tensor<2x4x3x7xf32>
  %c = linalg.conv_2d_nchw_fchw
      {dilations = dense<[1, 3]> : vector<2xi64>,
       strides = dense<[2, 1]> : vector<2xi64>}
      ins(%p, %w : tensor<2x3x8x10xf32>, tensor<4x3x3x2xf32>)
      outs(%i : tensor<2x4x3x7xf32>) -> tensor<2x4x3x7xf32>
  return %c : tensor<2x4x3x7xf32>
}
)mlir");
  ASSERT_TRUE(program.isValid()) << program.messages;
  Random random(1);
  std::vector<float> x(2 * 3 * 7 * 8), w(4 * 3 * 3 * 2);
  for (float &v : x)
    v = std::round(random.next() * 8);
  for (float &v : w)
    v = std::round(random.next() * 8);
  program.set(0, x);
  program.set(1, w);
  std::vector<int64_t> at;
  std::vector<float> actual;
  for (int n = 0; n < 2; ++n)
    for (int f = 0; f < 4; ++f)
      for (int h = 0; h < 3; ++h)
        for (int v = 0; v < 7; ++v) {
          float sum = 0;
          for (int c = 0; c < 3; ++c)
            for (int i = 0; i < 3; ++i)
              for (int j = 0; j < 2; ++j) {
                int row = h * 2 + i - 1, column = v + 3 * j - 2;
                if (row >= 0 && row < 7 && column >= 0 && column < 8)
                  sum += x[((n * 3 + c) * 7 + row) * 8 + column] *
                         w[((f * 3 + c) * 3 + i) * 2 + j];
              }
          at.insert(at.end(), {n, f, h, v});
          actual.push_back(sum);
        }
  for (int threads : {1, 3})
    for (const auto &result : program.check<float>(0, at, actual, threads)) {
      EXPECT_TRUE(result.ok);
      EXPECT_EQ(result.bound, 0); // small integers
    }
}

/// A 1x1 convolution of one channel: one product.
static std::string oneProduct(const char *kind, const char *x, const char *w,
                              const char *y, const char *init) {
  std::string source = R"mlir(
func.func @f(%x: tensor<$X>, %w: tensor<$W>) -> tensor<$Y> {
  %zero = arith.constant 0.0 : $T
  %e = tensor.empty() : tensor<$Y>
  %i = linalg.fill ins(%zero : $T) outs(%e : tensor<$Y>) -> tensor<$Y>
  %c = linalg.$K
      {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>}
      ins(%x, %w : tensor<$X>, tensor<$W>) outs(%i : tensor<$Y>) -> tensor<$Y>
  return %c : tensor<$Y>
}
)mlir";
  auto replace = [&](const std::string &key, const std::string &text) {
    for (size_t p; (p = source.find(key)) != std::string::npos;)
      source.replace(p, key.size(), text);
  };
  replace("$X", x);
  replace("$W", w);
  replace("$Y", y);
  replace("$T", init);
  replace("$K", kind);
  return source;
}

TEST(Convolution, RoundsOperandsToTF32) {
  std::string source = oneProduct("conv_2d_nchw_fchw", "1x1x1x1xf32",
                                  "1x1x1x1xf32", "1x1x1x1xf32", "f32");
  float tie = 1 + std::ldexp(1.0f, -11); // halfway between two tf32
  float canonicalNaN = std::bit_cast<float>(0x7fffffffu);
  {
    Program program(source, "tf32");
    ASSERT_TRUE(program.isValid()) << program.messages;
    program.set<float>(0, {tie});
    program.set<float>(1, {1});
    float away = 1 + std::ldexp(1.0f, -10);
    EXPECT_TRUE(program.checkOne<float>({0, 0, 0, 0}, away).ok);
    EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, tie).ok);
    EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, 1).ok);
    program.set<float>(0, {canonicalNaN});
    EXPECT_TRUE(program.checkOne<float>({0, 0, 0, 0}, kNaN).ok);
    EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, -0.0f).ok);
  }
  Program exact(source, "f32");
  exact.set<float>(0, {tie});
  exact.set<float>(1, {1});
  EXPECT_TRUE(exact.checkOne<float>({0, 0, 0, 0}, tie).ok);
  EXPECT_EQ(exact.checkOne<float>({0, 0, 0, 0}, tie).bound, 0);
}

TEST(Convolution, DepthwiseStaysExact) {
  Program program(oneProduct("depthwise_conv_2d_nchw_chw", "1x1x1x1xf32",
                             "1x1x1xf32", "1x1x1x1xf32", "f32"),
                  "tf32");
  ASSERT_TRUE(program.isValid()) << program.messages;
  float tie = 1 + std::ldexp(1.0f, -11);
  program.set<float>(0, {tie});
  program.set<float>(1, {1});
  EXPECT_TRUE(program.checkOne<float>({0, 0, 0, 0}, tie).ok);
}

TEST(Convolution, HalfResultIsRoundedOnce) {
  // 2048 + 1 lies between two f16; the sum itself is exact in f32.
  Program program(oneProduct("conv_2d_nhwc_hwcf", "1x1x1x2xf16", "1x1x2x1xf16",
                             "1x1x1x1xf16", "f16"));
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<uint16_t>(0, {half(2048), half(1)});
  program.set<uint16_t>(1, {half(1), half(1)});
  EXPECT_EQ(program.checkOne<uint16_t>({0, 0, 0, 0}, half(2048)).value, 2049);
  EXPECT_TRUE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(2048)).ok);
  EXPECT_FALSE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(2050)).ok);
  // 2051 is a tie, too: to even is up.
  program.set<uint16_t>(0, {half(2048), half(3)});
  EXPECT_TRUE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(2052)).ok);
  EXPECT_FALSE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(2050)).ok);
  // 65504 + 32 rounds to infinity.
  program.set<uint16_t>(0, {half(65504), half(32)});
  EXPECT_TRUE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(kInf)).ok);
  EXPECT_FALSE(program.checkOne<uint16_t>({0, 0, 0, 0}, half(65504)).ok);
}

TEST(Convolution, InfinityAndNaN) {
  Program program(kSmall, "tf32");
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> w = {1, 0, 0, -1, 1, 1, 1, 1};
  x[0] = kInf;
  program.set(0, x);
  program.set(1, w);
  program.set<float>(2, {0, -kInf});
  EXPECT_TRUE(program.checkOne<float>({0, 0, 0, 0}, kInf).ok);
  EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, 3e38f).ok);
  EXPECT_FALSE(program.checkOne<float>({0, 0, 0, 0}, kNaN).ok);
  // inf - inf; and away from the infinite pixel the bias alone.
  EXPECT_TRUE(program.checkOne<float>({0, 1, 0, 0}, kNaN).ok);
  EXPECT_FALSE(program.checkOne<float>({0, 1, 0, 0}, kInf).ok);
  EXPECT_TRUE(program.checkOne<float>({0, 1, 1, 1}, -kInf).ok);
  EXPECT_FALSE(program.checkOne<float>({0, 1, 1, 1}, 0).ok);
}

TEST(Convolution, ComputedOperandsCarryTheirError) {
  // The data is a quotient that f32 cannot hold: a kernel may round it or not.
  Program program(R"mlir(
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @f(%x: tensor<2x3xf32>, %w: tensor<3x2xf32>) -> tensor<2x2xf32> {
  %three = arith.constant 3.0 : f32
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3xf32>
  %q = linalg.generic {indexing_maps = [#id, #id],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %y = arith.divf %a, %three : f32
    linalg.yield %y : f32
  } -> tensor<2x3xf32>
  %s = tensor.empty() : tensor<2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%s : tensor<2x2xf32>) -> tensor<2x2xf32>
  %m = linalg.matmul ins(%q, %w : tensor<2x3xf32>, tensor<3x2xf32>)
      outs(%i : tensor<2x2xf32>) -> tensor<2x2xf32>
  return %m : tensor<2x2xf32>
}
)mlir");
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {1, 2, 3, 4, 5, 6});
  program.set<float>(1, {1, 1, 1, 1, 1, 1});
  KilnReferenceResult result = program.checkOne<float>({0, 1}, 2.0f);
  EXPECT_TRUE(result.ok);
  EXPECT_GT(result.bound, 0);
  EXPECT_LT(result.bound, 2e-6);
  EXPECT_NEAR(result.value, 2, 1e-12);
  EXPECT_FALSE(program.checkOne<float>({0, 1}, 2.00001f).ok);
}
