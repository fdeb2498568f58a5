//===- KernelSpaceTest.cpp - Axes of kernels ------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/KernelSpace.h"

using namespace mlir;
using namespace kiln;

namespace {

constexpr int kUnit = KernelSpace::kUnit;
using Axes = SmallVector<int>;

class KernelSpaceTest : public AnalysisTest {
protected:
  /// The space of a function's body and of what it returns; the function is
  /// given by its arguments and its ops.
  KernelSpace analyze(const std::string &arguments, const std::string &ops,
                      const std::string &results, const std::string &types,
                      bool aroundContraction = true) {
    Block &body = parseFunction(arguments, ops, results, types);
    values = SmallVector<Value>(body.getTerminator()->getOperands());
    FailureOr<KernelSpace> space =
        KernelSpace::analyze(body, values, aroundContraction);
    EXPECT_TRUE(succeeded(space));
    return succeeded(space) ? *space : KernelSpace();
  }

  /// What the analysis says about a body that is no kernel.
  std::string refuse(const std::string &arguments, const std::string &ops,
                     const std::string &results, const std::string &types) {
    Block &body = parseFunction(arguments, ops, results, types);
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    EXPECT_TRUE(failed(
        KernelSpace::analyze(body, body.getTerminator()->getOperands())));
    return message;
  }

  static Axes loops(const KernelSpace &space, Block &body, int op) {
    return space.getLoopAxes(getOp(body, op));
  }
  Block &body() {
    return (*module->getOps<func::FuncOp>().begin()).getBody().front();
  }
  Value op(int index, int result = 0) {
    return getOp(body(), index)->getResult(result);
  }

  SmallVector<Value> values;

private:
  Block &parseFunction(const std::string &arguments, const std::string &ops,
                       const std::string &results, const std::string &types) {
    return parse("#id = affine_map<(d0, d1) -> (d0, d1)>\n"
                 "#swap = affine_map<(d0, d1) -> (d1, d0)>\n"
                 "#row = affine_map<(d0, d1) -> (d0)>\n"
                 "#column = affine_map<(d0, d1) -> (d1)>\n"
                 "func.func @f(" +
                 arguments + ") -> (" + types + ") {\n" + ops + "\nreturn " +
                 results + " : " + types + "\n}");
  }
};

const std::string kRowSum =
    "%s = linalg.reduce { arith.addf } ins(%x : tensor<8x8xf32>) outs(%v : "
    "tensor<8xf32>) dimensions = [1]\n";
const std::string kSquare = "%x: tensor<8x8xf32>, %v: tensor<8xf32>";
/// An op of two inputs with these maps on an 8x8 result.
std::string combine(const std::string &name, const std::string &left,
                    const std::string &right, const std::string &maps,
                    const std::string &types) {
  return "%" + name + " = linalg.generic {indexing_maps = [" + maps +
         ", #id], iterator_types = [\"parallel\", \"parallel\"]} ins(%" + left +
         ", %" + right + " : " + types +
         ") outs(%x : tensor<8x8xf32>) {\n^bb0(%i: f32, %j: f32, %k: f32):\n"
         "%0 = arith.addf %i, %j : f32\nlinalg.yield %0 : f32\n} -> "
         "tensor<8x8xf32>\n";
}

// Work on arguments has no positions of its own: the axes are the result's, and
// rows are not columns although they are of one tensor.
TEST_F(KernelSpaceTest, ElementwiseOfArguments) {
  KernelSpace space = analyze(
      kSquare,
      combine("r", "x", "x", "#id, #swap", "tensor<8x8xf32>, tensor<8x8xf32>"),
      "%r", "tensor<8x8xf32>");
  EXPECT_FALSE(space.getContraction());
  EXPECT_FALSE(space.isAnchored(getOp(body(), 0)));
  EXPECT_TRUE(space.getLoopAxes(getOp(body(), 0)).empty());
  EXPECT_EQ(space.getAxes(values[0]), (Axes{0, 1}));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0, 1}));
  EXPECT_EQ(space.getAxis(0).extent, 8);
}

// X times its transpose has two row axes, although both operands are X.
TEST_F(KernelSpaceTest, ProductWithItsTranspose) {
  std::string product =
      "%r = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, "
      "affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>], "
      "iterator_types = [\"parallel\", \"parallel\", \"reduction\"]} "
      "ins(%x, %x : tensor<8x8xi32>, tensor<8x8xi32>) outs(%x : "
      "tensor<8x8xi32>) {\n^bb0(%i: i32, %j: i32, %k: i32):\n%0 = arith.muli "
      "%i, %j : i32\n%1 = arith.addi %k, %0 : i32\nlinalg.yield %1 : i32\n} -> "
      "tensor<8x8xi32>\n";
  KernelSpace space =
      analyze("%x: tensor<8x8xi32>", product, "%r", "tensor<8x8xi32>");
  EXPECT_FALSE(space.getContraction()); // no instruction multiplies integers
  EXPECT_EQ(loops(space, body(), 0), (Axes{0, 1, 2}));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0, 1}));
  EXPECT_TRUE(space.getAxis(2).reduced);
  EXPECT_FALSE(space.getAxis(0).reduced);
}

// The same of a type that an instruction multiplies: its summed loop is an axis
// only where it does not lead.
TEST_F(KernelSpaceTest, ProductThatLeadsOrNot) {
  std::string product =
      "%r = linalg.matmul ins(%x, %x : tensor<8x8xf32>, tensor<8x8xf32>) "
      "outs(%x : tensor<8x8xf32>) -> tensor<8x8xf32>\n";
  KernelSpace leads = analyze(kSquare, product, "%r", "tensor<8x8xf32>");
  ASSERT_TRUE(leads.getContraction());
  EXPECT_EQ(leads.getAllAxes().size(), 2u);
  EXPECT_EQ(leads.getAxis(leads.getChannelAxis()).name, "channel");
  KernelSpace other = analyze(kSquare, product, "%r", "tensor<8x8xf32>",
                              /*aroundContraction=*/false);
  EXPECT_FALSE(other.getContraction());
  EXPECT_EQ(other.getChannelAxis(), kUnit);
  EXPECT_EQ(other.getAllAxes().size(), 3u);
}

// Two reductions of one argument have nothing in common until a value that both
// flow into joins what they keep.
TEST_F(KernelSpaceTest, JoinsThroughProducedValues) {
  std::string both =
      kRowSum +
      "%m = linalg.reduce { arith.maximumf } ins(%x : tensor<8x8xf32>) outs(%v "
      ": tensor<8xf32>) dimensions = [1]\n";
  KernelSpace apart =
      analyze(kSquare, both, "%s, %m", "tensor<8xf32>, tensor<8xf32>");
  EXPECT_EQ(loops(apart, body(), 0), (Axes{0, 1}));
  EXPECT_EQ(loops(apart, body(), 1), (Axes{2, 3}));
  EXPECT_TRUE(apart.getBlockAxes(values).empty());

  KernelSpace joined = analyze(
      kSquare,
      both + "%r = linalg.add ins(%s, %m : tensor<8xf32>, tensor<8xf32>) "
             "outs(%v : tensor<8xf32>) -> tensor<8xf32>\n",
      "%r", "tensor<8xf32>");
  EXPECT_EQ(loops(joined, body(), 0), (Axes{0, 1}));
  EXPECT_EQ(loops(joined, body(), 1), (Axes{0, 3}));
  EXPECT_EQ(loops(joined, body(), 2), (Axes{0}));
  EXPECT_EQ(joined.getAllAxes(), (Axes{0, 1, 3}));
  EXPECT_EQ(joined.getBlockAxes(values), (Axes{0}));
}

// Values of different extents do not meet; neither do a row and a column.
TEST_F(KernelSpaceTest, RefusesDifferentPositions) {
  std::string anchored = kRowSum + combine("p", "x", "s", "#id, #row",
                                           "tensor<8x8xf32>, tensor<8xf32>");
  EXPECT_NE(refuse(kSquare,
                   anchored + combine("r", "p", "p", "#id, #swap",
                                      "tensor<8x8xf32>, tensor<8x8xf32>"),
                   "%r", "tensor<8x8xf32>")
                .find("combines values of the kernel from different positions"),
            std::string::npos);
}

// Softmax: the row, the column of the maximum, and the column that both the sum
// and the result walk. Blocks lie along rows.
TEST_F(KernelSpaceTest, SoftmaxChain) {
  std::string ops =
      "%m = linalg.reduce { arith.maximumf } ins(%x : tensor<8x8xf32>) outs(%v "
      ": tensor<8xf32>) dimensions = [1]\n" +
      combine("e", "x", "m", "#id, #row", "tensor<8x8xf32>, tensor<8xf32>") +
      "%s = linalg.reduce { arith.addf } ins(%e : tensor<8x8xf32>) outs(%v : "
      "tensor<8xf32>) dimensions = [1]\n" +
      combine("q", "e", "s", "#id, #row", "tensor<8x8xf32>, tensor<8xf32>");
  KernelSpace space = analyze(kSquare, ops, "%q", "tensor<8x8xf32>");
  EXPECT_EQ(space.getAllAxes(), (Axes{0, 1, 2}));
  EXPECT_EQ(loops(space, body(), 0), (Axes{0, 1})); // maximum
  EXPECT_EQ(loops(space, body(), 1), (Axes{0, 2})); // exponentials
  EXPECT_EQ(loops(space, body(), 2), (Axes{0, 2})); // their sum
  EXPECT_EQ(loops(space, body(), 3), (Axes{0, 2})); // quotients
  EXPECT_EQ(space.getAxes(values[0]), (Axes{0, 2}));
  EXPECT_TRUE(space.getAxis(1).reduced);
  EXPECT_TRUE(space.getAxis(2).reduced);
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0}));
}

// A window is two axes, of which the sum is a position of the image: the
// pooling's rows are not those of what it reads.
TEST_F(KernelSpaceTest, WindowsAreAxes) {
  KernelSpace space = analyze(
      "%x: tensor<2x4x9x9xf32>, %w: tensor<3x3xf32>, %o: tensor<2x4x7x7xf32>",
      "%r = linalg.pooling_nchw_max ins(%x, %w : tensor<2x4x9x9xf32>, "
      "tensor<3x3xf32>) outs(%o : tensor<2x4x7x7xf32>) -> "
      "tensor<2x4x7x7xf32>\n",
      "%r", "tensor<2x4x7x7xf32>");
  EXPECT_EQ(loops(space, body(), 0), (Axes{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0, 1, 2, 3}));
  EXPECT_EQ(space.getAxis(4).extent, 3);
}

// What the kernel computes is read one by one, never through a window.
TEST_F(KernelSpaceTest, RefusesWindowOfAnchored) {
  std::string window =
      "%w = tensor.empty() : tensor<3xf32>\n%u = tensor.empty() : "
      "tensor<6xf32>\n%r = linalg.pooling_ncw_max ins(%t, %w : "
      "tensor<1x8x8xf32>, tensor<3xf32>) outs(%o : tensor<1x8x6xf32>) -> "
      "tensor<1x8x6xf32>\n";
  std::string reduced =
      "%t = linalg.reduce { arith.addf } ins(%x : tensor<1x8x8x4xf32>) outs(%v "
      ": tensor<1x8x8xf32>) dimensions = [3]\n";
  EXPECT_NE(refuse("%x: tensor<1x8x8x4xf32>, %v: tensor<1x8x8xf32>, %o: "
                   "tensor<1x8x6xf32>",
                   reduced + window, "%r", "tensor<1x8x6xf32>")
                .find("it reads windows of values that the kernel computes"),
            std::string::npos);
}

// Padding and views move values, too.
TEST_F(KernelSpaceTest, RefusesPaddedAnchored) {
  EXPECT_NE(refuse(kSquare,
                   kRowSum + "%zero = arith.constant 0.0 : f32\n%p = "
                             "tensor.pad %s low[1] high[0] {\n^bb0(%i: "
                             "index):\ntensor.yield %zero : f32\n} : "
                             "tensor<8xf32> to tensor<9xf32>\n",
                   "%p", "tensor<9xf32>")
                .find("reads values that the kernel computes"),
            std::string::npos);
}

// A dimension of extent 1 lies along no axis, whether a loop of its own or a
// constant stands for it.
TEST_F(KernelSpaceTest, UnitDimensions) {
  std::string ops =
      "%s = linalg.generic {indexing_maps = [#id, affine_map<(d0, d1) -> (d0, "
      "0)>], iterator_types = [\"parallel\", \"reduction\"]} ins(%x : "
      "tensor<8x8xf32>) outs(%v : tensor<8x1xf32>) {\n^bb0(%i: f32, %j: "
      "f32):\n%0 = arith.addf %i, %j : f32\nlinalg.yield %0 : f32\n} -> "
      "tensor<8x1xf32>\n"
      "%r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, "
      "0)>, #id, #id], iterator_types = [\"parallel\", \"parallel\"]} ins(%s, "
      "%x : tensor<8x1xf32>, tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) "
      "{\n^bb0(%i: f32, %j: f32, %k: f32):\n%0 = arith.divf %j, %i : "
      "f32\nlinalg.yield %0 : f32\n} -> tensor<8x8xf32>\n";
  KernelSpace space = analyze("%x: tensor<8x8xf32>, %v: tensor<8x1xf32>", ops,
                              "%r, %s", "tensor<8x8xf32>, tensor<8x1xf32>");
  EXPECT_EQ(space.getAxes(op(0)), (Axes{0, kUnit}));
  EXPECT_EQ(loops(space, body(), 1), (Axes{0, 2}));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0}));

  KernelSpace image = analyze(
      "%x: tensor<1x4x9xf32>, %w: tensor<3xf32>, %o: tensor<1x4x7xf32>",
      "%r = linalg.pooling_ncw_sum ins(%x, %w : tensor<1x4x9xf32>, "
      "tensor<3xf32>) outs(%o : tensor<1x4x7xf32>) -> tensor<1x4x7xf32>\n",
      "%r", "tensor<1x4x7xf32>");
  EXPECT_EQ(loops(image, body(), 0), (Axes{kUnit, 0, 1, 2}));
}

// Results that are not anchored lie along the axes of one that is, if they have
// its shape, and along axes that they share otherwise.
TEST_F(KernelSpaceTest, ResultsAlignByShape) {
  std::string elementwise =
      "%a = linalg.negf ins(%x : tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) "
      "-> tensor<8x8xf32>\n";
  KernelSpace aligned = analyze(
      kSquare,
      elementwise + kRowSum +
          combine("q", "x", "s", "#id, #row", "tensor<8x8xf32>, tensor<8xf32>"),
      "%a, %q", "tensor<8x8xf32>, tensor<8x8xf32>");
  EXPECT_EQ(aligned.getAxes(values[0]), aligned.getAxes(values[1]));
  // A row's sum is computed once, so that its columns stay in one block.
  EXPECT_EQ(aligned.getBlockAxes(values), (Axes{0}));

  KernelSpace shared = analyze(
      kSquare,
      elementwise + "%b = linalg.exp ins(%x : tensor<8x8xf32>) outs(%x : "
                    "tensor<8x8xf32>) -> tensor<8x8xf32>\n",
      "%a, %b", "tensor<8x8xf32>, tensor<8x8xf32>");
  EXPECT_EQ(shared.getAxes(values[0]), shared.getAxes(values[1]));
  EXPECT_EQ(shared.getBlockAxes(values), (Axes{0, 1}));
}

// An op that is refused leaves nothing behind.
TEST_F(KernelSpaceTest, RefusedOpLeavesNoJoins) {
  Block &block = parse(
      "#id = affine_map<(d0, d1) -> (d0, d1)>\n"
      "#swap = affine_map<(d0, d1) -> (d1, d0)>\n"
      "#row = affine_map<(d0, d1) -> (d0)>\n"
      "func.func @f(" +
      kSquare + ") {\n" + kRowSum +
      combine("p", "x", "s", "#id, #row", "tensor<8x8xf32>, tensor<8xf32>") +
      combine("q", "p", "p", "#id, #swap", "tensor<8x8xf32>, tensor<8x8xf32>") +
      "return\n}");
  KernelSpace space;
  EXPECT_EQ(space.add(getOp(block, 0)), "");
  EXPECT_EQ(space.add(getOp(block, 1)), "");
  Axes before = space.getAllAxes();
  EXPECT_NE(space.add(getOp(block, 2)), "");
  EXPECT_EQ(space.getAllAxes(), before);
  EXPECT_EQ(space.getOps().size(), 2u);
  EXPECT_FALSE(space.isAnchored(getOp(block, 2)->getResult(0)));
}

class ConvolutionSpaceTest : public KernelSpaceTest {
protected:
  /// A 1x1 convolution of 2x4x8x16 positions with this many filters, the sum
  /// over them, and what follows.
  static std::string arguments(int64_t filters) {
    std::string n = std::to_string(filters);
    return "%x: tensor<2x4x8x16xf32>, %w: tensor<" + n +
           "x4x1x1xf32>, %o: tensor<2x" + n +
           "x8x16xf32>, %v: tensor<2x8x16xf32>, %u: tensor<2x" + n + "x8xf32>";
  }
  static std::string type(int64_t filters) {
    return "tensor<2x" + std::to_string(filters) + "x8x16xf32>";
  }
  static std::string ops(int64_t filters) {
    return "%c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x4x8x16xf32>, "
           "tensor<" +
           std::to_string(filters) + "x4x1x1xf32>) outs(%o : " + type(filters) +
           ") -> " + type(filters) +
           "\n%s = linalg.reduce { arith.addf } ins(%c : " + type(filters) +
           ") outs(%v : tensor<2x8x16xf32>) dimensions = [1]\n";
  }
  static std::string reuse(int64_t filters) {
    return "%q = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) "
           "-> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, "
           "d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], "
           "iterator_types = [\"parallel\", \"parallel\", \"parallel\", "
           "\"parallel\"]} ins(%c, %s : " +
           type(filters) + ", tensor<2x8x16xf32>) outs(%o : " + type(filters) +
           ") {\n^bb0(%i: f32, %j: f32, %k: f32):\n%0 = arith.divf %i, %j : "
           "f32\nlinalg.yield %0 : f32\n} -> " +
           type(filters) + "\n";
  }
};

// The axes are the dimensions of the result, named for a reader.
TEST_F(ConvolutionSpaceTest, AxesOfTheResult) {
  KernelSpace space =
      analyze(arguments(32), ops(32), "%s", "tensor<2x8x16xf32>");
  ASSERT_TRUE(space.getContraction());
  std::string names;
  for (int axis : space.getAxes(op(0)))
    names += space.getAxis(axis).name + " ";
  EXPECT_EQ(names, "image channel row column ");
  int channel = space.getChannelAxis();
  EXPECT_EQ(channel, 1);
  EXPECT_TRUE(space.getAxis(channel).reduced);
  EXPECT_EQ(space.getAxes(values[0]), (Axes{0, 2, 3}));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0, 2, 3}));
  EXPECT_FALSE(space.needsAllChannels(values));
}

// A value reduced over the channels may be used on each of them again, as long
// as a tile can hold them all.
TEST_F(ConvolutionSpaceTest, ChannelReuse) {
  KernelSpace space =
      analyze(arguments(256), ops(256) + reuse(256), "%q", type(256));
  EXPECT_TRUE(space.needsAllChannels(values));
  std::string message =
      refuse(arguments(257), ops(257) + reuse(257), "%q", type(257));
  EXPECT_NE(
      message.find("a block holds at most 256 positions at once, 257 need "
                   "a second pass over them"),
      std::string::npos)
      << message;
}

// So it may leave beside a result that keeps them.
TEST_F(ConvolutionSpaceTest, KeptBesideReduced) {
  KernelSpace space = analyze(arguments(32), ops(32), "%c, %s",
                              type(32) + ", tensor<2x8x16xf32>");
  EXPECT_TRUE(space.needsAllChannels(values));
  EXPECT_EQ(space.getBlockAxes(values), (Axes{0, 2, 3}));
}

TEST_F(ConvolutionSpaceTest, RefusesOtherReductions) {
  std::string message = refuse(
      arguments(32),
      ops(32) + "%t = linalg.reduce { arith.addf } ins(%c : " + type(32) +
          ") outs(%u : tensor<2x32x8xf32>) dimensions = [3]\n",
      "%t", "tensor<2x32x8xf32>");
  EXPECT_NE(message.find("it reduces over dimension 3 of the result"),
            std::string::npos)
      << message;
}

TEST_F(ConvolutionSpaceTest, RefusesIndependentResults) {
  std::string message =
      refuse(arguments(32),
             ops(32) + "%t = linalg.negf ins(%v : tensor<2x8x16xf32>) outs(%v "
                       ": tensor<2x8x16xf32>) -> tensor<2x8x16xf32>\n",
             "%s, %t", "tensor<2x8x16xf32>, tensor<2x8x16xf32>");
  EXPECT_NE(
      message.find("a result does not depend on 'linalg.conv_2d_nchw_fchw'"),
      std::string::npos)
      << message;
}

} // namespace
