//===- PackingTest.cpp - Rows of packed filters with batches --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "AnalysisTest.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/Packing.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

namespace {

class PackingTest : public AnalysisTest {
protected:
  /// Packs the filter of the contraction in `text`, elements numbered from 1,
  /// and expects each where kiln-stage-operands copies it from: the tile that
  /// holds it is a row, tiles are numbered row-major along `tileDims`, and in
  /// the row it lies where the layout of the slot says.
  template <typename Element>
  void expectRows(const std::string &text, StringRef schedule,
                  ArrayRef<int64_t> tileDims, int64_t rows) {
    linalg::LinalgOp op = getOp(parse(text), 0);
    FailureOr<ContractionView> view = ContractionView::match(op);
    ASSERT_TRUE(succeeded(view));
    auto attribute = dyn_cast_or_null<ScheduleAttr>(
        parseAttribute(("#kiln.schedule<" + schedule + ">").str(), &context));
    ASSERT_TRUE(attribute);
    SharedLayoutAttr layout = getPackedFilterLayout(attribute, *view);
    ShapedType filter = view->getFilterType();
    int64_t rowSize = layout.getCosize();
    OpBuilder builder(op);
    auto pack = PackOp::create(
        builder, op.getLoc(),
        RankedTensorType::get({rows, rowSize}, filter.getElementType()),
        view->getFilter(), layout, tileDims, /*round_tf32=*/false);
    ASSERT_TRUE(succeeded(pack.verify()));

    std::vector<Element> source(filter.getNumElements()),
        packed(rows * rowSize, Element(0x55));
    std::iota(source.begin(), source.end(), Element(1));
    auto bytes = [](std::vector<Element> &list) {
      return MutableArrayRef<char>(reinterpret_cast<char *>(list.data()),
                                   list.size() * sizeof(Element));
    };
    evaluatePack(pack, bytes(source), bytes(packed));

    SmallVector<int64_t> tile = layout.getShape(), at(filter.getRank(), 0);
    for (Element element : source) {
      int64_t row = 0;
      SmallVector<int64_t> within(at);
      for (int64_t dim : tileDims) {
        row = row * llvm::divideCeil(filter.getDimSize(dim), tile[dim]) +
              at[dim] / tile[dim];
        within[dim] = at[dim] % tile[dim];
      }
      ASSERT_LT(row, rows);
      Element &found = packed[row * rowSize + layout.getOffset(within)];
      EXPECT_EQ(found, element);
      found = 0;
      for (int64_t dim = filter.getRank() - 1;
           dim >= 0 && ++at[dim] == filter.getDimSize(dim); --dim)
        at[dim] = 0;
    }
    // All else is padding.
    EXPECT_EQ(llvm::count(packed, Element(0)), rows * rowSize);
  }
};

TEST_F(PackingTest, GroupsAreTheSlowestRows) {
  // Three groups of 20 filters in tiles of 16, 12 channels in chunks of 8.
  expectRows<uint32_t>(
      "func.func @f(%x: tensor<1x3x12x6x10xf32>, %w: tensor<3x20x12x3x3xf32>, "
      "%o: tensor<1x3x20x4x8xf32>) {\n"
      "  %r = linalg.conv_2d_ngchw_gfchw ins(%x, %w : "
      "tensor<1x3x12x6x10xf32>, tensor<3x20x12x3x3xf32>) outs(%o : "
      "tensor<1x3x20x4x8xf32>) -> tensor<1x3x20x4x8xf32>\n  return\n}",
      "contraction = mma_m16n8k8_tf32, tile = [16, 2, 8], chunk = 8, warps = "
      "[1, 1, 1]",
      {0, 1, 2}, 3 * 2 * 2);
}

TEST_F(PackingTest, BatchesOfProducts) {
  // The filter is the second operand: 40 channels before 24 filters, in words
  // of two f16; two warps along the filters.
  expectRows<uint16_t>(
      "func.func @f(%x: tensor<4x10x40xf16>, %w: tensor<4x40x24xf16>, "
      "%o: tensor<4x10x24xf32>) {\n"
      "  %r = linalg.batch_matmul ins(%x, %w : tensor<4x10x40xf16>, "
      "tensor<4x40x24xf16>) outs(%o : tensor<4x10x24xf32>) -> "
      "tensor<4x10x24xf32>\n  return\n}",
      "contraction = mma_m16n8k16_f16, tile = [32, 1, 8], chunk = 32, warps = "
      "[2, 1, 1]",
      {0, 2, 1}, 4 * 1 * 2);
}

TEST_F(PackingTest, BatchesBehindTheFilters) {
  // Two batch loops, of which one is the filter's innermost dimension.
  expectRows<uint32_t>(
      "#x = affine_map<(a, b, m, n, k) -> (a, b, n, k)>\n"
      "#w = affine_map<(a, b, m, n, k) -> (a, m, k, b)>\n"
      "#o = affine_map<(a, b, m, n, k) -> (a, b, m, n)>\n"
      "func.func @f(%x: tensor<2x3x9x10xf32>, %w: tensor<2x17x10x3xf32>, "
      "%o: tensor<2x3x17x9xf32>) {\n"
      "  %r = linalg.generic {indexing_maps = [#x, #w, #o], iterator_types = "
      "[\"parallel\", \"parallel\", \"parallel\", \"parallel\", "
      "\"reduction\"]} ins(%x, %w : tensor<2x3x9x10xf32>, "
      "tensor<2x17x10x3xf32>) outs(%o : tensor<2x3x17x9xf32>) {\n"
      "  ^bb0(%a: f32, %b: f32, %c: f32):\n"
      "    %p = arith.mulf %a, %b : f32\n"
      "    %s = arith.addf %c, %p : f32\n"
      "    linalg.yield %s : f32\n"
      "  } -> tensor<2x3x17x9xf32>\n  return\n}",
      "contraction = fma, tile = [8, 1, 8], chunk = 4, warps = [1, 1, 1]",
      {0, 3, 1, 2}, 2 * 3 * 3 * 3);
}

} // namespace
