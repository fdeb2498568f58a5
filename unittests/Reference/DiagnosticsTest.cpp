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
