//===- NumericsTest.cpp - Scalar semantics and error bounds ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

using namespace kiln::test;

/// Whether `actual` is a right result of `body` on `a` and `b` in f32.
static bool accepts(const std::string &body, float a, float b, float actual) {
  Program program(elementwise("f32", body));
  EXPECT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {a});
  program.set<float>(1, {b});
  return program.checkOne<float>({0}, actual).ok;
}

TEST(Numerics, MinimumfPropagatesNaNAndOrdersZeros) {
  const char *body = "%y = arith.minimumf %a, %b : f32";
  EXPECT_TRUE(accepts(body, kNaN, 1, kNaN));
  EXPECT_FALSE(accepts(body, kNaN, 1, 1));
  EXPECT_TRUE(accepts(body, 1, kNaN, kNaN));
  EXPECT_TRUE(accepts(body, 0.0f, -0.0f, -0.0f));
  EXPECT_FALSE(accepts(body, 0.0f, -0.0f, 0.0f));
  EXPECT_FALSE(accepts("%y = arith.maximumf %a, %b : f32", 0.0f, -0.0f, -0.0f));
  EXPECT_TRUE(accepts(body, -kInf, 1, -kInf));
}

TEST(Numerics, MinnumfDropsNaN) {
  const char *body = "%y = arith.minnumf %a, %b : f32";
  EXPECT_TRUE(accepts(body, kNaN, 1, 1));
  EXPECT_FALSE(accepts(body, kNaN, 1, kNaN));
  EXPECT_TRUE(accepts(body, kNaN, kNaN, kNaN));
  EXPECT_TRUE(accepts(body, 0.0f, -0.0f, -0.0f));
  EXPECT_TRUE(accepts(body, 0.0f, -0.0f, 0.0f));
  // A zero that wins is a zero, however far the other operand.
  EXPECT_TRUE(accepts(body, 5, 0.0f, 0.0f));
  EXPECT_FALSE(accepts(body, 5, 0.0f, 1));
  EXPECT_FALSE(accepts("%y = arith.maxnumf %a, %b : f32", -5, 0.0f, -1));
}

TEST(Numerics, SignsOfZeros) {
  EXPECT_TRUE(accepts("%y = arith.mulf %a, %b : f32", -0.0f, 2, -0.0f));
  EXPECT_FALSE(accepts("%y = arith.mulf %a, %b : f32", -0.0f, 2, 0.0f));
  EXPECT_TRUE(accepts("%y = arith.addf %a, %b : f32", -0.0f, 0.0f, 0.0f));
  EXPECT_FALSE(accepts("%y = arith.addf %a, %b : f32", -0.0f, 0.0f, -0.0f));
  EXPECT_TRUE(accepts("%y = arith.divf %a, %b : f32", 1, -0.0f, -kInf));
  EXPECT_TRUE(accepts("%y = arith.divf %a, %b : f32", 0, 0, kNaN));
  EXPECT_TRUE(accepts("%y = math.sqrt %a : f32", -1, 0, kNaN));
  EXPECT_TRUE(accepts("%y = math.copysign %a, %b : f32", 3, -0.0f, -3));
  EXPECT_FALSE(accepts("%y = math.copysign %a, %b : f32", 3, -0.0f, 3));
}

TEST(Numerics, ASelectedZeroHasEitherSign) {
  // Which of equal zeros is kept depends on the order of the positions.
  std::string text = R"(
func.func @f(%x: tensor<3xf32>) -> tensor<f32> {
  %e = tensor.empty() : tensor<f32>
  %low = arith.constant -1.0 : f32
  %i = linalg.fill ins(%low : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %y = linalg.generic {indexing_maps = [affine_map<(d) -> (d)>, affine_map<(d) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<3xf32>) outs(%i : tensor<f32>) {
  ^bb0(%a: f32, %m: f32):
    %g = arith.cmpf ogt, %a, %m : f32
    %s = arith.select %g, %a, %m : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %y : tensor<f32>
})";
  Program program(text);
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {0.0f, -0.0f, -3});
  EXPECT_TRUE(program.checkOne<float>({}, 0.0f).ok);
  EXPECT_TRUE(program.checkOne<float>({}, -0.0f).ok);
  EXPECT_FALSE(program.checkOne<float>({}, -3).ok);
  EXPECT_EQ(program.checkOne<float>({}, 0).bound, 0);
}

TEST(Numerics, InfinitiesMustMatch) {
  const char *add = "%y = arith.addf %a, %b : f32";
  EXPECT_TRUE(accepts(add, kInf, 1, kInf));
  EXPECT_FALSE(accepts(add, kInf, 1, std::numeric_limits<float>::max()));
  EXPECT_TRUE(accepts(add, kInf, -kInf, kNaN));
  EXPECT_FALSE(accepts(add, kInf, -kInf, kInf));
  const char *mul = "%y = arith.mulf %a, %b : f32";
  EXPECT_TRUE(accepts(mul, 3e38f, 10, kInf));
  EXPECT_FALSE(accepts(mul, 3e38f, 10, std::numeric_limits<float>::max()));
  EXPECT_TRUE(accepts(mul, kInf, 0, kNaN));
  EXPECT_TRUE(accepts("%y = math.exp %a : f32", -kInf, 0, 0));
  EXPECT_TRUE(accepts("%y = math.exp %a : f32", 1000, 0, kInf));
  EXPECT_TRUE(accepts("%y = math.tanh %a : f32", kInf, 0, 1));
}

TEST(Numerics, OneRoundingIsTight) {
  float third = 1.0f / 3.0f, next = std::nextafter(third, 1.0f);
  const char *mul = "%y = arith.mulf %a, %b : f32";
  float product = third * third;
  EXPECT_TRUE(accepts(mul, third, third, product));
  EXPECT_FALSE(accepts(mul, third, third, std::nextafter(product, 1.0f)));
  EXPECT_FALSE(accepts(mul, third, third, std::nextafter(product, 0.0f)));
  // A division may be a reciprocal and a product.
  const char *div = "%y = arith.divf %a, %b : f32";
  EXPECT_TRUE(accepts(div, 1, 3, third));
  EXPECT_TRUE(accepts(div, 1, 3, next));
  EXPECT_FALSE(accepts(div, 1, 3, std::nextafter(next, 1.0f)));
}

TEST(Numerics, SourceRoundingsOfHalfAreAllowedButNotForced) {
  // (2048 + 1) - 2048 in f16: 0 when every op rounds, 1 when none does.
  Program program(elementwise("f16", "%s = arith.addf %a, %b : f16\n"
                                     "%y = arith.subf %s, %a : f16"));
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<uint16_t>(0, {half(2048)});
  program.set<uint16_t>(1, {half(1)});
  EXPECT_EQ(program.checkOne<uint16_t>({0}, half(1)).value, 1);
  EXPECT_TRUE(program.checkOne<uint16_t>({0}, half(1)).ok);
  EXPECT_TRUE(program.checkOne<uint16_t>({0}, half(0)).ok);
  EXPECT_FALSE(program.checkOne<uint16_t>({0}, half(2)).ok);
}

TEST(Numerics, ProductsOfFewBitsAreExact) {
  Program program(R"(
func.func @f(%x: tensor<3xf32>) -> tensor<f32> {
  %one = arith.constant dense<1.0> : tensor<f32>
  %y = linalg.reduce {arith.mulf} ins(%x : tensor<3xf32>) outs(%one : tensor<f32>) dimensions = [0]
  return %y : tensor<f32>
})");
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<float>(0, {-3, 0.5f, 7});
  EXPECT_EQ(program.checkOne<float>({}, -10.5f).bound, 0);
  EXPECT_FALSE(program.checkOne<float>({}, std::nextafter(-10.5f, 0.0f)).ok);
  // Some order of these rounds.
  program.set<float>(0, {1.0f / 3, 1.0f / 7, 3});
  EXPECT_GT(program.checkOne<float>({}, 1.0f / 7).bound, 0);
}

TEST(Numerics, FunctionsAreGoodToSomeUlps) {
  const char *body = "%y = math.erf %a : f32";
  float right = std::erf(0.7f);
  auto off = [&](int ulps) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(right) + ulps);
  };
  EXPECT_TRUE(accepts(body, 0.7f, 0, right));
  EXPECT_TRUE(accepts(body, 0.7f, 0, off(5)));
  EXPECT_FALSE(accepts(body, 0.7f, 0, off(40)));
}

TEST(Numerics, NearAComparisonEitherBranchIsRight) {
  // a / 3 against the float nearest to 1/3: rounding decides.
  const char *body = "%three = arith.constant 3.0 : f32\n"
                     "%one = arith.constant 1.0 : f32\n"
                     "%two = arith.constant 2.0 : f32\n"
                     "%q = arith.divf %a, %three : f32\n"
                     "%c = arith.cmpf olt, %q, %b : f32\n"
                     "%y = arith.select %c, %one, %two : f32";
  float third = 1.0f / 3.0f;
  EXPECT_TRUE(accepts(body, 1, third, 1));
  EXPECT_TRUE(accepts(body, 1, third, 2));
  EXPECT_FALSE(accepts(body, 1, third, 3));
  EXPECT_TRUE(accepts(body, 1, 0.34f, 1));
  EXPECT_FALSE(accepts(body, 1, 0.34f, 2));
}

TEST(Numerics, ExactComparisonsDecide) {
  const char *relu = "%zero = arith.constant 0.0 : f32\n"
                     "%c = arith.cmpf ugt, %a, %zero : f32\n"
                     "%y = arith.select %c, %a, %zero : f32";
  EXPECT_TRUE(accepts(relu, -1, 0, 0));
  EXPECT_FALSE(accepts(relu, -1, 0, -1));
  EXPECT_TRUE(accepts(relu, 2, 0, 2));
  EXPECT_TRUE(accepts(relu, kNaN, 0, kNaN)); // unordered or greater
  EXPECT_FALSE(accepts(relu, kNaN, 0, 0));
  const char *isNaN = "%one = arith.constant 1.0 : f32\n"
                      "%c = arith.cmpf une, %a, %a : f32\n"
                      "%y = arith.select %c, %one, %a : f32";
  EXPECT_TRUE(accepts(isNaN, kNaN, 0, 1));
  EXPECT_TRUE(accepts(isNaN, 5, 0, 5));
}

TEST(Numerics, TrueIsOneInMemory) {
  Program program(elementwise("i1", "%y = arith.andi %a, %b : i1"));
  program.set<uint8_t>(0, {1});
  program.set<uint8_t>(1, {1});
  KilnReferenceResult result = program.checkOne<uint8_t>({0}, 1);
  EXPECT_TRUE(result.ok);
  EXPECT_EQ(result.value, 1);
  EXPECT_EQ(result.bound, 0);
  // The reader of an i1 tests for 0 or looks at its lowest bit: only two bytes
  // mean the same to both.
  for (uint8_t wrong : {0, 2, 3, 255})
    EXPECT_FALSE(program.checkOne<uint8_t>({0}, wrong).ok) << int(wrong);
  program.set<uint8_t>(1, {0});
  EXPECT_TRUE(program.checkOne<uint8_t>({0}, 0).ok);
  EXPECT_EQ(program.checkOne<uint8_t>({0}, 0).value, 0);
  for (uint8_t wrong : {1, 2, 255})
    EXPECT_FALSE(program.checkOne<uint8_t>({0}, wrong).ok) << int(wrong);

  // Where both are right, the bound says so: 1 / 3 against the float nearest
  // to it.
  Program tie("#id = affine_map<(d0) -> (d0)>\n"
              "func.func @f(%x: tensor<1xf32>) -> tensor<1xi1> {\n"
              "  %three = arith.constant 3.0 : f32\n"
              "  %third = arith.constant 0x3EAAAAAB : f32\n"
              "  %e = tensor.empty() : tensor<1xi1>\n"
              "  %r = linalg.generic {indexing_maps = [#id, #id], "
              "iterator_types = [\"parallel\"]} ins(%x : tensor<1xf32>) "
              "outs(%e : tensor<1xi1>) {\n"
              "  ^bb0(%a: f32, %o: i1):\n"
              "    %q = arith.divf %a, %three : f32\n"
              "    %t = arith.cmpf olt, %q, %third : f32\n"
              "    linalg.yield %t : i1\n"
              "  } -> tensor<1xi1>\n"
              "  return %r : tensor<1xi1>\n}\n");
  ASSERT_TRUE(tie.isValid()) << tie.messages;
  tie.set<float>(0, {1});
  for (uint8_t right : {0, 1}) {
    result = tie.checkOne<uint8_t>({0}, right);
    EXPECT_TRUE(result.ok);
    EXPECT_EQ(result.value, 1);
    EXPECT_EQ(result.bound, 1);
  }
  EXPECT_FALSE(tie.checkOne<uint8_t>({0}, 255).ok);
}

TEST(Numerics, Integers) {
  Program program(elementwise("i32",
                              "%s = arith.muli %a, %b : i32\n"
                              "%t = arith.floordivsi %s, %b : i32\n"
                              "%u = arith.shrsi %t, %b : i32\n"
                              "%y = arith.maxsi %u, %b : i32",
                              2));
  ASSERT_TRUE(program.isValid()) << program.messages;
  program.set<int32_t>(0, {-100, 1 << 30});
  program.set<int32_t>(1, {3, 4});
  auto results = program.check<int32_t>(0, {0, 1}, {3, 4});
  EXPECT_TRUE(results[0].ok); // -100 >> 3 = -13
  EXPECT_TRUE(results[1].ok); // 2^32 wraps to 0
  EXPECT_FALSE(program.checkOne<int32_t>({0}, -13).ok);

  Program casts(elementwise("f32", "%i = arith.fptosi %a : f32 to i32\n"
                                   "%u = arith.trunci %i : i32 to i8\n"
                                   "%w = arith.extui %u : i8 to i32\n"
                                   "%y = arith.uitofp %w : i32 to f32"));
  ASSERT_TRUE(casts.isValid()) << casts.messages;
  casts.set<float>(0, {-1.75f});
  casts.set<float>(1, {0});
  EXPECT_TRUE(casts.checkOne<float>({0}, 255).ok);
}
