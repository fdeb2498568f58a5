//===- StructureTest.cpp - Reductions, indices and shapes -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

using namespace kiln::test;

/// The exporters' min over a dimension: values and indices, of x / divisor.
static std::string minWithIndex(int size) {
  std::string n = std::to_string(size);
  return "#in = affine_map<(d0, d1) -> (d0, d1)>\n"
         "#out = affine_map<(d0, d1) -> (d0)>\n"
         "func.func @f(%x: tensor<1x" +
         n +
         "xf32>, %d: tensor<f32>) -> "
         "(tensor<1xf32>, tensor<1xi64>) {\n"
         "  %inf = arith.constant 0x7F800000 : f32\n"
         "  %c0 = arith.constant 0 : i64\n"
         "  %s = tensor.extract %d[] : tensor<f32>\n"
         "  %e = tensor.empty() : tensor<1x" +
         n +
         "xf32>\n"
         "  %q = linalg.generic {indexing_maps = [#in, #in], iterator_types = "
         "[\"parallel\", \"parallel\"]} ins(%x : tensor<1x" +
         n +
         "xf32>) "
         "outs(%e : tensor<1x" +
         n +
         "xf32>) {\n"
         "  ^bb0(%a: f32, %o: f32):\n"
         "    %y = arith.divf %a, %s : f32\n"
         "    linalg.yield %y : f32\n"
         "  } -> tensor<1x" +
         n +
         "xf32>\n"
         "  %ev = tensor.empty() : tensor<1xf32>\n"
         "  %ei = tensor.empty() : tensor<1xi64>\n"
         "  %v = linalg.fill ins(%inf : f32) outs(%ev : tensor<1xf32>) -> "
         "tensor<1xf32>\n"
         "  %i = linalg.fill ins(%c0 : i64) outs(%ei : tensor<1xi64>) -> "
         "tensor<1xi64>\n"
         "  %r:2 = linalg.generic {indexing_maps = [#in, #out, #out], "
         "iterator_types = [\"parallel\", \"reduction\"]} ins(%q : tensor<1x" +
         n +
         "xf32>) outs(%v, %i : tensor<1xf32>, tensor<1xi64>) {\n"
         "  ^bb0(%a: f32, %b: f32, %k: i64):\n"
         "    %at = linalg.index 1 : index\n"
         "    %number = arith.index_cast %at : index to i64\n"
         "    %best = arith.minimumf %a, %b : f32\n"
         "    %less = arith.cmpf olt, %a, %b : f32\n"
         "    %which = arith.select %less, %number, %k : i64\n"
         "    linalg.yield %best, %which : f32, i64\n"
         "  } -> (tensor<1xf32>, tensor<1xi64>)\n"
         "  return %r#0, %r#1 : tensor<1xf32>, tensor<1xi64>\n}\n";
}

TEST(Structure, ExactTiesTakeTheLowestIndex) {
  Program program(minWithIndex(5));
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {8, 4, 6, 4, 4});
  program.set<float>(1, {2});
  EXPECT_TRUE(program.checkOne<float>({0}, 2, 0).ok);
  EXPECT_TRUE(program.checkOne<int64_t>({0}, 1, 1).ok);
  EXPECT_FALSE(program.checkOne<int64_t>({0}, 3, 1).ok);
  EXPECT_FALSE(program.checkOne<int64_t>({0}, 0, 1).ok);
}

TEST(Structure, NearTiesTakeEitherIndex) {
  // Thirds are rounded: neighbouring floats' quotients cannot be told apart.
  Program program(minWithIndex(4));
  float one = 1, next = std::nextafter(1.0f, 2.0f);
  program.set<float>(0, {7, next, one, 2});
  program.set<float>(1, {3});
  EXPECT_TRUE(program.checkOne<int64_t>({0}, 1, 1).ok);
  EXPECT_TRUE(program.checkOne<int64_t>({0}, 2, 1).ok);
  EXPECT_FALSE(program.checkOne<int64_t>({0}, 0, 1).ok);
  EXPECT_FALSE(program.checkOne<int64_t>({0}, 3, 1).ok);
}

TEST(Structure, NaNWinsTheMinimumButNotTheIndex) {
  Program program(minWithIndex(3));
  program.set<float>(0, {4, kNaN, 2});
  program.set<float>(1, {1});
  EXPECT_TRUE(program.checkOne<float>({0}, kNaN, 0).ok);
  EXPECT_FALSE(program.checkOne<float>({0}, 2, 0).ok);
  // After NaN no comparison is true: the index stays.
  EXPECT_TRUE(program.checkOne<int64_t>({0}, 0, 1).ok);
  EXPECT_FALSE(program.checkOne<int64_t>({0}, 2, 1).ok);
}

/// What `combine` makes of two rows of four, from zero. In the second row the
/// order decides.
static void expectAnyOrder(const std::string &combine, float sign) {
  Program program(R"mlir(
func.func @f(%x: tensor<2x4xf32>) -> tensor<2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %r = linalg.reduce ins(%x : tensor<2x4xf32>) outs(%i : tensor<2xf32>)
      dimensions = [1]
      (%a: f32, %b: f32) {
        %s = )mlir" +
                  combine +
                  R"mlir( : f32
        linalg.yield %s : f32
      }
  return %r : tensor<2xf32>
}
)mlir");
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {1, 2, 3, 4, 1e8f, 1, 1, -1e8f});
  KilnReferenceResult exact = program.checkOne<float>({0}, sign * 10);
  EXPECT_TRUE(exact.ok);
  EXPECT_EQ(exact.bound, 0);
  for (float sum : {0.0f, 1.0f, 2.0f})
    EXPECT_TRUE(program.checkOne<float>({1}, sign * sum).ok);
  EXPECT_EQ(program.checkOne<float>({1}, sign * 2).value, sign * 2);
  EXPECT_FALSE(program.checkOne<float>({1}, 1000).ok);
}

TEST(Structure, SumsAllowAnyOrder) {
  expectAnyOrder("arith.addf %a, %b", 1);
  expectAnyOrder("arith.addf %b, %a", 1);
}

TEST(Structure, WhatIsTakenAwayIsASum) {
  expectAnyOrder("arith.subf %b, %a", -1);
}

// The other way round every element turns the sign of what came before.
TEST(Structure, TurnedDifferencesKeepTheirOrder) {
  std::string text = R"mlir(
func.func @f(%x: tensor<1x3xf32>) -> tensor<1xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1xf32>) -> tensor<1xf32>
  %r = linalg.reduce ins(%x : tensor<1x3xf32>) outs(%i : tensor<1xf32>)
      dimensions = [1]
      (%a: f32, %b: f32) {
        %s = arith.subf %a, %b : f32
        linalg.yield %s : f32
      }
  return %r : tensor<1xf32>
}
)mlir";
  Program program(text);
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {1, 10, 100});
  EXPECT_TRUE(program.checkOne<float>({0}, 91).ok); // 100 - (10 - (1 - 0))
}

// A product that is taken away is no term of a convolution or matrix product.
TEST(Structure, SubtractedProducts) {
  std::string text = R"mlir(
func.func @f(%x: tensor<1x2xf32>, %y: tensor<2x1xf32>) -> tensor<1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
      affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %y : tensor<1x2xf32>, tensor<2x1xf32>) outs(%i : tensor<1x1xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.subf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}
)mlir";
  Program program(text);
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {1, 2});
  program.set<float>(1, {3, 4});
  EXPECT_TRUE(program.checkOne<float>({0, 0}, -11).ok);
}

TEST(Structure, PoolingReshapesSlicesAndTransposes) {
  Program program(R"mlir(
func.func @f(%x: tensor<1x2x4x4xf32>) -> tensor<2x2x1xf32> {
  %low = arith.constant 0xFF800000 : f32
  %window = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %i = linalg.fill ins(%low : f32) outs(%e : tensor<1x2x2x2xf32>)
      -> tensor<1x2x2x2xf32>
  %p = linalg.pooling_nchw_max
      {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>}
      ins(%x, %window : tensor<1x2x4x4xf32>, tensor<2x2xf32>)
      outs(%i : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %c = tensor.collapse_shape %p [[0, 1], [2], [3]]
      : tensor<1x2x2x2xf32> into tensor<2x2x2xf32>
  %s = tensor.extract_slice %c[0, 0, 1] [2, 2, 1] [1, 1, 1]
      : tensor<2x2x2xf32> to tensor<2x2xf32>
  %te = tensor.empty() : tensor<2x2xf32>
  %t = linalg.transpose ins(%s : tensor<2x2xf32>) outs(%te : tensor<2x2xf32>)
      permutation = [1, 0]
  %me = tensor.empty() : tensor<2x2xf32>
  %m = linalg.map { math.absf } ins(%t : tensor<2x2xf32>)
      outs(%me : tensor<2x2xf32>)
  %r = tensor.expand_shape %m [[0], [1, 2]] output_shape [2, 2, 1]
      : tensor<2x2xf32> into tensor<2x2x1xf32>
  return %r : tensor<2x2x1xf32>
}
)mlir");
  ASSERT_TRUE(program.isValid()) << program.messages;
  std::vector<float> x(32);
  for (int i = 0; i < 32; ++i)
    x[i] = float(i - 40);
  program.set(0, x);
  // Row pair h, right column pair, channel c: max is 16 c + 8 h + 7 - 40.
  auto results = program.check<float>(0, {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0},
                                      {33, 25, 17, 9});
  for (const KilnReferenceResult &result : results)
    EXPECT_TRUE(result.ok) << result.value;
}

TEST(Structure, ArithmeticOnWholeTensors) {
  Program program(R"(
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %y = arith.mulf %x, %two : tensor<4xf32>
  %less = arith.cmpf olt, %y, %zero : tensor<4xf32>
  %r = math.sqrt %y : tensor<4xf32>
  %z = arith.select %less, %zero, %r : tensor<4xi1>, tensor<4xf32>
  return %z : tensor<4xf32>
}
)");
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {8, -1, 2, 0});
  auto results = program.check<float>(0, {0, 1, 2, 3}, {4, 0, 2, 0});
  for (const KilnReferenceResult &result : results)
    EXPECT_EQ(result.ok, 1);
}

TEST(Structure, GathersFollowConstantIndices) {
  Program program(R"mlir(
#id = affine_map<(d0) -> (d0)>
func.func @f(%x: tensor<4xf32>) -> tensor<3xf32> {
  %which = arith.constant dense<[3, 0, 2]> : tensor<3xi64>
  %e = tensor.empty() : tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#id, #id],
      iterator_types = ["parallel"]} ins(%which : tensor<3xi64>)
      outs(%e : tensor<3xf32>) {
  ^bb0(%k: i64, %o: f32):
    %i = arith.index_cast %k : i64 to index
    %y = tensor.extract %x[%i] : tensor<4xf32>
    linalg.yield %y : f32
  } -> tensor<3xf32>
  return %r : tensor<3xf32>
}
)mlir");
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {10, 11, 12, 13});
  auto results = program.check<float>(0, {0, 1, 2}, {13, 10, 12});
  for (const KilnReferenceResult &result : results)
    EXPECT_TRUE(result.ok);
}

TEST(Structure, ProgramsWithDiamondsEndSoon) {
  // Without remembering elements this takes 2^40 steps.
  std::string source = "#id = affine_map<(d0) -> (d0)>\n"
                       "func.func @f(%v0: tensor<2xf32>) -> tensor<2xf32> {\n"
                       "  %e = tensor.empty() : tensor<2xf32>\n";
  for (int i = 0; i < 40; ++i) {
    std::string from = "%v" + std::to_string(i);
    source += "  %v" + std::to_string(i + 1) +
              " = linalg.generic {indexing_maps = [#id, #id, #id], "
              "iterator_types = [\"parallel\"]} ins(" +
              from + ", " + from +
              " : tensor<2xf32>, tensor<2xf32>) "
              "outs(%e : tensor<2xf32>) {\n"
              "  ^bb0(%a: f32, %b: f32, %o: f32):\n"
              "    %y = arith.maximumf %a, %b : f32\n"
              "    linalg.yield %y : f32\n  } -> tensor<2xf32>\n";
  }
  source += "  return %v40 : tensor<2xf32>\n}\n";
  Program program(source);
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {5, 6});
  EXPECT_TRUE(program.checkOne<float>({1}, 6).ok);
}

TEST(Structure, NewInputsReplaceOldResults) {
  Program program(minWithIndex(3));
  program.set<float>(0, {4, 6, 2});
  program.set<float>(1, {1});
  EXPECT_TRUE(program.checkOne<float>({0}, 2, 0).ok);
  program.set<float>(0, {4, 6, 8});
  EXPECT_TRUE(program.checkOne<float>({0}, 4, 0).ok);
}
