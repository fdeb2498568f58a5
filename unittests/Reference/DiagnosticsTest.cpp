//===- DiagnosticsTest.cpp - What the reference refuses -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceTest.h"

using namespace kiln::test;
using testing::Test;

static void expectRefused(const std::string &source, const char *part,
                          const char *precision = "f32",
                          const char *entry = "") {
  Program program(source, precision, entry);
  EXPECT_FALSE(program.isValid());
  EXPECT_NE(program.messages.find(part), std::string::npos) << program.messages;
}

static const char *kTwo = "func.func @a(%x: tensor<1xf32>) -> tensor<1xf32> {\n"
                          "  return %x : tensor<1xf32>\n}\n"
                          "func.func @b(%x: tensor<1xf32>) -> tensor<1xf32> {\n"
                          "  return %x : tensor<1xf32>\n}\n";

TEST(Diagnostics, NameThePlaceAndTheOp) {
  expectRefused("func.func @f(%x: tensor<2x3xf32>) -> tensor<4x3xf32> {\n"
                "  %r = tensor.concat dim(0) %x, %x : "
                "(tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>\n"
                "  return %r : tensor<4x3xf32>\n}\n",
                "test.mlir:2:8: 'tensor.concat' op cannot be evaluated");
  expectRefused(elementwise("f32", "%n = math.fpowi %a, %c : f32, i32"),
                "test.mlir:");
  expectRefused("func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {\n"
                "  return %x : tensor<?xf32>\n}\n",
                "test.mlir:1:14: the reference needs static shapes");
  expectRefused("func.func @f(%x: tensor<1xf8E4M3FN>) -> tensor<1xf8E4M3FN> {\n"
                "  return %x : tensor<1xf8E4M3FN>\n}\n",
                "does not know the type");
  expectRefused("func.func @f(", "test.mlir:1:");
}

/// The reference of a function of `arguments` with this body.
static void expectBodyRefused(const std::string &arguments,
                              const std::string &body, const char *part) {
  expectRefused("func.func @f(" + arguments + ") -> tensor<4xf32> {\n" + body +
                    "}\n",
                part);
}

TEST(Diagnostics, WhatIsKnownOnlyWhenTheProgramRuns) {
  const char *x = "%x: tensor<4xf32>, %n: index";
  expectBodyRefused(x,
                    "  %z = arith.constant 0.0 : f32\n"
                    "  %p = tensor.pad %x low[%n] high[0] {\n"
                    "  ^bb0(%i: index):\n    tensor.yield %z : f32\n"
                    "  } : tensor<4xf32> to tensor<4xf32>\n"
                    "  return %p : tensor<4xf32>\n",
                    "'tensor.pad' op has dynamic padding, which the reference "
                    "does not evaluate");
  expectBodyRefused("%x: tensor<8xf32>, %n: index",
                    "  %s = tensor.extract_slice %x[%n] [4] [1] : "
                    "tensor<8xf32> to tensor<4xf32>\n"
                    "  return %s : tensor<4xf32>\n",
                    "'tensor.extract_slice' op has dynamic offsets or strides, "
                    "which the reference does not evaluate");
}

TEST(Diagnostics, FunctionsAndResults) {
  expectBodyRefused("%x: tensor<4xf32>",
                    "  cf.br ^end\n^end:\n  return %x : tensor<4xf32>\n",
                    "'func.func' op must be one block that ends in a return");
  expectRefused("func.func @f(%x: f32) -> f32 {\n  return %x : f32\n}\n",
                "the reference gives tensors, not a 'f32'");
  expectRefused(
      "func.func @f(%x: vector<4xf32>) -> vector<4xf32> {\n"
      "  return %x : vector<4xf32>\n}\n",
      "the reference does not know the type 'vector<4xf32>'; elements "
      "are f16, bf16, f32, f64, i1, i8, i16, i32 or i64");
}

TEST(Diagnostics, Constants) {
  expectBodyRefused("",
                    "  %k = arith.constant dense_resource<gone> : "
                    "tensor<4xf32>\n  return %k : tensor<4xf32>\n",
                    "'arith.constant' op cannot be evaluated by the reference: "
                    "the value is neither dense nor a resource that is "
                    "present");
  expectRefused(
      "func.func @f() -> tensor<4xf32> {\n"
      "  %k = arith.constant dense_resource<short> : tensor<4xf32>\n"
      "  return %k : tensor<4xf32>\n}\n"
      "{-# dialect_resources: { builtin: { short: "
      "\"0x040000000000803F\" } } #-}\n",
      "'arith.constant' op names a resource of 4 bytes where its type "
      "needs 16");
}

TEST(Diagnostics, ResultsOfLoops) {
  auto generic = [](const char *first, const char *second) {
    return std::string("  %e = tensor.empty() : tensor<4x4xf32>\n"
                       "  %r:2 = linalg.generic {indexing_maps = ["
                       "affine_map<(a, b) -> (a, b)>, ") +
           first + ", " + second +
           "], iterator_types = [\"parallel\", \"parallel\"]} ins(%x : "
           "tensor<4x4xf32>) outs(%e, %e : tensor<4x4xf32>, "
           "tensor<4x4xf32>) {\n"
           "  ^bb0(%v: f32, %o: f32, %p: f32):\n"
           "    linalg.yield %v, %v : f32, f32\n"
           "  } -> (tensor<4x4xf32>, tensor<4x4xf32>)\n"
           "  %s = tensor.extract_slice %r#0[0, 0] [1, 4] [1, 1] : "
           "tensor<4x4xf32> to tensor<4xf32>\n  return %s : tensor<4xf32>\n";
  };
  expectBodyRefused(
      "%x: tensor<4x4xf32>",
      generic("affine_map<(a, b) -> (a, b)>", "affine_map<(a, b) -> (b, a)>"),
      "'linalg.generic' op has results with different indexing "
      "maps, which the reference does not evaluate");
}

TEST(Diagnostics, EntryAndPrecision) {
  expectRefused(kTwo, "more than one function");
  expectRefused(kTwo, "there is no function 'c'", "f32", "c");
  expectRefused("module {}", "there is no function with a body");
  expectRefused(kTwo, "unknown precision 'half'", "half", "a");
  EXPECT_TRUE(Program(kTwo, "f32", "b").isValid());
}

TEST(Diagnostics, InputsAndCoordinates) {
  Program program(kTwo, "f32", "a");
  ASSERT_TRUE(program.isValid());
  float actual = 0;
  KilnReferenceResult result;
  int64_t at = 0;
  auto check = [&](size_t output) {
    return kilnReferenceCheck(program.reference, output, &at, 1, &actual,
                              &result, 1);
  };
  EXPECT_EQ(check(0), -1);
  EXPECT_NE(program.messages.find("input 0 has no data"), std::string::npos);
  EXPECT_EQ(program.set<float>(0, {1, 2}), -1);
  EXPECT_NE(program.messages.find("needs 4 bytes, not 8"), std::string::npos);
  EXPECT_EQ(program.set<float>(1, {1}), -1);
  EXPECT_EQ(program.set<float>(0, {1}), 0);
  EXPECT_EQ(check(1), -1);
  EXPECT_NE(program.messages.find("there is no output 1"), std::string::npos);
  at = 1;
  EXPECT_EQ(check(0), -1);
  EXPECT_NE(program.messages.find("coordinate 1 is outside"),
            std::string::npos);
}
