//===- PackWeights.cpp - Filters in fragment order ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Codegen/Passes.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Dialect/Kiln/IR/KernelNames.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct PackWeights : public kiln::impl::PackWeightsBase<PackWeights> {
  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation().walk([&](KernelOp kernel) {
      auto schedule = dyn_cast_or_null<ScheduleAttr>(kernel.getScheduleAttr());
      if (schedule && schedule.getWeights() == Weights::Packed)
        kernels.push_back(kernel);
    });
    KernelNames names(getOperation());
    for (KernelOp kernel : kernels)
      if (failed(pack(kernel, names)))
        return signalPassFailure();
  }

  LogicalResult pack(KernelOp kernel, KernelNames &names) {
    FailureOr<ContractionView> conv = ContractionView::find(kernel.getBody());
    if (failed(conv))
      return kernel.emitOpError("must contain exactly one contraction");
    auto argument = dyn_cast<BlockArgument>(conv->getFilter());
    if (!argument || !argument.hasOneUse())
      return conv->op->emitOpError("not supported: a packed filter must be an "
                                   "argument that only the convolution reads");
    auto schedule = cast<ScheduleAttr>(kernel.getScheduleAttr());
    SharedLayoutAttr layout = getPackedFilterLayout(schedule, *conv);
    Type element = conv->getFilterType().getElementType();
    // A row for each chunk of each channel tile of each batch.
    SmallVector<int64_t> tileDims;
    for (unsigned loop : conv->batch)
      tileDims.push_back(*conv->getFilterMap().getResultPosition(
          getAffineDimExpr(loop, &getContext())));
    tileDims.append({conv->filter.f, conv->filter.c});
    int64_t rows = 1;
    for (int64_t dim : tileDims)
      rows *= llvm::divideCeil(conv->getFilterType().getDimSize(dim),
                               layout.getShape()[dim]);
    auto packedType =
        RankedTensorType::get({rows, layout.getCosize()}, element);
    Location loc = conv->op->getLoc();

    // The packing kernel.
    OpBuilder builder(kernel);
    Value filter = kernel.getInputs()[argument.getArgNumber()];
    auto packKernel = KernelOp::create(
        builder, loc, TypeRange{packedType}, ValueRange{filter},
        names.make((kernel.getKernelName() + "_pack").str()), KernelSchedule(),
        /*flops=*/IntegerAttr(), Role::Pack);
    Block *body = builder.createBlock(&packKernel.getBody(), {},
                                      {filter.getType()}, {loc});
    auto packed =
        PackOp::create(builder, loc, packedType, body->getArgument(0), layout,
                       tileDims, schedule.getInstruction().roundsToTF32());
    YieldOp::create(builder, loc, ValueRange{packed});

    // The compute kernel reads the packed buffer through a view.
    kernel.getInputsMutable()[argument.getArgNumber()].set(
        packKernel.getResult(0));
    argument.setType(packedType);
    builder.setInsertionPointToStart(&kernel.getBody().front());
    auto unpacked = UnpackOp::create(builder, loc, filter.getType(), argument,
                                     layout, tileDims);
    conv->op->setOperand(1, unpacked);
    ++numPacked;
    return success();
  }
};
} // namespace
