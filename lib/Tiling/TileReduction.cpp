//===- TileReduction.cpp - The loop over chunks of channels ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Tiling/Passes.h"

#include "kiln/Analysis/ImageWork.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace kiln {
#define GEN_PASS_DEF_TILEREDUCTION
#include "kiln/Tiling/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// The part of a tile that a chunk of `dim` reads, starting at `offset`.
static Value extractChunk(OpBuilder &builder, ExtractTileOp tile, int64_t dim,
                          Value offset, int64_t chunk) {
  RankedTensorType type = tile.getTile().getType();
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<Value> offsets(tile.getOffsets());
  SmallVector<bool> inBounds(tile.getInBounds());
  inBounds[dim] = inBounds[dim] && shape[dim] % chunk == 0;
  shape[dim] = chunk;
  offsets[dim] = offset;
  return ExtractTileOp::create(
      builder, tile.getLoc(),
      RankedTensorType::get(shape, type.getElementType()), tile.getSource(),
      offsets, inBounds);
}

namespace {
struct TileReduction : public kiln::impl::TileReductionBase<TileReduction> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() != Role::Compute)
        return WalkResult::advance();
      return failed(tile(kernel)) ? WalkResult::interrupt()
                                  : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult tile(KernelOp kernel) {
    if (!kernel.getScheduleAttr())
      return kernel.emitOpError("needs a schedule");
    auto schedule = dyn_cast<ScheduleAttr>(kernel.getScheduleAttr());
    if (!schedule) // its loops were made with the tiles
      return success();
    FailureOr<ContractionView> conv = ContractionView::find(kernel.getBody());
    if (failed(conv))
      return kernel.emitOpError("needs exactly one contraction");
    ImageTile image(*conv);
    auto filter = conv->getFilter().getDefiningOp<ExtractTileOp>();
    if (image.boxes.empty() || !filter)
      return conv->op.emitOpError("operands must be tiles; run "
                                  "kiln-tile-to-blocks first");
    Location loc = conv->op.getLoc();
    OpBuilder builder(conv->op);
    int64_t chunk = schedule.getChunk();
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value channels =
        arith::ConstantIndexOp::create(builder, loc, conv->getChannels());
    Value step = arith::ConstantIndexOp::create(builder, loc, chunk);
    auto loop = scf::ForOp::create(
        builder, loc, zero, channels, step, ValueRange{conv->getInit()},
        [&](OpBuilder &b, Location loc, Value channel, ValueRange acc) {
          SmallVector<Value> chunks;
          for (ExtractTileOp box : image.boxes)
            chunks.push_back(
                extractChunk(b, box, conv->image.c, channel, chunk));
          Value imageChunk = chunks.front();
          if (image.work)
            imageChunk =
                createTileWork(b, cast<linalg::LinalgOp>(*image.work), chunks)
                    .getResult(0);
          Value filterChunk =
              extractChunk(b, filter, conv->filter.c, channel, chunk);
          Operation *dot = b.clone(*conv->op);
          dot->setOperands({imageChunk, filterChunk, acc[0]});
          scf::YieldOp::create(b, loc, dot->getResults());
        });
    conv->op->replaceAllUsesWith(loop.getResults());
    conv->op->erase();
    image.erase();
    filter.erase();
    ++numLoops;
    return success();
  }
};
} // namespace
