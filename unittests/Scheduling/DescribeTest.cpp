//===- DescribeTest.cpp - Kiln's own kernels, described -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SchedulingTest.h"

#include "kiln/Machine/Targets.h"
#include "kiln/Scheduling/Model/Describe.h"
#include "kiln/Scheduling/Model/Model.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace kiln;

namespace {
class DescribeTest : public SchedulingTest {
protected:
  /// A 3x3 convolution of 128x64x128x128 with 128 filters that keeps its
  /// channels, then tanh.
  KernelOp parse() {
    context.loadDialect<math::MathDialect>();
    std::string out = "tensor<128x128x126x126xf32>";
    return parseKernel(
        "tensor<128x64x128x128xf32>;tensor<128x64x3x3xf32>;" + out,
        "%s = linalg.conv_2d_nchw_fchw ins(%a0, %a1 : "
        "tensor<128x64x128x128xf32>, tensor<128x64x3x3xf32>) outs(%a2 : " +
            out + ") -> " + out + "\n%r = linalg.map { math.tanh } ins(%s : " +
            out + ") outs(%a2 : " + out + ")",
        out);
  }

  KernelDescription describeWith(StringRef fields,
                                 std::optional<UsageFacts> usage = {},
                                 StringRef contraction = "mma_m16n8k8_tf32") {
    auto schedule = cast<KernelSchedule>(parseAttribute(
        ("#kiln.schedule<contraction = " + contraction + ", " + fields + ">")
            .str(),
        &context));
    FailureOr<KernelDescription> described =
        describeKernel(parse(), schedule, usage);
    if (failed(described))
      llvm::report_fatal_error("the test's kernel cannot be described");
    return *described;
  }
};

constexpr StringLiteral kTile =
    "tile = [64, 8, 32], chunk = 8, warps = [1, 1, 4], persistent = false, "
    "lookahead = 1";

// Counted in the machine code of this schedule: 288 HMMA and 96 LDS, of them 36
// of the filter, in a chunk of nine taps.
TEST_F(DescribeTest, FragmentsAsTheKernelHasThem) {
  KernelDescription kernel = describeWith(kTile);
  EXPECT_EQ(kernel.name, "f");
  EXPECT_EQ(kernel.fragments, 288 + 96);
  EXPECT_EQ(kernel.steps, 64 / 8);
  EXPECT_EQ(kernel.slots, 2);
  EXPECT_EQ(kernel.warps, 4);
  EXPECT_EQ(kernel.multiply, Multiply::Tf32);
  EXPECT_EQ(kernel.flops, 2. * 64 * 8 * 32 * 8 * 9);
  EXPECT_TRUE(kernel.lookahead);
}

// Three products of words that are split: 432 HMMA, 576 of both FMNMX and FADD
// that promote, and four instructions for each of 144 words of the filter and
// those of the image, which taps share.
TEST_F(DescribeTest, SplitOperands) {
  constexpr StringLiteral half =
      "tile = [64, 4, 32], chunk = 8, warps = [1, 2, 2], persistent = false, "
      "columns = even_odd, lookahead = 1";
  KernelDescription rounded = describeWith(half);
  KernelDescription split = describeWith(half, {}, "mma_m16n8k8_tf32x3");
  EXPECT_EQ(split.multiply, Multiply::Tf32x3);
  EXPECT_EQ(split.flops, rounded.flops);
  EXPECT_EQ(split.sharedWavefronts, rounded.sharedWavefronts);
  double words = (rounded.instructions - split.instructions) / 2;
  EXPECT_EQ(words, 4 * 2 * 2 * 2 * 2); // rows, columns by eights, k
  EXPECT_EQ(split.fragments,
            rounded.fragments + 2 * 144 + 2 * 576 + 4 * (144 + words));
  EXPECT_EQ(split.registers, 208);
  TargetAttr ada = lookupTarget(&context, "rtx4090");
  double ratio = predict(split, ada, Clock::Boost).milliseconds /
                 predict(rounded, ada, Clock::Boost).milliseconds;
  EXPECT_GT(ratio, 2);
  EXPECT_LT(ratio, 3.5);
}

TEST_F(DescribeTest, TheGrid) {
  KernelDescription kernel = describeWith(kTile);
  // 16 by 4 tiles an image, two of channels, which come behind them.
  EXPECT_EQ(kernel.tiles, 128 * 2 * 16 * 4);
  EXPECT_EQ(kernel.fastTiles, 128 * 16 * 4);
  EXPECT_EQ(kernel.group, 16 * 4);
  EXPECT_FALSE(kernel.persistent);
  EXPECT_TRUE(describeWith("tile = [64, 8, 32], chunk = 8, warps = [1, 1, 4], "
                           "persistent = true")
                  .persistent);
}

TEST_F(DescribeTest, BytesAndWork) {
  KernelDescription kernel = describeWith(kTile);
  // Image, filter, and what the convolution adds to.
  ASSERT_EQ(kernel.reads.size(), 3u);
  EXPECT_EQ(kernel.reads[2].along, Along::Both);
  EXPECT_EQ(kernel.reads[0].bytes, 128. * 64 * 128 * 128 * 4);
  // Ten rows of 34 words, which reach into a fifth sector, of 64 channels.
  EXPECT_EQ(kernel.reads[0].blockBytes, 10. * 5 * 32 * 64);
  EXPECT_EQ(kernel.reads[0].along, Along::Fast);
  EXPECT_EQ(kernel.reads[1].blockBytes, 64. * 64 * 9 * 4);
  EXPECT_EQ(kernel.reads[1].along, Along::Slow);
  EXPECT_EQ(kernel.writeBytes, 128. * 128 * 126 * 126 * 4);
  // Rows of 126 words do not start at sectors.
  EXPECT_GT(kernel.l2WriteBytes, 2 * kernel.writeBytes);
  EXPECT_EQ(kernel.specialFunctions, 2 * 64 * 8 * 32); // tanh: exp, 1 / x
}

TEST_F(DescribeTest, PtxasKnowsBetter) {
  EXPECT_EQ(describeWith(kTile).registers, 255);
  KernelDescription kernel = describeWith(kTile, UsageFacts{160, 50000});
  EXPECT_EQ(kernel.registers, 160);
  EXPECT_EQ(kernel.sharedBytes, 50000);
}

// One persistent block an SM cannot store and multiply at a time.
TEST_F(DescribeTest, PersistentBlocksExposeTheirStores) {
  TargetAttr hopper = lookupTarget(&context, "h100");
  double each = predict(describeWith(kTile), hopper, Clock::Boost).milliseconds;
  Prediction persistent =
      predict(describeWith("tile = [64, 8, 32], chunk = 8, warps = [1, 1, 4], "
                           "persistent = true, lookahead = 1"),
              hopper, Clock::Boost);
  EXPECT_EQ(persistent.grid, 132);
  EXPECT_GT(persistent.milliseconds, 1.2 * each);
}
} // namespace
