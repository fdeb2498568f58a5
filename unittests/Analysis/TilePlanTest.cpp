//===- TilePlanTest.cpp - How schedules cut a space -----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/TilePlan.h"

using namespace mlir;
using namespace kiln;

namespace {

using Axes = SmallVector<int>;
using Kind = AxisTile::Kind;

class TilePlanTest : public AnalysisTest {
protected:
  template <typename Attr>
  Attr parseSchedule(StringRef text) {
    auto attr = dyn_cast_or_null<Attr>(parseAttribute(text, &context));
    EXPECT_TRUE(attr) << text.str();
    return attr;
  }

  /// The plan for a function's body, or the text of the refusal.
  FailureOr<TilePlan> plan(KernelSchedule schedule, Block &body) {
    SmallVector<Value> results(body.getTerminator()->getOperands());
    FailureOr<KernelSpace> analyzed =
        KernelSpace::analyze(body, results, isa<ScheduleAttr>(schedule));
    if (failed(analyzed))
      return failure();
    space = *analyzed;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    return getTilePlan(schedule, space, results,
                       [&] { return emitError(UnknownLoc::get(&context)); });
  }

  /// A convolution with this many filters whose result is reduced over them or
  /// not.
  Block &parseConv(int64_t filters, bool reduced) {
    std::string f = std::to_string(filters),
                type = "tensor<2x" + f + "x10x30xf32>",
                sum = "tensor<2x10x30xf32>";
    return parse("func.func @f(%x: tensor<2x4x12x32xf32>, %w: tensor<" + f +
                 "x4x3x3xf32>, %o: " + type + ", %v: " + sum + ") -> " +
                 (reduced ? sum : type) +
                 " {\n%r = linalg.conv_2d_nchw_fchw ins(%x, %w : "
                 "tensor<2x4x12x32xf32>, tensor<" +
                 f + "x4x3x3xf32>) outs(%o : " + type + ") -> " + type +
                 "\n%s = linalg.reduce { arith.addf } ins(%r : " + type +
                 ") outs(%v : " + sum + ") dimensions = [1]\nreturn " +
                 (reduced ? "%s : " + sum : "%r : " + type) + "\n}");
  }

  /// Rows and columns of `%x`, summed over the columns.
  Block &parseRowSum() {
    return parse(
        "func.func @f(%x: tensor<10x100xf32>, %v: tensor<10xf32>) -> "
        "tensor<10xf32> {\n%s = linalg.reduce { arith.addf } ins(%x : "
        "tensor<10x100xf32>) outs(%v : tensor<10xf32>) dimensions = [1]\n"
        "return %s : tensor<10xf32>\n}");
  }

  KernelSpace space;
  std::string message;
};

// Blocks in the order of images, rows, columns; filters in one tile.
TEST_F(TilePlanTest, HeldChannels) {
  auto schedule = parseSchedule<ScheduleAttr>(
      "#kiln.schedule<contraction = fma, tile = [16, 2, 8], chunk = 1, warps = "
      "[1, 1, 1]>");
  auto made = plan(schedule, parseConv(10, /*reduced=*/true));
  ASSERT_TRUE(succeeded(made));
  EXPECT_EQ(made->blocks, (Axes{0, 2, 3}));
  EXPECT_EQ(made->axes[1].kind, Kind::Held);
  EXPECT_TRUE(made->axes[1].isPadded()); // 10 of 16
  EXPECT_EQ(made->axes[0].tile, 1);
  EXPECT_EQ(made->axes[2].kind, Kind::Blocks);
  EXPECT_EQ(made->axes[2].tile, 2);
  EXPECT_FALSE(made->axes[2].isPadded());
  EXPECT_EQ(made->axes[3].tile, 8);
  EXPECT_TRUE(made->axes[3].isPadded()); // 30 in tiles of 8
}

// Reduced channels that no tile holds are walked, kept ones have blocks of
// their own, the fastest.
TEST_F(TilePlanTest, MoreChannelsThanATile) {
  auto schedule = parseSchedule<ScheduleAttr>(
      "#kiln.schedule<contraction = fma, tile = [16, 2, 8], chunk = 1, warps = "
      "[1, 1, 1]>");
  auto walked = plan(schedule, parseConv(40, /*reduced=*/true));
  ASSERT_TRUE(succeeded(walked));
  EXPECT_EQ(walked->axes[1].kind, Kind::Walked);
  EXPECT_EQ(walked->blocks, (Axes{0, 2, 3}));
  auto kept = plan(schedule, parseConv(40, /*reduced=*/false));
  ASSERT_TRUE(succeeded(kept));
  EXPECT_EQ(kept->axes[1].kind, Kind::Blocks);
  EXPECT_EQ(kept->blocks, (Axes{0, 2, 3, 1}));
}

TEST_F(TilePlanTest, LoopSchedule) {
  auto schedule = parseSchedule<LoopScheduleAttr>(
      "#kiln.loop_schedule<tile = [4, 64], threads = [[4:64], [64:1]], vector "
      "= [1, 1], block = 256>");
  auto made = plan(schedule, parseRowSum());
  ASSERT_TRUE(succeeded(made));
  EXPECT_EQ(made->blocks, (Axes{0}));
  EXPECT_EQ(made->axes[0].kind, Kind::Blocks);
  EXPECT_EQ(made->axes[0].extent, 10);
  EXPECT_EQ(made->axes[1].kind, Kind::Walked);
  EXPECT_EQ(made->axes[1].tile, 64);
}

TEST_F(TilePlanTest, RefusesOtherKinds) {
  auto schedule = parseSchedule<ScheduleAttr>(
      "#kiln.schedule<contraction = fma, tile = [16, 2, 8], chunk = 1, warps = "
      "[1, 1, 1]>");
  EXPECT_TRUE(failed(plan(schedule, parseRowSum())));
  EXPECT_NE(message.find("#kiln.schedule needs a kernel with one contraction"),
            std::string::npos);
  auto loops = parseSchedule<LoopScheduleAttr>(
      "#kiln.loop_schedule<tile = [64], threads = [[64:1]], vector = [1], "
      "block = 64>");
  EXPECT_TRUE(failed(plan(loops, parseRowSum())));
  EXPECT_EQ(message, "the schedule has tiles along 1 axes, the kernel has 2");
}

class LoopLayoutTest : public TilePlanTest {
protected:
  /// A space of three axes without meaning.
  void makeSpace() {
    Block &body =
        parse("func.func @f(%x: tensor<8x64x16xf32>) -> tensor<8x64x16xf32> "
              "{\nreturn %x : tensor<8x64x16xf32>\n}");
    SmallVector<Value> results(body.getTerminator()->getOperands());
    space = *KernelSpace::analyze(body, results);
    schedule = parseSchedule<LoopScheduleAttr>(
        "#kiln.loop_schedule<tile = [8, 64, 4], threads = [[4:32], [16:2], "
        "[2:1]], vector = [1, 2, 1], block = 128>");
  }
  LayoutAttr parseLayout(StringRef text) {
    return parseSchedule<LayoutAttr>(text);
  }
  LoopScheduleAttr schedule;
};

// Registers: first neighbours, the last axis fastest, then what the threads do
// not reach. Thread t is number t / stride % size along an axis.
TEST_F(LoopLayoutTest, Bits) {
  makeSpace();
  EXPECT_EQ(getLoopLayout(schedule, space, {0, 1, 2}),
            parseLayout("#kiln.layout<register = [[0, 1, 0], [0, 0, 2], [0, "
                        "32, 0], [4, 0, 0]], lane = [[0, 0, 1], [0, 2, 0], [0, "
                        "4, 0], [0, 8, 0], [0, 16, 0]], warp = [[1, 0, 0], [2, "
                        "0, 0]]>"));
}

// The tile's dimensions may come in any order.
TEST_F(LoopLayoutTest, Permuted) {
  makeSpace();
  LayoutAttr whole = getLoopLayout(schedule, space, {0, 1, 2});
  AffineExpr d0 = getAffineDimExpr(0, &context),
             d1 = getAffineDimExpr(1, &context),
             d2 = getAffineDimExpr(2, &context);
  EXPECT_EQ(getLoopLayout(schedule, space, {2, 0, 1}),
            projectLayout(whole, AffineMap::get(3, 0, {d2, d0, d1}, &context)));
}

// Threads that differ along an axis that the tile lacks hold copies.
TEST_F(LoopLayoutTest, Copies) {
  makeSpace();
  EXPECT_EQ(getLoopLayout(schedule, space, {2}),
            parseLayout("#kiln.layout<register = [[2]], lane = [[1], [0], [0], "
                        "[0], [0]], warp = [[0], [0]]>"));
  LayoutAttr scalar = getLoopLayout(schedule, space, {});
  EXPECT_EQ(scalar.getNumRegisters(), 1);
  EXPECT_EQ(scalar.getLanes().size(), 5u);
}

// A dimension of extent 1 has no bits.
TEST_F(LoopLayoutTest, UnitDimension) {
  makeSpace();
  EXPECT_EQ(getLoopLayout(schedule, space, {KernelSpace::kUnit, 2}),
            parseLayout("#kiln.layout<register = [[0, 2]], lane = [[0, 1], [0, "
                        "0], [0, 0], [0, 0], [0, 0]], warp = [[0, 0], [0, "
                        "0]]>"));
}

// What a thread needs of an operand is what it has: the layout of fewer axes is
// the whole's without the others.
TEST_F(LoopLayoutTest, ProjectsToItself) {
  makeSpace();
  LayoutAttr whole = getLoopLayout(schedule, space, {0, 1, 2});
  for (Axes kept :
       {Axes{0, 1}, Axes{0, 2}, Axes{1, 2}, Axes{0}, Axes{1}, Axes{2}}) {
    SmallVector<AffineExpr> exprs;
    for (int axis : kept)
      exprs.push_back(getAffineDimExpr(axis, &context));
    EXPECT_EQ(getLoopLayout(schedule, space, kept),
              projectLayout(whole, AffineMap::get(3, 0, exprs, &context)));
  }
}

// Threads beyond those of the axes hold copies, too.
TEST_F(LoopLayoutTest, MoreThreadsThanPositions) {
  makeSpace();
  auto few = parseSchedule<LoopScheduleAttr>(
      "#kiln.loop_schedule<tile = [1, 4, 1], threads = [[1:0], [4:8], [1:0]], "
      "vector = [1, 1, 1], block = 64>");
  EXPECT_EQ(getLoopLayout(few, space, {1}),
            parseLayout("#kiln.layout<register = [], lane = [[0], [0], [0], "
                        "[1], [2]], warp = [[0]]>"));
}

} // namespace
