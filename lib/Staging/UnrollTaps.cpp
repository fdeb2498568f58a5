//===- UnrollTaps.cpp - The contraction of a chunk as dots ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Staging/Passes.h"

#include "kiln/Analysis/Layouts.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {
#define GEN_PASS_DEF_UNROLLTAPS
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct UnrollTaps : public kiln::impl::UnrollTapsBase<UnrollTaps> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      FailureOr<ContractionView> conv =
          ContractionView::find(function.getBody());
      if (schedule && succeeded(conv) && failed(unroll(schedule, *conv)))
        return signalPassFailure();
    }
  }

  /// Maps of filter, image and output over the loops of the contraction, at one
  /// tap.
  static ArrayAttr getMaps(Builder &builder, ContractionView conv) {
    MLIRContext *context = builder.getContext();
    SmallVector<AffineExpr> atTap;
    for (unsigned loop = 0; loop < conv.op.getNumLoops(); ++loop)
      atTap.push_back(loop == conv.tapRow || loop == conv.tapColumn
                          ? builder.getAffineConstantExpr(0)
                          : builder.getAffineDimExpr(loop));
    auto replace = [&](AffineMap map) {
      return map.replaceDimsAndSymbols(atTap, {}, atTap.size(), 0);
    };
    // A window at its tap is the position; strides are those of the load.
    SmallVector<AffineExpr> image(conv.getImageMap().getResults());
    if (conv.image.h >= 0)
      image[conv.image.h] = builder.getAffineDimExpr(conv.row);
    image[conv.image.w] = builder.getAffineDimExpr(conv.column);
    return builder.getAffineMapArrayAttr(
        {replace(conv.getFilterMap()),
         AffineMap::get(atTap.size(), 0, image, context),
         replace(conv.getOutMap())});
  }

  LogicalResult unroll(ScheduleAttr schedule, ContractionView conv) {
    auto image = conv.getImage().getDefiningOp<StagedOp>();
    auto filter = conv.getFilter().getDefiningOp<StagedOp>();
    auto outType = cast<RankedTensorType>(conv.op->getResult(0).getType());
    if (!image || !filter ||
        !isa_and_nonnull<LayoutAttr>(outType.getEncoding()))
      return conv.op.emitOpError("needs staged operands and a layout; run "
                                 "kiln-stage-operands and kiln-assign-layouts "
                                 "first");
    OperandLayouts layouts = getOperandLayouts(schedule, conv);
    OpBuilder builder(conv.op);
    Location loc = conv.op.getLoc();
    auto fragmentType = [](LayoutAttr layout, Type element) {
      return RankedTensorType::get(layout.getShape(), element, layout);
    };
    auto filterType = fragmentType(layouts.filter,
                                   filter.getTile().getType().getElementType());
    auto imageType =
        fragmentType(layouts.image, image.getTile().getType().getElementType());
    ArrayAttr maps = getMaps(builder, conv);
    int64_t rows = conv.getKernelRows(), columns = conv.getKernelColumns();
    int64_t k = schedule.getInstructionK();
    int64_t filterRank = filterType.getRank(), imageRank = imageType.getRank();
    SmallVector<int64_t> ones(filterRank, 1), imageSteps(imageRank, 1);
    if (conv.image.h >= 0)
      imageSteps[conv.image.h] = conv.strides[0];
    imageSteps[conv.image.w] = conv.strides[1];
    bool rowInner = isKernelRowInner(schedule);
    Value acc = conv.getInit();
    bool round = schedule.getInstruction().roundsToTF32();
    bool packed = schedule.getWeights() == Weights::Packed;
    for (int64_t tap = 0; tap < rows * columns; ++tap) {
      int64_t row = rowInner ? tap % rows : tap / columns;
      int64_t column = rowInner ? tap / rows : tap % columns;
      for (int64_t channel = 0; channel < schedule.getChunk(); channel += k) {
        SmallVector<int64_t> filterAt(filterRank, 0), imageAt(imageRank, 0);
        filterAt[conv.filter.c] = channel;
        if (conv.filter.h >= 0)
          filterAt[conv.filter.h] = row;
        if (conv.filter.w >= 0)
          filterAt[conv.filter.w] = column;
        imageAt[conv.image.c] = channel;
        if (conv.image.h >= 0)
          imageAt[conv.image.h] = row * conv.dilations[0];
        imageAt[conv.image.w] = column * conv.dilations[1];
        if (image.getOrigin())
          for (auto [at, first] : llvm::zip_equal(imageAt, *image.getOrigin()))
            at += first;
        // A packed filter was rounded when it was packed.
        Value a = LocalLoadOp::create(
            builder, loc, filterType, filter.getBuffer(), ValueRange(),
            filter.getSlot(), filterAt, ones, round && !packed);
        auto b = LocalLoadOp::create(builder, loc, imageType, image.getBuffer(),
                                     image.getOthers(), image.getSlot(),
                                     imageAt, imageSteps, round);
        IRMapping mapping;
        image.getComputing().cloneInto(&b.getComputing(), mapping);
        acc = DotOp::create(builder, loc, outType, a, b, acc, maps,
                            schedule.getContraction());
        ++numDots;
      }
    }
    conv.op->getResult(0).replaceAllUsesWith(acc);
    conv.op->erase();
    image.erase();
    filter.erase();
    return success();
  }
};
} // namespace
