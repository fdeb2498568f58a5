//===- LayoutsTest.cpp - Layout algebra and the schedules' layouts --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/ScheduleFit.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <set>

using namespace mlir;
using namespace kiln;

namespace {

using Coordinate = SmallVector<int64_t>;

class LayoutsTest : public ::testing::Test {
protected:
  LayoutsTest() {
    context.loadDialect<KilnDialect, affine::AffineDialect, arith::ArithDialect,
                        func::FuncDialect, linalg::LinalgDialect,
                        scf::SCFDialect, tensor::TensorDialect>();
  }

  template <typename Attr>
  Attr parse(StringRef text) {
    auto attr = dyn_cast_or_null<Attr>(parseAttribute(text, &context));
    EXPECT_TRUE(attr) << text.str();
    return attr;
  }

  /// The convolution in a function with arguments %x, %w and %o.
  ContractionView parseConv(const std::string &body, const std::string &x,
                            const std::string &w, const std::string &o) {
    module = parseSourceString<ModuleOp>("func.func @f(%x: " + x +
                                             ", %w: " + w + ", %o: " + o +
                                             ") {\n" + body + "\nreturn\n}",
                                         &context);
    EXPECT_TRUE(module);
    auto function = *module->getOps<func::FuncOp>().begin();
    return *ContractionView::find(function.getBody());
  }

  ContractionView makeNCHW(int64_t width = 68) {
    std::string x = "tensor<1x8x66x" + std::to_string(width) + "xf32>",
                w = "tensor<64x8x3x3xf32>",
                o = "tensor<1x64x64x" + std::to_string(width - 2) + "xf32>";
    return parseConv("%r = linalg.conv_2d_nchw_fchw ins(%x, %w : " + x + ", " +
                         w + ") outs(%o : " + o + ") -> " + o,
                     x, w, o);
  }

  ContractionView makeNHWC() {
    std::string x = "tensor<1x66x66x32xf16>", w = "tensor<3x3x32x64xf16>",
                o = "tensor<1x64x64x64xf32>";
    return parseConv("%r = linalg.conv_2d_nhwc_hwcf ins(%x, %w : " + x + ", " +
                         w + ") outs(%o : " + o + ") -> " + o,
                     x, w, o);
  }

  ScheduleAttr getSchedule(StringRef more) {
    return parse<ScheduleAttr>(("#kiln.schedule<" + more + ">").str());
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

constexpr llvm::StringLiteral kAccumulator =
    "#kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], "
    "[2, 0], [4, 0]], warp = [[16, 0]]>";

TEST_F(LayoutsTest, CoordinateIsTheSumOfTheStepsOfTheBits) {
  auto layout = parse<LayoutAttr>(kAccumulator);
  EXPECT_EQ(layout.getRank(), 2);
  EXPECT_EQ(layout.getNumRegisters(), 4);
  EXPECT_EQ(layout.getCoordinate(0, 0, 0), (Coordinate{0, 0}));
  // PTX ISA: row = lane / 4 (+ 8), column = lane % 4 * 2 + register % 2.
  for (int64_t lane = 0; lane < 32; ++lane)
    for (int64_t reg = 0; reg < 4; ++reg)
      EXPECT_EQ(
          layout.getCoordinate(reg, lane, 1),
          (Coordinate{16 + lane / 4 + 8 * (reg / 2), lane % 4 * 2 + reg % 2}));
  EXPECT_EQ(layout.getShape(), (Coordinate{32, 8}));
}

TEST_F(LayoutsTest, FragmentsAreThoseOfThePtxIsa) {
  for (Contraction contraction :
       {Contraction::TF32, Contraction::F16, Contraction::BF16}) {
    auto instruction = InstructionAttr::get(&context, contraction);
    auto [m, n, k, perWord] = instruction.getShape();
    LayoutAttr a = instruction.getALayout(), b = instruction.getBLayout(),
               acc = instruction.getAccLayout();
    EXPECT_EQ(a.getShape(), (Coordinate{m, k}));
    EXPECT_EQ(b.getShape(), (Coordinate{k, n}));
    EXPECT_EQ(acc.getShape(), (Coordinate{m, n}));
    for (int64_t lane = 0; lane < 32; ++lane) {
      int64_t group = lane / 4, thread = lane % 4;
      // Words a0 to a3: the row advances first; b0 and b1 along k.
      for (int64_t i = 0; i < 4 * perWord; ++i) {
        int64_t word = i / perWord, half = i % perWord;
        EXPECT_EQ(a.getCoordinate(i, lane, 0),
                  (Coordinate{group + word % 2 * 8,
                              (thread + word / 2 * 4) * perWord + half}));
      }
      for (int64_t i = 0; i < 2 * perWord; ++i)
        EXPECT_EQ(
            b.getCoordinate(i, lane, 0),
            (Coordinate{(thread + i / perWord * 4) * perWord + i % perWord,
                        group}));
      for (int64_t i = 0; i < 4; ++i)
        EXPECT_EQ(acc.getCoordinate(i, lane, 0),
                  (Coordinate{group + i / 2 * 8, thread * 2 + i % 2}));
    }
  }
  auto fma = InstructionAttr::get(&context, Contraction::FMA);
  EXPECT_EQ(fma.getAccLayout().getShape(), (Coordinate{1, 1}));
  EXPECT_FALSE(fma.getOperandType());
}

TEST_F(LayoutsTest, DroppedDimensionsLeaveCopiesInLanesAndWarps) {
  LayoutAttr dropped = parse<LayoutAttr>(kAccumulator).dropDims({0});
  EXPECT_EQ(
      dropped,
      parse<LayoutAttr>("#kiln.layout<register = [[1]], lane = [[2], [4], [0], "
                        "[0], [0]], warp = [[0]]>"));
}

TEST_F(LayoutsTest, HalvingGivesTheLastRegistersToTheHighestCopies) {
  auto layout = parse<LayoutAttr>(kAccumulator);
  EXPECT_EQ(getReducedLayout(layout, {0}, /*halving=*/false),
            layout.dropDims({0}));
  EXPECT_EQ(getReducedLayout(layout, {0}, /*halving=*/true),
            parse<LayoutAttr>("#kiln.layout<register = [], lane = [[2], [4], "
                              "[0], [0], [1]], warp = [[0]]>"));
  // Lanes that held copies before the reduction take nothing over.
  EXPECT_EQ(getReducedLayout(layout, {1}, /*halving=*/true),
            parse<LayoutAttr>("#kiln.layout<register = [], lane = [[0], [8], "
                              "[1], [2], [4]], warp = [[16]]>"));
}

TEST_F(LayoutsTest, ProjectionFollowsTheMap) {
  auto layout = parse<LayoutAttr>(kAccumulator);
  auto map = [&](StringRef text) {
    return parse<AffineMapAttr>(text).getValue();
  };
  EXPECT_EQ(projectLayout(layout, map("affine_map<(d0, d1) -> (d0, d1)>")),
            layout);
  EXPECT_EQ(projectLayout(layout, map("affine_map<(d0, d1) -> (d1)>")),
            layout.dropDims({0}));
  EXPECT_EQ(projectLayout(layout, map("affine_map<(d0, d1) -> (0, d0)>")),
            parse<LayoutAttr>(
                "#kiln.layout<register = [[0, 8]], lane = [[0, 0], [0, 0], "
                "[0, 1], [0, 2], [0, 4]], warp = [[0, 16]]>"));
}

TEST_F(LayoutsTest, SharedOffsetsTakeCoordinatesApart) {
  auto layout =
      parse<SharedLayoutAttr>("#kiln.shared_layout<[8:1, 2:340], [10:34]>");
  EXPECT_EQ(layout.getShape(), (Coordinate{16, 10}));
  EXPECT_EQ(layout.getOffset({0, 0}), 0);
  EXPECT_EQ(layout.getOffset({7, 0}), 7);
  EXPECT_EQ(layout.getOffset({11, 2}), 3 * 1 + 1 * 340 + 2 * 34);
  EXPECT_EQ(layout.getCosize(), 7 + 340 + 9 * 34 + 1);
}

//===----------------------------------------------------------------------===//
// Layouts of schedules
//===----------------------------------------------------------------------===//

/// Wavefronts of the first fragment load of the image and its copy width.
int64_t getImageConflicts(ScheduleAttr schedule, const ContractionView &conv) {
  int64_t bytes = conv.getImageType().getElementTypeBitWidth() / 8;
  SmallVector<int64_t> steps(4, 1);
  steps[conv.image.h] = conv.strides[0];
  steps[conv.image.w] = conv.strides[1];
  return getBankConflicts(
      getOperandLayouts(schedule, conv).image,
      getImageLayout(schedule, conv, getImageCopy(schedule, conv)), bytes,
      steps);
}

constexpr llvm::StringLiteral kTF32 =
    "contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, "
    "warps = [1, 2, 1]";
constexpr llvm::StringLiteral kF16 =
    "contraction = mma_m16n8k16_f16, tile = [64, 8, 32], chunk = 16, "
    "warps = [1, 2, 4]";

TEST_F(LayoutsTest, FragmentLoadsOfTheImageMeetNoConflicts) {
  EXPECT_EQ(getImageConflicts(getSchedule(kTF32), makeNCHW()), 1);
  EXPECT_EQ(getImageConflicts(getSchedule(kF16), makeNHWC()), 1);
}

TEST_F(LayoutsTest, ConflictsAreCounted) {
  // All four channels of a load in the same banks.
  auto fragments = parse<LayoutAttr>(
      "#kiln.layout<register = [], lane = [[1, 0], [2, 0], [0, 1], [0, 2], "
      "[0, 4]], warp = []>");
  EXPECT_EQ(getBankConflicts(
                fragments,
                parse<SharedLayoutAttr>("#kiln.shared_layout<[4:32], [8:1]>"),
                4, {1, 1}),
            4);
  EXPECT_EQ(getBankConflicts(
                fragments,
                parse<SharedLayoutAttr>("#kiln.shared_layout<[4:40], [8:1]>"),
                4, {1, 1}),
            1);
}

TEST_F(LayoutsTest, TilesAreCoveredOnce) {
  ContractionView conv = makeNCHW();
  for (StringRef columns : {"plain", "even_odd"}) {
    ScheduleAttr schedule =
        getSchedule((kTF32 + ", columns = " + columns).str());
    LayoutAttr out = getOperandLayouts(schedule, conv).out;
    EXPECT_EQ(out.getShape(), (Coordinate{1, 64, 8, 32}));
    std::set<std::vector<int64_t>> seen;
    for (int64_t warp = 0; warp < 2; ++warp)
      for (int64_t lane = 0; lane < 32; ++lane)
        for (int64_t reg = 0; reg < out.getNumRegisters(); ++reg) {
          Coordinate at = out.getCoordinate(reg, lane, warp);
          seen.insert(std::vector<int64_t>(at.begin(), at.end()));
        }
    EXPECT_EQ(seen.size(), 64u * 8 * 32) << columns.str();
  }
}

void expectBijection(SharedLayoutAttr layout) {
  Coordinate shape = layout.getShape();
  std::set<int64_t> offsets;
  int64_t count = shape[0] * shape[1] * shape[2] * shape[3];
  for (int64_t i = 0; i < count; ++i) {
    Coordinate at(4);
    int64_t rest = i;
    for (int dim = 3; dim >= 0; --dim) {
      at[dim] = rest % shape[dim];
      rest /= shape[dim];
    }
    offsets.insert(layout.getOffset(at));
  }
  EXPECT_EQ(static_cast<int64_t>(offsets.size()), count);
  EXPECT_EQ(*offsets.begin(), 0);
  EXPECT_EQ(*offsets.rbegin(), count - 1);
  EXPECT_EQ(layout.getCosize(), count);
}

TEST_F(LayoutsTest, PackedFiltersHaveOnePlaceForEachElement) {
  ContractionView nchw = makeNCHW();
  for (StringRef text :
       {StringRef(kTF32),
        StringRef("contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], "
                  "chunk = 32, warps = [4, 1, 2]"),
        StringRef("contraction = fma, tile = [64, 1, 8], chunk = 4, "
                  "warps = [2, 1, 1]")}) {
    SharedLayoutAttr layout = getPackedFilterLayout(getSchedule(text), nchw);
    EXPECT_EQ(layout.getShape()[0], 64) << text.str();
    expectBijection(layout);
  }
  expectBijection(getPackedFilterLayout(getSchedule(kF16), makeNHWC()));
}

TEST_F(LayoutsTest, StridedFiltersKeepTheirOrder) {
  EXPECT_EQ(getStridedFilterLayout(getSchedule(kTF32), makeNCHW()),
            parse<SharedLayoutAttr>(
                "#kiln.shared_layout<[64:72], [8:9], [3:3], [3:1]>"));
}

TEST_F(LayoutsTest, CopiesAreAsWideAsRowsAllow) {
  ScheduleAttr schedule = getSchedule(kTF32);
  EXPECT_EQ(getImageCopy(schedule, makeNCHW()).vector, 4);
  EXPECT_EQ(getImageCopy(schedule, makeNCHW(66)).vector, 2);
  EXPECT_EQ(getImageCopy(schedule, makeNCHW(67)).vector, 1);
  EXPECT_EQ(getImageCopy(getSchedule(kF16), makeNHWC()).vector, 8);
}

TEST_F(LayoutsTest, RowsBehindPaddingAreCopiedFromBeforeTheirFirstColumn) {
  auto get = [&](int64_t length, int64_t offset) {
    ImageCopy copy = getRowCopy(Float32Type::get(&context), length, offset);
    return std::make_pair(copy.vector, copy.lead);
  };
  using Pair = std::pair<int64_t, int64_t>;
  EXPECT_EQ(get(64, 0), Pair(4, 0));
  EXPECT_EQ(get(64, -1), Pair(4, 3));
  EXPECT_EQ(get(64, -2), Pair(4, 2));
  EXPECT_EQ(get(64, -4), Pair(4, 0));
  EXPECT_EQ(get(66, -1), Pair(2, 1));
  EXPECT_EQ(get(67, -1), Pair(1, 0));
}

TEST_F(LayoutsTest, KnownDivisors) {
  module = parseSourceString<ModuleOp>(R"mlir(
    func.func @f(%n: index) {
      %c0 = arith.constant 0 : index
      %c12 = arith.constant 12 : index
      %c64 = arith.constant 64 : index
      %c8 = arith.constant 8 : index
      scf.for %i = %c12 to %c64 step %c8 {
        %a = affine.apply affine_map<(d0) -> (d0 * 6)>(%i)
        %b = affine.apply affine_map<(d0) -> (d0 * 6 - 2)>(%i)
        %c = affine.apply affine_map<(d0) -> (d0 floordiv 2)>(%i)
        %d = affine.apply affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%n]
      }
      return
    })mlir",
                                       &context);
  ASSERT_TRUE(module);
  auto function = *module->getOps<func::FuncOp>().begin();
  EXPECT_EQ(getKnownDivisor(function.getArgument(0)), 1);
  scf::ForOp loop = *function.getOps<scf::ForOp>().begin();
  EXPECT_EQ(getKnownDivisor(loop.getLowerBound()), 12);
  // gcd(12, 8), times 6, less 2, and what is not known.
  EXPECT_EQ(getKnownDivisor(loop.getInductionVar()), 4);
  SmallVector<int64_t> divisors;
  for (auto apply : loop.getOps<affine::AffineApplyOp>())
    divisors.push_back(getKnownDivisor(apply));
  EXPECT_EQ(divisors, (SmallVector<int64_t>{24, 2, 1, 1}));

  // 12, 20, 28, ...: 4 by 8, and nothing is known by 3.
  EXPECT_EQ(getKnownRemainder(loop.getLowerBound(), 8), 4);
  EXPECT_EQ(getKnownRemainder(loop.getInductionVar(), 4), 0);
  EXPECT_EQ(getKnownRemainder(loop.getInductionVar(), 3), std::nullopt);
  SmallVector<std::optional<int64_t>> remainders;
  for (auto apply : loop.getOps<affine::AffineApplyOp>())
    remainders.push_back(getKnownRemainder(apply, 8));
  EXPECT_EQ(remainders, (SmallVector<std::optional<int64_t>>{0, 6, std::nullopt,
                                                             std::nullopt}));
}

} // namespace
