//===- CombinerFoldTest.cpp - Combined parts against the body in order ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Small sequences with ties, NaN and zeros of both signs, reduced by the body
// in the source's order and as every split into two parts whose partial results
// are combined. Both are interpreted by folding.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/Combiner.h"

#include <random>

using namespace mlir;
using namespace kiln;

namespace {

/// What a spelling does not promise.
struct Loose {
  bool zeroSign = false;   ///< which of two zeros of different sign
  bool indexOfNaN = false; ///< the index beside a value that is NaN
};

struct Spelling {
  const char *name;
  /// Of the element %a at the index %i and of what is there, %m and %n, it
  /// makes %r, and %q where there is an index.
  const char *body;
  double start;
  Loose loose = {};
  bool onlyFinite = false; ///< rounds: short sums of small integers do not
};

using Attributes = SmallVector<Attribute>;

class CombinerFoldTest : public AnalysisTest {
protected:
  /// The reduction over columns of a body; `index` is the type of the index or
  /// empty.
  linalg::LinalgOp makeReduction(const std::string &body,
                                 const std::string &index) {
    bool pair = !index.empty();
    std::string map = "affine_map<(d0, d1) -> (d0)>";
    std::string types =
        "tensor<4xf32>" + (pair ? ", tensor<4x" + index + ">" : std::string());
    return getOp(
        parse("func.func @f(%x: tensor<4x8xf32>, %v: tensor<4xf32>, %w: "
              "tensor<4xi32>, %y: tensor<4xi64>) {\n" +
              std::string(pair ? "%s:2" : "%s") +
              " = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, "
              "d1)>, " +
              map + (pair ? ", " + map : "") +
              "], iterator_types = [\"parallel\", \"reduction\"]} ins(%x : "
              "tensor<4x8xf32>) outs(%v" +
              (!pair            ? ""
               : index == "i32" ? ", %w"
                                : ", %y") +
              " : " + types + ") {\n^bb0(%a: f32, %m: f32" +
              (pair ? ", %n: " + index : "") + "):\n" +
              (pair ? "%p = linalg.index 1 : index\n%i = arith.index_cast %p : "
                      "index to " +
                          index + "\n"
                    : "") +
              body + "\nlinalg.yield %r" + (pair ? ", %q" : "") + " : f32" +
              (pair ? ", " + index : "") + "\n} -> (" + types + ")\nreturn\n}"),
        0);
  }

  using Known = DenseMap<Value, Attribute>;

  /// What `op` gives of known operands.
  static void interpret(Operation &op, Known &known) {
    Attributes operands;
    for (Value operand : op.getOperands())
      operands.push_back(known.lookup(operand));
    if (isa<arith::SelectOp>(op)) {
      bool first = !cast<IntegerAttr>(operands[0]).getValue().isZero();
      known[op.getResult(0)] = operands[first ? 1 : 2];
      return;
    }
    SmallVector<OpFoldResult> made;
    ASSERT_TRUE(succeeded(op.fold(operands, made)) && made.size() == 1)
        << describe(operands) << " of " << op.getName().getStringRef().str();
    auto attr = dyn_cast<Attribute>(made.front());
    known[op.getResult(0)] =
        attr ? attr : known.lookup(cast<Value>(made.front()));
    ASSERT_TRUE(known[op.getResult(0)]);
  }

  /// The body's values for an element, its position and what is there so far.
  static Known run(linalg::LinalgOp op, Attribute element, int64_t position,
                   ArrayRef<Attribute> soFar) {
    Known known;
    Block *body = op.getBlock();
    known[body->getArgument(0)] = element;
    for (auto [argument, value] :
         llvm::zip_equal(op.getRegionOutputArgs(), soFar))
      known[argument] = value;
    for (Operation &inner : body->without_terminator()) {
      if (isa<linalg::IndexOp>(inner))
        known[inner.getResult(0)] =
            IntegerAttr::get(IndexType::get(op.getContext()), position);
      else
        interpret(inner, known);
    }
    return known;
  }
  static Attributes lookup(const Known &known, ValueRange values) {
    return llvm::map_to_vector(
        values, [&](Value value) { return known.lookup(value); });
  }

  /// Two partial results by what the combiner builds: `combine` or `append`.
  template <typename Build>
  Attributes join(ArrayRef<Attribute> left, ArrayRef<Attribute> right,
                  Build build) {
    OpBuilder builder(&context);
    Location loc = builder.getUnknownLoc();
    OwningOpRef<ModuleOp> scratch = ModuleOp::create(loc);
    builder.setInsertionPointToStart(scratch->getBody());
    auto constants = [&](ArrayRef<Attribute> attrs) {
      return llvm::map_to_vector(attrs, [&](Attribute attr) -> Value {
        return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(attr));
      });
    };
    SmallVector<Value> l = constants(left), r = constants(right);
    SmallVector<Value> results = build(builder, loc, l, r);
    Known known;
    for (Operation &op : *scratch->getBody())
      interpret(op, known);
    return lookup(known, results);
  }

  bool agree(ArrayRef<Attribute> expected, ArrayRef<Attribute> actual,
             const Loose &loose) {
    APFloat e = cast<FloatAttr>(expected[0]).getValue(),
            a = cast<FloatAttr>(actual[0]).getValue();
    bool value = (e.isNaN() && a.isNaN()) || e.bitwiseIsEqual(a) ||
                 (loose.zeroSign && e.isZero() && a.isZero());
    bool index = expected.size() == 1 || expected[1] == actual[1] ||
                 (loose.indexOfNaN && e.isNaN());
    return value && index;
  }

  static std::string describe(ArrayRef<Attribute> values) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::interleaveComma(values, stream);
    return text;
  }

  void checkSplits(const Spelling &spelling, const std::string &index) {
    SCOPED_TRACE(spelling.name);
    linalg::LinalgOp op = makeReduction(spelling.body, index);
    std::optional<Combiner> combiner = Combiner::match(op);
    ASSERT_TRUE(combiner);
    ValueRange yields = op.getBlock()->getTerminator()->getOperands();
    auto combine = [&](ArrayRef<Attribute> left, ArrayRef<Attribute> right) {
      return join(left, right, [&](auto &b, auto loc, auto &l, auto &r) {
        return combiner->combine(b, loc, l, r);
      });
    };
    auto real = [&](double value) -> Attribute {
      return FloatAttr::get(Float32Type::get(&context), value);
    };
    Attributes neutral(combiner->getNeutral());
    Attributes start{real(spelling.start)};
    if (!index.empty())
      start.push_back(
          IntegerAttr::get(cast<TypedAttr>(neutral[1]).getType(), 0));

    std::mt19937 random(7);
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    constexpr int kLength = 5;
    for (int sequence = 0; sequence < 24; ++sequence) {
      // Every third sequence has no NaN, so that others decide.
      bool hasNaN = !spelling.onlyFinite && sequence % 3 != 0;
      SmallVector<double> choices{0.0, -0.0, 1.0, -1.0, 2.0};
      if (hasNaN)
        choices.push_back(kNaN);
      Attributes elements;
      for (int i = 0; i < kLength; ++i)
        elements.push_back(real(choices[random() % choices.size()]));

      Attributes expected = start;
      SmallVector<Attributes> combined;
      for (auto [position, element] : llvm::enumerate(elements)) {
        Known known = run(op, element, position, expected);
        combined.push_back(lookup(known, combiner->getCombined()));
        expected = lookup(known, yields);
      }
      for (unsigned split = 0; split < 1u << kLength; ++split) {
        Attributes parts[2] = {neutral, neutral};
        for (int i = 0; i < kLength; ++i) {
          Attributes &part = parts[split >> i & 1];
          part = combine(part, combined[i]);
        }
        Attributes total = combine(parts[0], parts[1]);
        Attributes actual =
            join(start, total, [&](auto &b, auto loc, auto &l, auto &r) {
              return combiner->append(b, loc, l, r);
            });
        ASSERT_TRUE(agree(expected, actual, spelling.loose))
            << "of " << describe(elements) << " split as " << split
            << ": in order " << describe(expected) << ", combined "
            << describe(actual);
      }
    }
  }
};

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr Loose kZeros{/*zeroSign=*/true};

TEST_F(CombinerFoldTest, Values) {
  const Spelling spellings[] = {
      {"sum", "%r = arith.addf %a, %m : f32", 1.0, kZeros},
      {"sum of squares",
       "%0 = arith.mulf %a, %a : f32\n%r = arith.addf %m, %0 : f32", 0.0},
      {"product", "%r = arith.mulf %m, %a : f32", 1.0},
      {"minimumf", "%r = arith.minimumf %a, %m : f32", kInf},
      {"maximumf", "%r = arith.maximumf %m, %a : f32", -kInf},
      {"minnumf", "%r = arith.minnumf %a, %m : f32", kInf, kZeros},
      {"maxnumf from a value", "%r = arith.maxnumf %a, %m : f32", 0.5, kZeros},
      {"olt",
       "%c = arith.cmpf olt, %a, %m : f32\n%r = arith.select %c, %a, %m : f32",
       kInf, kZeros},
      {"ole",
       "%c = arith.cmpf ole, %a, %m : f32\n%r = arith.select %c, %a, %m : f32",
       kInf, kZeros},
      {"ogt of the accumulator",
       "%c = arith.cmpf ogt, %m, %a : f32\n%r = arith.select %c, %a, %m : f32",
       0.5, kZeros},
      {"oge",
       "%c = arith.cmpf oge, %a, %m : f32\n%r = arith.select %c, %a, %m : f32",
       -kInf, kZeros},
      {"uge that keeps",
       "%c = arith.cmpf uge, %a, %m : f32\n%r = arith.select %c, %m, %a : f32",
       kInf, kZeros},
      {"NaN is taken and stays",
       "%l = arith.cmpf olt, %a, %m : f32\n%u = arith.cmpf uno, %a, %a : f32\n"
       "%c = arith.ori %l, %u : i1\n%r = arith.select %c, %a, %m : f32",
       kInf, kZeros},
  };
  for (const Spelling &spelling : spellings)
    checkSplits(spelling, "");
}

const Spelling kPairs[] = {
    {"first least",
     "%c = arith.cmpf olt, %a, %m : f32\n%r = arith.select %c, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     kInf, kZeros},
    {"last least",
     "%c = arith.cmpf ole, %a, %m : f32\n%r = arith.select %c, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     kInf, kZeros},
    {"first greatest",
     "%c = arith.cmpf ogt, %a, %m : f32\n%r = arith.select %c, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     -kInf, kZeros},
    {"last greatest",
     "%c = arith.cmpf oge, %a, %m : f32\n%r = arith.select %c, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     -kInf, kZeros},
    {"the accumulator first",
     "%c = arith.cmpf ogt, %m, %a : f32\n%r = arith.select %c, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     0.5, kZeros},
    {"torch's minimum",
     "%r = arith.minimumf %a, %m : f32\n%c = arith.cmpf olt, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     kInf,
     {/*zeroSign=*/false, /*indexOfNaN=*/true}},
    {"torch's maximum",
     "%r = arith.maximumf %a, %m : f32\n%c = arith.cmpf ogt, %a, %m : f32\n"
     "%q = arith.select %c, %i, %n : INDEX",
     -kInf,
     {/*zeroSign=*/false, /*indexOfNaN=*/true}},
    {"jax's argmin: what is there stays where it is less or NaN",
     "%l = arith.cmpf olt, %m, %a : f32\n%u = arith.cmpf une, %m, %m : f32\n"
     "%c = arith.ori %l, %u : i1\n%r = arith.select %c, %m, %a : f32\n"
     "%e = arith.cmpf oeq, %m, %a : f32\n%s = arith.cmpi slt, %n, %i : INDEX\n"
     "%t = arith.andi %e, %s : i1\n%d = arith.ori %c, %t : i1\n"
     "%q = arith.select %d, %n, %i : INDEX",
     kInf, kZeros},
};

TEST_F(CombinerFoldTest, ValuesWithIndices) {
  for (std::string index : {"i32", "i64"})
    for (Spelling spelling : kPairs) {
      std::string body = spelling.body;
      for (size_t at; (at = body.find("INDEX")) != std::string::npos;)
        body.replace(at, 5, index);
      spelling.body = body.c_str();
      checkSplits(spelling, index);
    }
}

} // namespace
