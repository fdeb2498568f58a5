//===- ContractionViewTest.cpp - Which ops are contractions, and how ------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/ContractionView.h"

using namespace mlir;
using namespace kiln;

namespace {

constexpr int64_t kNone = ContractionView::kNone;
using Loops = SmallVector<unsigned>;

class ContractionViewTest : public AnalysisTest {
protected:
  /// The op `text` on tensors %x and %w with the result's start %o; `text` ends
  /// before its operands.
  FailureOr<ContractionView> match(const std::string &text,
                                   const std::string &x, const std::string &w,
                                   const std::string &o,
                                   const std::string &body = "") {
    std::string operands = " ins(%x, %w : " + x + ", " + w +
                           ") outs(%o : " + o + ") " + body + " -> " + o;
    return ContractionView::match(
        getOp(parse("func.func @f(%x: " + x + ", %w: " + w + ", %o: " + o +
                    ") {\n%r = " + text + operands + "\nreturn\n}"),
              0));
  }

  /// A generic with these maps and iterators that sums products.
  FailureOr<ContractionView> matchGeneric(const std::string &maps,
                                          const std::string &iterators,
                                          const std::string &x,
                                          const std::string &w,
                                          const std::string &o) {
    std::string a = element(x), b = element(w), c = element(o), widen, names;
    auto toResult = [&](const std::string &name, const std::string &type) {
      if (type == c)
        return name;
      widen +=
          name + "w = arith.extf " + name + " : " + type + " to " + c + "\n";
      return name + "w";
    };
    std::string left = toResult("%i", a), right = toResult("%j", b);
    return match("linalg.generic {indexing_maps = [" + maps +
                     "], iterator_types = [" + iterators + "]}",
                 x, w, o,
                 "{\n^bb0(%i: " + a + ", %j: " + b + ", %k: " + c + "):\n" +
                     widen + "%p = arith.mulf " + left + ", " + right + " : " +
                     c + "\n%s = arith.addf %k, %p : " + c +
                     "\nlinalg.yield %s : " + c + "\n}");
  }

  static std::string element(const std::string &type) {
    size_t from = type.rfind('x') + 1;
    return type.substr(from, type.size() - from - 1);
  }

  static void expectDims(ContractionView view, ArrayRef<int64_t> out,
                         ArrayRef<int64_t> image, ArrayRef<int64_t> filter) {
    EXPECT_EQ((SmallVector<int64_t>{view.out.f, view.out.h, view.out.w}),
              SmallVector<int64_t>(out));
    EXPECT_EQ((SmallVector<int64_t>{view.image.c, view.image.h, view.image.w}),
              SmallVector<int64_t>(image));
    EXPECT_EQ((SmallVector<int64_t>{view.filter.f, view.filter.c, view.filter.h,
                                    view.filter.w}),
              SmallVector<int64_t>(filter));
  }
};

// Named convolutions in every order of dimensions say the same.

TEST_F(ContractionViewTest, ConvolutionInPlanes) {
  auto view = match("linalg.conv_2d_nchw_fchw {strides = dense<[2, 3]> : "
                    "tensor<2xi64>, dilations = dense<[4, 5]> : tensor<2xi64>}",
                    "tensor<2x8x21x41xf32>", "tensor<16x8x3x4xf32>",
                    "tensor<2x16x7x9xf32>");
  ASSERT_TRUE(succeeded(view));
  expectDims(*view, {1, 2, 3}, {1, 2, 3}, {0, 1, 2, 3});
  EXPECT_EQ(view->strides[0], 2);
  EXPECT_EQ(view->strides[1], 3);
  EXPECT_EQ(view->dilations[0], 4);
  EXPECT_EQ(view->dilations[1], 5);
  EXPECT_EQ(view->getKernelRows(), 3);
  EXPECT_EQ(view->getKernelColumns(), 4);
  EXPECT_EQ(view->getFilters(), 16);
  EXPECT_EQ(view->getChannels(), 8);
  EXPECT_EQ(view->getOutRows(), 7);
  EXPECT_EQ(view->getOutColumns(), 9);
  // Two rows of outputs: a stride, and two dilated taps behind the first.
  EXPECT_EQ(view->getWindow(0, 2), 2 + 2 * 4 + 1);
  EXPECT_FALSE(view->isChannelInnermost());
  EXPECT_TRUE(view->batch.empty());
  EXPECT_EQ(view->n.size(), 3u); // images, rows, columns
}

TEST_F(ContractionViewTest, ConvolutionChannelsLast) {
  auto view = match("linalg.conv_2d_nhwc_hwcf", "tensor<2x9x10x8xf32>",
                    "tensor<3x4x8x16xf32>", "tensor<2x7x7x16xf32>");
  ASSERT_TRUE(succeeded(view));
  expectDims(*view, {3, 1, 2}, {3, 1, 2}, {3, 2, 0, 1});
  EXPECT_TRUE(view->isChannelInnermost());
  EXPECT_EQ(view->getKernelRows(), 3);
  EXPECT_EQ(view->getKernelColumns(), 4);
  EXPECT_EQ(view->getFilters(), 16);
}

TEST_F(ContractionViewTest, ConvolutionFilterFirst) {
  auto view = match("linalg.conv_2d_nhwc_fhwc", "tensor<2x9x10x8xf32>",
                    "tensor<16x3x4x8xf32>", "tensor<2x7x7x16xf32>");
  ASSERT_TRUE(succeeded(view));
  expectDims(*view, {3, 1, 2}, {3, 1, 2}, {0, 3, 1, 2});
  EXPECT_EQ(view->getChannels(), 8);
}

// The image innermost: rows and columns are what windows move along, not the
// last dimensions.
TEST_F(ContractionViewTest, ConvolutionImageLast) {
  auto view = matchGeneric(
      "affine_map<(h, w, f, n, p, q, c) -> (h + p, w + q, c, n)>, "
      "affine_map<(h, w, f, n, p, q, c) -> (p, q, c, f)>, "
      "affine_map<(h, w, f, n, p, q, c) -> (h, w, f, n)>",
      R"("parallel", "parallel", "parallel", "parallel", "reduction",
         "reduction", "reduction")",
      "tensor<9x10x8x2xf32>", "tensor<3x4x8x16xf32>", "tensor<7x7x16x2xf32>");
  ASSERT_TRUE(succeeded(view));
  expectDims(*view, {2, 0, 1}, {2, 0, 1}, {3, 2, 0, 1});
  EXPECT_EQ(view->row, 0);
  EXPECT_EQ(view->column, 1);
  EXPECT_EQ(view->m, 2);
  EXPECT_EQ(view->k, 6);
  EXPECT_EQ(view->tapRow, 4);
  EXPECT_EQ(view->tapColumn, 5);
}

TEST_F(ContractionViewTest, GroupsAreABatch) {
  auto view = match("linalg.conv_2d_ngchw_gfchw", "tensor<2x3x4x9x10xf32>",
                    "tensor<3x8x4x3x3xf32>", "tensor<2x3x8x7x8xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->batch, Loops{1});
  expectDims(*view, {2, 3, 4}, {2, 3, 4}, {1, 2, 3, 4});
  EXPECT_EQ(view->getFilters(), 8); // of one group
}

TEST_F(ContractionViewTest, OneDimension) {
  auto view =
      match("linalg.conv_1d_ncw_fcw {strides = dense<2> : "
            "tensor<1xi64>}",
            "tensor<2x8x21xf32>", "tensor<16x8x3xf32>", "tensor<2x16x10xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->row, kNone);
  expectDims(*view, {1, kNone, 2}, {1, kNone, 2}, {0, 1, kNone, 2});
  EXPECT_EQ(view->getOutRows(), 1);
  EXPECT_EQ(view->getKernelRows(), 1);
  EXPECT_EQ(view->strides[0], 1);
  EXPECT_EQ(view->strides[1], 2);
}

// A 1x1 convolution as exporters write it, without taps: rows and columns are
// the innermost n loops of the result.
TEST_F(ContractionViewTest, PointwiseConvolution) {
  auto view = matchGeneric(
      "affine_map<(n, h, w, f, c) -> (n, h, w, c)>, "
      "affine_map<(n, h, w, f, c) -> (f, c)>, "
      "affine_map<(n, h, w, f, c) -> (n, h, w, f)>",
      R"("parallel", "parallel", "parallel", "parallel", "reduction")",
      "tensor<2x7x9x8xf16>", "tensor<16x8xf16>", "tensor<2x7x9x16xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->tapRow, kNone);
  EXPECT_EQ(view->tapColumn, kNone);
  expectDims(*view, {3, 1, 2}, {3, 1, 2}, {0, 1, kNone, kNone});
  EXPECT_EQ(view->getKernelRows(), 1);
  EXPECT_EQ(view->getWindow(1, 5), 5);
  EXPECT_TRUE(view->hasInstruction()); // f16 into f32
}

// Products: the first operand's loops are n, the second one's m.

TEST_F(ContractionViewTest, Matmul) {
  auto view = match("linalg.matmul", "tensor<5x8xf32>", "tensor<8x7xf32>",
                    "tensor<5x7xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->n, Loops{0});
  EXPECT_EQ(view->m, 1);
  EXPECT_EQ(view->k, 2);
  EXPECT_EQ(view->column, 0);
  EXPECT_EQ(view->row, kNone);
  expectDims(*view, {1, kNone, 0}, {1, kNone, 0}, {1, 0, kNone, kNone});
  EXPECT_EQ(view->getFilters(), 7);
  EXPECT_EQ(view->getOutColumns(), 5);
  EXPECT_TRUE(view->isChannelInnermost());
}

TEST_F(ContractionViewTest, BatchMatmul) {
  auto view = match("linalg.batch_matmul", "tensor<3x5x8xf32>",
                    "tensor<3x8x7xf32>", "tensor<3x5x7xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->batch, Loops{0});
  EXPECT_EQ(view->n, Loops{1});
  EXPECT_EQ(view->m, 2);
  expectDims(*view, {2, kNone, 1}, {2, kNone, 1}, {2, 1, kNone, kNone});
}

// X times its transpose: one tensor, two operands.
TEST_F(ContractionViewTest, TransposedMatmul) {
  auto view =
      matchGeneric("affine_map<(i, j, k) -> (k, i)>, "
                   "affine_map<(i, j, k) -> (j, k)>, "
                   "affine_map<(i, j, k) -> (j, i)>",
                   R"("parallel", "parallel", "reduction")", "tensor<8x5xf32>",
                   "tensor<7x8xf32>", "tensor<7x5xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_EQ(view->n, Loops{0});
  EXPECT_EQ(view->m, 1);
  expectDims(*view, {0, kNone, 1}, {0, kNone, 1}, {0, 1, kNone, kNone});
  EXPECT_FALSE(view->isChannelInnermost());
}

TEST_F(ContractionViewTest, ElementTypesOfInstructions) {
  auto view = match("linalg.matmul", "tensor<5x8xf64>", "tensor<8x7xf64>",
                    "tensor<5x7xf64>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_FALSE(view->hasInstruction());
  view = match("linalg.matmul", "tensor<5x8xf16>", "tensor<8x7xbf16>",
               "tensor<5x7xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_FALSE(view->hasInstruction());
  view = match("linalg.matmul", "tensor<5x8xbf16>", "tensor<8x7xbf16>",
               "tensor<5x7xf32>");
  ASSERT_TRUE(succeeded(view));
  EXPECT_TRUE(view->hasInstruction());
}

// What has no m, no n or no k gives an instruction nothing to multiply.

TEST_F(ContractionViewTest, RefusesDepthwise) {
  EXPECT_TRUE(
      failed(match("linalg.depthwise_conv_2d_nchw_chw", "tensor<2x8x9x9xf32>",
                   "tensor<8x3x3xf32>", "tensor<2x8x7x7xf32>")));
}

TEST_F(ContractionViewTest, RefusesPooling) {
  EXPECT_TRUE(failed(match("linalg.pooling_nchw_max", "tensor<2x8x9x9xf32>",
                           "tensor<3x3xf32>", "tensor<2x8x7x7xf32>")));
  EXPECT_TRUE(failed(match("linalg.pooling_nhwc_sum", "tensor<2x9x9x8xf32>",
                           "tensor<3x3xf32>", "tensor<2x7x7x8xf32>")));
}

TEST_F(ContractionViewTest, RefusesVectors) {
  EXPECT_TRUE(failed(match("linalg.matvec", "tensor<5x8xf32>", "tensor<8xf32>",
                           "tensor<5xf32>")));
  EXPECT_TRUE(failed(match("linalg.vecmat", "tensor<8xf32>", "tensor<8x5xf32>",
                           "tensor<5xf32>")));
  EXPECT_TRUE(failed(
      match("linalg.dot", "tensor<8xf32>", "tensor<8xf32>", "tensor<f32>")));
}

TEST_F(ContractionViewTest, RefusesOuterProduct) {
  EXPECT_TRUE(failed(matchGeneric("affine_map<(i, j) -> (i)>, "
                                  "affine_map<(i, j) -> (j)>, "
                                  "affine_map<(i, j) -> (i, j)>",
                                  R"("parallel", "parallel")", "tensor<5xf32>",
                                  "tensor<7xf32>", "tensor<5x7xf32>")));
}

// Two summed loops, or three windows, are more than one k and two taps.
TEST_F(ContractionViewTest, RefusesMoreLoops) {
  EXPECT_TRUE(failed(matchGeneric(
      "affine_map<(i, j, k, l) -> (i, k, l)>, "
      "affine_map<(i, j, k, l) -> (k, l, j)>, "
      "affine_map<(i, j, k, l) -> (i, j)>",
      R"("parallel", "parallel", "reduction", "reduction")",
      "tensor<5x8x2xf32>", "tensor<8x2x7xf32>", "tensor<5x7xf32>")));
  EXPECT_TRUE(
      failed(match("linalg.conv_3d_ncdhw_fcdhw", "tensor<1x8x9x9x9xf32>",
                   "tensor<16x8x3x3x3xf32>", "tensor<1x16x7x7x7xf32>")));
}

TEST_F(ContractionViewTest, RefusesDynamicShapes) {
  EXPECT_TRUE(failed(match("linalg.matmul", "tensor<?x8xf32>",
                           "tensor<8x7xf32>", "tensor<?x7xf32>")));
}

// A region with several has none that leads.
TEST_F(ContractionViewTest, FindsTheOnlyOne) {
  std::string one = "%r = linalg.matmul ins(%x, %x : tensor<8x8xf32>, "
                    "tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) -> "
                    "tensor<8x8xf32>\n",
              two = "%q = linalg.matmul ins(%r, %x : tensor<8x8xf32>, "
                    "tensor<8x8xf32>) outs(%x : tensor<8x8xf32>) -> "
                    "tensor<8x8xf32>\n";
  auto find = [&](const std::string &body) {
    Block &block =
        parse("func.func @f(%x: tensor<8x8xf32>) {\n" + body + "return\n}");
    return succeeded(ContractionView::find(*block.getParent()));
  };
  EXPECT_FALSE(find(""));
  EXPECT_TRUE(find(one));
  EXPECT_FALSE(find(one + two));
}

} // namespace
