//===- CombinerTest.cpp - How reductions combine partial results ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/Combiner.h"

using namespace mlir;
using namespace kiln;

namespace {

class CombinerTest : public AnalysisTest {
protected:
  /// A reduction over columns of %x whose body, of an element %a and what is
  /// there so far, yields one value %r.
  std::optional<Combiner> matchValue(const std::string &body) {
    return Combiner::match(getOp(
        parse("func.func @f(%x: tensor<4x8xf32>, %v: tensor<4xf32>) {\n%s = "
              "linalg.generic {indexing_maps = [" +
              kMaps +
              "], iterator_types = [\"parallel\", \"reduction\"]} ins(%x : "
              "tensor<4x8xf32>) outs(%v : tensor<4xf32>) {\n^bb0(%a: f32, %m: "
              "f32):\n" +
              body + "\nlinalg.yield %r : f32\n} -> tensor<4xf32>\nreturn\n}"),
        0));
  }

  /// The same of a value and its index: %i is the element's, %n the index so
  /// far, and the results are %r and %q.
  std::optional<Combiner>
  matchPair(const std::string &body,
            const std::string &index = "%p = linalg.index 1 : index\n%i = "
                                       "arith.index_cast %p : index to i32\n") {
    return Combiner::match(getOp(
        parse("func.func @f(%x: tensor<4x8xf32>, %v: tensor<4xf32>, %w: "
              "tensor<4xi32>) {\n%s:2 = linalg.generic {indexing_maps = [" +
              kMaps +
              ", affine_map<(d0, d1) -> (d0)>], iterator_types = "
              "[\"parallel\", \"reduction\"]} ins(%x : tensor<4x8xf32>) "
              "outs(%v, %w : tensor<4xf32>, tensor<4xi32>) {\n^bb0(%a: f32, "
              "%m: f32, %n: i32):\n" +
              index + body +
              "\nlinalg.yield %r, %q : f32, i32\n} -> (tensor<4xf32>, "
              "tensor<4xi32>)\nreturn\n}"),
        0));
  }

  /// The combining body of a pair, at constants; empty where it does not fold.
  std::pair<double, int64_t> combine(const Combiner &combiner,
                                     std::pair<double, int64_t> left,
                                     std::pair<double, int64_t> right) {
    OpBuilder builder(&context);
    OwningOpRef<ModuleOp> scratch = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToStart(scratch->getBody());
    Location loc = builder.getUnknownLoc();
    auto constants = [&](std::pair<double, int64_t> pair) {
      SmallVector<Value> values;
      values.push_back(arith::ConstantOp::create(
          builder, loc, builder.getF32FloatAttr(pair.first)));
      values.push_back(
          arith::ConstantIntOp::create(builder, loc, pair.second, 32));
      return values;
    };
    SmallVector<Value> results =
        combiner.combine(builder, loc, constants(left), constants(right));
    std::pair<double, int64_t> folded{-1, -1};
    // Ops are folded in order, each from constants.
    DenseMap<Value, Attribute> known;
    for (Operation &op : *scratch->getBody()) {
      SmallVector<Attribute> operands;
      for (Value operand : op.getOperands())
        operands.push_back(known.lookup(operand));
      if (isa<arith::SelectOp>(op)) {
        known[op.getResult(0)] =
            operands[cast<IntegerAttr>(operands[0]).getValue().isZero() ? 2
                                                                        : 1];
        continue;
      }
      SmallVector<OpFoldResult> made;
      EXPECT_TRUE(succeeded(op.fold(operands, made)));
      if (made.empty())
        continue;
      if (auto attr = dyn_cast<Attribute>(made.front()))
        known[op.getResult(0)] = attr;
      else
        known[op.getResult(0)] = known.lookup(cast<Value>(made.front()));
    }
    folded.first = cast<FloatAttr>(known.lookup(results[0])).getValueAsDouble();
    folded.second = cast<IntegerAttr>(known.lookup(results[1])).getInt();
    return folded;
  }

  static inline const std::string kMaps =
      "affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>";
};

TEST_F(CombinerTest, OneOperation) {
  auto sum = matchValue("%r = arith.addf %a, %m : f32");
  ASSERT_TRUE(sum);
  EXPECT_EQ(cast<FloatAttr>(sum->getNeutral()[0]).getValueAsDouble(), 0);
  auto squares =
      matchValue("%0 = arith.mulf %a, %a : f32\n%r = arith.addf %m, %0 : f32");
  ASSERT_TRUE(squares);
  EXPECT_TRUE(squares->getCombined()[0].getDefiningOp<arith::MulFOp>());
  auto maximum = matchValue("%r = arith.maximumf %m, %a : f32");
  ASSERT_TRUE(maximum);
  EXPECT_TRUE(
      cast<FloatAttr>(maximum->getNeutral()[0]).getValue().isInfinity());
}

// A difference depends on the order, and two operations in turn have no
// neutral element.
TEST_F(CombinerTest, RefusesOrder) {
  EXPECT_FALSE(matchValue("%r = arith.subf %m, %a : f32"));
  EXPECT_FALSE(
      matchValue("%0 = arith.addf %m, %a : f32\n%r = arith.mulf %0, %a : f32"));
  EXPECT_FALSE(matchValue("%r = arith.addf %m, %m : f32"));
  EXPECT_FALSE(matchValue("%0 = arith.mulf %m, %a : f32\n%r = arith.addf %m, "
                          "%0 : f32"));
}

// A minimum in any spelling; but not one that a NaN enters and leaves again,
// since then the last NaN would decide.
TEST_F(CombinerTest, CompareAndSelect) {
  for (const char *condition : {"olt, %a, %m", "ogt, %m, %a", "ole, %a, %m"}) {
    auto minimum = matchValue("%c = arith.cmpf " + std::string(condition) +
                              " : f32\n%r = arith.select %c, %a, %m : f32");
    ASSERT_TRUE(minimum) << condition;
    APFloat neutral = cast<FloatAttr>(minimum->getNeutral()[0]).getValue();
    EXPECT_TRUE(neutral.isInfinity() && !neutral.isNegative()) << condition;
  }
  EXPECT_FALSE(matchValue("%c = arith.cmpf ult, %a, %m : f32\n%r = "
                          "arith.select %c, %a, %m : f32"));
  EXPECT_FALSE(matchValue("%c = arith.cmpf ole, %m, %a : f32\n%r = "
                          "arith.select %c, %m, %a : f32"));
}

// The first of equals keeps its index, whichever partial result comes first.
TEST_F(CombinerTest, FirstOfEquals) {
  auto argmin = matchPair("%c = arith.cmpf olt, %a, %m : f32\n%r = "
                          "arith.select %c, %a, %m : f32\n%q = arith.select "
                          "%c, %i, %n : i32");
  ASSERT_TRUE(argmin);
  using Pair = std::pair<double, int64_t>;
  EXPECT_EQ(combine(*argmin, {1, 3}, {2, 1}), Pair(1, 3));
  EXPECT_EQ(combine(*argmin, {2, 1}, {1, 3}), Pair(1, 3));
  EXPECT_EQ(combine(*argmin, {1, 3}, {1, 5}), Pair(1, 3));
  EXPECT_EQ(combine(*argmin, {1, 5}, {1, 3}), Pair(1, 3));
  EXPECT_EQ(cast<IntegerAttr>(argmin->getNeutral()[1]).getInt(), INT32_MAX);
}

TEST_F(CombinerTest, LastOfEquals) {
  auto argmax = matchPair("%c = arith.cmpf oge, %a, %m : f32\n%r = "
                          "arith.select %c, %a, %m : f32\n%q = arith.select "
                          "%c, %i, %n : i32");
  ASSERT_TRUE(argmax);
  using Pair = std::pair<double, int64_t>;
  EXPECT_EQ(combine(*argmax, {1, 3}, {2, 1}), Pair(2, 1));
  EXPECT_EQ(combine(*argmax, {2, 3}, {2, 5}), Pair(2, 5));
  EXPECT_EQ(combine(*argmax, {2, 5}, {2, 3}), Pair(2, 5));
}

// An index of unknown order, here one that falls: only a body that compares
// indices combines in any order.
TEST_F(CombinerTest, IndexOfUnknownOrder) {
  const std::string falls =
      "%p = linalg.index 1 : index\n%g = arith.index_cast %p : index to i32\n"
      "%h = arith.constant 100 : i32\n%i = arith.subi %h, %g : i32\n";
  EXPECT_FALSE(matchPair("%c = arith.cmpf olt, %a, %m : f32\n%r = "
                         "arith.select %c, %a, %m : f32\n%q = arith.select "
                         "%c, %i, %n : i32",
                         falls));
  auto compared = matchPair(
      "%l = arith.cmpf olt, %a, %m : f32\n%e = arith.cmpf oeq, %a, %m : f32\n"
      "%s = arith.cmpi slt, %i, %n : i32\n%t = arith.andi %e, %s : i1\n%c = "
      "arith.ori %l, %t : i1\n%r = arith.select %c, %a, %m : f32\n%q = "
      "arith.select %c, %i, %n : i32",
      falls);
  ASSERT_TRUE(compared);
  using Pair = std::pair<double, int64_t>;
  EXPECT_EQ(combine(*compared, {1, 5}, {1, 3}), Pair(1, 3));
  EXPECT_EQ(combine(*compared, {1, 3}, {1, 5}), Pair(1, 3));
}

// A cast of an index that something else is mixed into need not grow.
TEST_F(CombinerTest, IndexOfAnotherOrder) {
  const std::string argmin =
      "%c = arith.cmpf olt, %a, %m : f32\n%r = arith.select %c, %a, %m : "
      "f32\n%q = arith.select %c, %i, %n : i32";
  EXPECT_FALSE(matchPair(
      argmin, "%p = linalg.index 1 : index\n%h = arith.constant -2 : index\n%g "
              "= arith.muli %p, %h : index\n%f = arith.addi %p, %g : index\n%i "
              "= arith.index_cast %f : index to i32\n"));
  EXPECT_FALSE(matchPair(
      argmin,
      "%p = linalg.index 1 : index\n%f = arith.index_cast %p : index to "
      "i32\n%z = arith.constant 0.0 : f32\n%b = arith.cmpf olt, %a, %z "
      ": f32\n%h = arith.constant 0 : i32\n%i = arith.select %b, %f, "
      "%h : i32\n"));
}

// An index from the op that an operand comes from, as tiling leaves it.
TEST_F(CombinerTest, IndexOfAnOperand) {
  auto match = [&](const std::string &map) {
    return Combiner::match(getOp(
        parse("func.func @f(%x: tensor<8x8xf32>, %v: tensor<8xf32>, %w: "
              "tensor<8xi32>, %e: tensor<8x8xi32>) {\n%k = linalg.generic "
              "{indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], "
              "iterator_types = [\"parallel\", \"parallel\"]} outs(%e : "
              "tensor<8x8xi32>) {\n^bb0(%o: i32):\n%p = linalg.index 1 : "
              "index\n%i = arith.index_cast %p : index to i32\nlinalg.yield "
              "%i : i32\n} -> tensor<8x8xi32>\n%s:2 = linalg.generic "
              "{indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, " +
              map +
              ", affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], "
              "iterator_types = [\"parallel\", \"reduction\"]} ins(%x, %k : "
              "tensor<8x8xf32>, tensor<8x8xi32>) outs(%v, %w : "
              "tensor<8xf32>, tensor<8xi32>) {\n^bb0(%a: f32, %i: i32, %m: "
              "f32, %n: i32):\n%c = arith.cmpf olt, %a, %m : f32\n%r = "
              "arith.select %c, %a, %m : f32\n%q = arith.select %c, %i, %n : "
              "i32\nlinalg.yield %r, %q : f32, i32\n} -> (tensor<8xf32>, "
              "tensor<8xi32>)\nreturn\n}"),
        1));
  };
  EXPECT_TRUE(match("affine_map<(d0, d1) -> (d0, d1)>"));
  // Read along rows it is the same for all columns.
  EXPECT_FALSE(match("affine_map<(d0, d1) -> (d1, d0)>"));
}

// The second result needs the first: partial sums have other maxima.
TEST_F(CombinerTest, RefusesDependentResults) {
  EXPECT_FALSE(Combiner::match(getOp(
      parse("func.func @f(%x: tensor<4x8xf32>, %v: tensor<4xf32>) {\n%s:2 = "
            "linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, "
            "d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> "
            "(d0)>], iterator_types = [\"parallel\", \"reduction\"]} ins(%x : "
            "tensor<4x8xf32>) outs(%v, %v : tensor<4xf32>, tensor<4xf32>) "
            "{\n^bb0(%a: f32, %m: f32, %n: f32):\n%0 = arith.addf %a, %m : "
            "f32\n%1 = arith.maximumf %0, %n : f32\nlinalg.yield %0, %1 : f32, "
            "f32\n} -> (tensor<4xf32>, tensor<4xf32>)\nreturn\n}"),
      0)));
}

} // namespace
