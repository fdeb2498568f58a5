//===- MonotonicityTest.cpp - Which scalar ops keep an order --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Transforms/Monotonicity.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace kiln;

namespace {

class MonotonicityTest : public testing::Test {
protected:
  MonotonicityTest() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        math::MathDialect>();
  }

  /// Matches what `body` computes as %y, where only %x varies; %row does not.
  std::optional<MonotoneStep> match(StringRef body, StringRef type = "f32",
                                    bool approximate = false) {
    std::string source = ("func.func @f(%x: f32, %row: f32) -> " + type +
                          " {\n" + body + "\nreturn %y : " + type + "\n}")
                             .str();
    module = parseSourceString<ModuleOp>(source, &context);
    if (!module) {
      ADD_FAILURE() << source;
      return std::nullopt;
    }
    auto function = *module->getOps<func::FuncOp>().begin();
    x = function.getArgument(0);
    Value y = function.getBody().front().getTerminator()->getOperand(0);
    return matchMonotoneStep(
        y, [&](Value value) { return varies(value); }, approximate);
  }

  bool varies(Value value) {
    Operation *op = value.getDefiningOp();
    return value == x || (op && llvm::any_of(op->getOperands(), [&](Value v) {
                            return varies(v);
                          }));
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  Value x;
};

TEST_F(MonotonicityTest, FactorsGiveTheDirection) {
  auto up =
      match("%c = arith.constant 2.0 : f32\n%y = arith.mulf %x, %c : f32");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->direction, Direction::NonDecreasing);
  EXPECT_EQ(up->variable, x);
  EXPECT_EQ(up->ops.size(), 1u);
  EXPECT_TRUE(up->keepsInfinities);
  auto down =
      match("%c = arith.constant -2.0 : f32\n%y = arith.divf %x, %c : f32");
  ASSERT_TRUE(down);
  EXPECT_EQ(down->direction, Direction::NonIncreasing);
}

// What an addend is made by may have any number of operands.
TEST_F(MonotonicityTest, AddendsOfAnyOp) {
  for (StringRef addend :
       {"arith.constant 0x7F800000 : f32", "math.exp %row : f32",
        "math.fma %row, %row, %row : f32", "arith.mulf %row, %row : f32",
        "arith.bitcast %i : i32 to f32", "arith.minimumf %row, %two : f32",
        "arith.select %l, %row, %two : f32"})
    for (StringRef op : {"arith.addf %x, %c", "arith.subf %c, %x"})
      EXPECT_FALSE(match(("%i = arith.constant 7 : i32\n"
                          "%two = arith.constant 2.0 : f32\n"
                          "%l = arith.cmpf olt, %row, %two : f32\n%c = " +
                          addend + "\n%y = " + op + " : f32")
                             .str()))
          << addend.str();
  for (StringRef clamped :
       {"arith.maximumf %m, %one", "arith.maximumf %one, %m"})
    EXPECT_TRUE(match(("%one = arith.constant 1.0 : f32\n"
                       "%two = arith.constant 2.0 : f32\n"
                       "%m = arith.minimumf %two, %row : f32\n%c = " +
                       clamped + " : f32\n%y = arith.addf %x, %c : f32")
                          .str()))
        << clamped.str();
}

TEST_F(MonotonicityTest, HazardousFactorsAreRefused) {
  for (StringRef factor : {"0.0", "-0.0", "0x7F800000", "0x7FC00000"})
    EXPECT_FALSE(match(("%c = arith.constant " + factor +
                        " : f32\n%y = arith.mulf %x, %c : f32")
                           .str()))
        << factor.str();
  EXPECT_FALSE(match("%y = arith.mulf %x, %row : f32"));
  EXPECT_FALSE(match("%y = arith.mulf %x, %x : f32"));
  EXPECT_FALSE(
      match("%c = arith.constant 2.0 : f32\n%y = arith.divf %c, %x : f32"));
}

TEST_F(MonotonicityTest, AddendsMustBeFinite) {
  auto constant =
      match("%c = arith.constant 2.0 : f32\n%y = arith.subf %c, %x : f32");
  ASSERT_TRUE(constant);
  EXPECT_EQ(constant->direction, Direction::NonIncreasing);
  EXPECT_TRUE(constant->keepsInfinities);
  auto bounded =
      match("%t = math.tanh %row : f32\n%y = arith.addf %x, %t : f32");
  ASSERT_TRUE(bounded);
  // %row may be NaN, which would reach every value.
  EXPECT_FALSE(bounded->keepsInfinities);
  EXPECT_TRUE(match("%a = arith.constant 0.0 : f32\n"
                    "%b = arith.constant 6.0 : f32\n"
                    "%c = arith.maximumf %row, %a : f32\n"
                    "%d = arith.minimumf %c, %b : f32\n"
                    "%y = arith.addf %x, %d : f32"));
  EXPECT_FALSE(match("%a = arith.constant 0.0 : f32\n"
                     "%c = arith.maximumf %row, %a : f32\n"
                     "%y = arith.addf %x, %c : f32"));
  EXPECT_FALSE(match("%y = arith.addf %x, %row : f32"));
}

TEST_F(MonotonicityTest, SelectsThatAreMaxima) {
  auto relu = [&](StringRef compare, StringRef select,
                  StringRef bound = "0.0") {
    return match(("%c = arith.constant " + bound + " : f32\n%p = arith.cmpf " +
                  compare + " : f32\n%y = arith.select %p, " + select +
                  " : f32")
                     .str())
        .has_value();
  };
  EXPECT_TRUE(relu("ugt, %x, %c", "%x, %c"));
  EXPECT_TRUE(relu("ult, %c, %x", "%x, %c"));
  EXPECT_TRUE(relu("ole, %x, %c", "%c, %x"));
  EXPECT_TRUE(relu("olt, %x, %c", "%c, %x", "1.0"));
  // NaN takes the bound.
  EXPECT_FALSE(relu("ogt, %x, %c", "%x, %c"));
  EXPECT_FALSE(relu("ult, %x, %c", "%c, %x"));
  // -0 passes beside a bound of +0.
  EXPECT_FALSE(relu("uge, %x, %c", "%x, %c"));
  EXPECT_FALSE(relu("olt, %x, %c", "%c, %x"));
  EXPECT_FALSE(relu("une, %x, %c", "%x, %c"));
}

TEST_F(MonotonicityTest, ClampsDoNotKeepInfinities) {
  auto clamp =
      match("%c = arith.constant 2.0 : f32\n%y = arith.minimumf %x, %c : f32");
  ASSERT_TRUE(clamp);
  EXPECT_FALSE(clamp->keepsInfinities);
  // maxnumf maps NaN to the bound.
  EXPECT_FALSE(
      match("%c = arith.constant 2.0 : f32\n%y = arith.maxnumf %x, %c : f32"));
}

// As in a sigmoid; below zero a reciprocal jumps.
TEST_F(MonotonicityTest, ReciprocalsOfWhatIsPositive) {
  auto divide = [&](StringRef term, StringRef numerator = "1.0") {
    return match(("%c = arith.constant 1.0 : f32\n%n = arith.constant " +
                  numerator + " : f32\n%t = " + term +
                  " : f32\n%s = arith.addf %c, %t : f32\n"
                  "%y = arith.divf %n, %s : f32")
                     .str());
  };
  auto down = divide("math.exp %x");
  ASSERT_TRUE(down);
  EXPECT_EQ(down->direction, Direction::NonIncreasing);
  EXPECT_FALSE(down->keepsInfinities);
  auto up = divide("math.exp %x", "-2.0");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->direction, Direction::NonDecreasing);
  EXPECT_FALSE(divide("math.exp %x", "0.0"));
  EXPECT_FALSE(divide("math.tanh %x"));
}

TEST_F(MonotonicityTest, Approximations) {
  for (StringRef function : {"exp", "exp2", "expm1", "tanh", "erf"}) {
    std::string body = ("%y = math." + function + " %x : f32").str();
    EXPECT_FALSE(match(body)) << body;
    EXPECT_TRUE(match(body, "f32", /*approximate=*/true)) << body;
  }
  // NaN of what is no NaN, and no function of one direction.
  for (StringRef function : {"log", "sqrt", "sin", "absf"})
    EXPECT_FALSE(match(("%y = math." + function + " %x : f32").str(), "f32",
                       /*approximate=*/true));
}

TEST_F(MonotonicityTest, Roundings) {
  EXPECT_TRUE(match("%y = math.floor %x : f32"));
  EXPECT_TRUE(match("%y = arith.truncf %x : f32 to f16", "f16"));
  EXPECT_TRUE(match("%y = arith.negf %x : f32"));
  // Overflow to a type without infinity is NaN.
  EXPECT_FALSE(match("%y = arith.truncf %x : f32 to f8E4M3FN", "f8E4M3FN"));
  EXPECT_FALSE(match("%y = math.exp %x : f32"));
  EXPECT_FALSE(match("%y = math.absf %x : f32"));
}

} // namespace
