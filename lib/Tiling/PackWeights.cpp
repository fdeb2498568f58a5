//===- PackWeights.cpp - Filters in fragment order ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tiling/Passes.h"

#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/KernelNames.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "kiln/Tiling/Passes.h.inc"
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
    if (!canPackFilter(*conv))
      return emitSourceError(conv->op,
                             "not supported: a packed filter must be an "
                             "argument, or computed elementwise, that "
                             "only the contraction reads");
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

    // What computes the filter moves into the packing kernel, where it runs
    // once for each of its elements.
    llvm::SetVector<Operation *> chain;
    BackwardSliceOptions options;
    options.inclusive = true;
    options.omitBlockArguments = true;
    // Bodies read the kernel's constants.
    options.omitUsesFromAbove = false;
    if (Operation *op = conv->getFilter().getDefiningOp()) {
      [[maybe_unused]] LogicalResult sliced =
          getBackwardSlice(op, &chain, options);
      assert(succeeded(sliced) && "a kernel is one block without cycles");
    }
    llvm::SetVector<Value> arguments;
    auto addArgument = [&](Value value) {
      auto argument = dyn_cast<BlockArgument>(value);
      if (argument && argument.getOwner() == &kernel.getBody().front())
        arguments.insert(argument);
    };
    addArgument(conv->getFilter());
    for (Operation *op : chain)
      op->walk([&](Operation *nested) {
        llvm::for_each(nested->getOperands(), addArgument);
      });

    // The packing kernel: tiles of 256 elements of a row.
    OpBuilder builder(kernel);
    constexpr int64_t kThreads = 256;
    SmallVector<int64_t> tile;
    SmallVector<Mode> threads;
    if (rows > 1) {
      tile.push_back(1);
      threads.push_back(Mode({{1, 1}}));
    }
    tile.push_back(kThreads);
    threads.push_back(Mode({{kThreads, 1}}));
    auto loops =
        LoopScheduleAttr::get(&getContext(), tile, threads,
                              SmallVector<int64_t>(tile.size(), 1), kThreads);
    SmallVector<Value> inputs;
    for (Value argument : arguments)
      inputs.push_back(
          kernel.getInputs()[cast<BlockArgument>(argument).getArgNumber()]);
    auto packKernel =
        KernelOp::create(builder, loc, TypeRange{packedType}, inputs,
                         names.make((kernel.getKernelName() + "_pack").str()),
                         loops, /*flops=*/IntegerAttr(), Role::Pack);
    Block *body = builder.createBlock(
        &packKernel.getBody(), {}, TypeRange(ValueRange(inputs)),
        SmallVector<Location>(inputs.size(), loc));
    IRMapping mapping;
    mapping.map(arguments.getArrayRef(), body->getArguments());
    for (Operation &op : kernel.getBody().front())
      if (chain.contains(&op))
        builder.clone(op, mapping);
    auto packed = PackOp::create(
        builder, loc, packedType, mapping.lookup(conv->getFilter()), layout,
        tileDims, schedule.getInstruction().roundsToTF32());
    YieldOp::create(builder, loc, ValueRange{packed});

    // The compute kernel reads the packed buffer through a view.
    Block &compute = kernel.getBody().front();
    Type filterType = conv->getFilter().getType();
    auto argument = dyn_cast<BlockArgument>(conv->getFilter());
    if (argument) {
      kernel.getInputsMutable()[argument.getArgNumber()].set(
          packKernel.getResult(0));
      argument.setType(packedType);
    } else {
      argument = compute.addArgument(packedType, loc);
      kernel.getInputsMutable().append(packKernel.getResult(0));
    }
    builder.setInsertionPointToStart(&compute);
    auto unpacked =
        UnpackOp::create(builder, loc, filterType, argument, layout, tileDims);
    conv->op->setOperand(1, unpacked);
    for (Operation *op : llvm::reverse(chain))
      if (op->use_empty())
        op->erase();
    for (int64_t i = compute.getNumArguments() - 1; i >= 0; --i)
      if (compute.getArgument(i).use_empty() &&
          arguments.contains(compute.getArgument(i))) {
        compute.eraseArgument(i);
        kernel.getInputsMutable().erase(i);
      }
    ++numPacked;
    return success();
  }
};
} // namespace
