//===- UnrollTaps.cpp - The convolution of a chunk as dots ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Codegen/Passes.h"

#include "kiln/Analysis/Layouts.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace kiln {
#define GEN_PASS_DEF_UNROLLTAPS
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct UnrollTaps : public kiln::impl::UnrollTapsBase<UnrollTaps> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule = function->getAttrOfType<ScheduleAttr>("kiln.schedule");
      FailureOr<Convolution> conv = Convolution::find(function.getBody());
      if (schedule && succeeded(conv) && failed(unroll(schedule, *conv)))
        return signalPassFailure();
    }
  }

  /// Maps of filter, image and output over (n, f, h, w, c).
  static ArrayAttr getMaps(Builder &builder, const Convolution &conv) {
    AffineExpr n = builder.getAffineDimExpr(0), f = builder.getAffineDimExpr(1),
               h = builder.getAffineDimExpr(2), w = builder.getAffineDimExpr(3),
               c = builder.getAffineDimExpr(4),
               zero = builder.getAffineConstantExpr(0);
    SmallVector<AffineExpr> filter(4, zero), image(4), out(4);
    filter[conv.filter.f] = f;
    filter[conv.filter.c] = c;
    image[conv.image.n] = n;
    image[conv.image.c] = c;
    image[conv.image.h] = h;
    image[conv.image.w] = w;
    out[conv.out.n] = n;
    out[conv.out.f] = f;
    out[conv.out.h] = h;
    out[conv.out.w] = w;
    MLIRContext *context = builder.getContext();
    return builder.getAffineMapArrayAttr({AffineMap::get(5, 0, filter, context),
                                          AffineMap::get(5, 0, image, context),
                                          AffineMap::get(5, 0, out, context)});
  }

  LogicalResult unroll(ScheduleAttr schedule, Convolution conv) {
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
    SmallVector<int64_t> ones(4, 1), imageSteps(4, 1);
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
        SmallVector<int64_t> filterAt(4, 0), imageAt(4, 0);
        filterAt[conv.filter.c] = channel;
        filterAt[conv.filter.h] = row;
        filterAt[conv.filter.w] = column;
        imageAt[conv.image.c] = channel;
        imageAt[conv.image.h] = row * conv.dilations[0];
        imageAt[conv.image.w] = column * conv.dilations[1];
        // A packed filter was rounded when it was packed.
        Value a = LocalLoadOp::create(builder, loc, filterType,
                                      filter.getBuffer(), filter.getSlot(),
                                      filterAt, ones, round && !packed);
        Value b =
            LocalLoadOp::create(builder, loc, imageType, image.getBuffer(),
                                image.getSlot(), imageAt, imageSteps, round);
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
