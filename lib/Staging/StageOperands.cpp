//===- StageOperands.cpp - Tiles in shared memory -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "WidenAccess.h"

#include "kiln/Staging/Passes.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/ImageWork.h"
#include "kiln/Analysis/Layouts.h"
#include "kiln/Analysis/ScheduleFit.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_STAGEOPERANDS
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// The widest copy of the tile of an image.
static ImageCopy getTileCopy(ExtractTileOp tile, ScheduleAttr schedule,
                             const ContractionView &conv) {
  auto source = cast<MemRefType>(tile.getSource().getType());
  int64_t inner = source.getRank() - 1;
  // Columns are padded to whole units, channels come in whole chunks; rows or
  // images that are innermost lie apart in the tile.
  if (conv.isChannelInnermost())
    return {getUnitElements(source, tile.getOffsets(), schedule.getChunk())};
  if (conv.image.w != inner)
    return {};
  Type element = source.getElementType();
  int64_t vector = getCopyVector(element, source.getDimSize(inner));
  for (; vector > 1; vector /= 2)
    if (auto offset = getKnownRemainder(tile.getOffsets().back(), vector))
      return getRowCopy(element, vector, *offset);
  return {};
}

namespace {
struct StageOperands : public kiln::impl::StageOperandsBase<StageOperands> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      FailureOr<ContractionView> conv =
          ContractionView::find(function.getBody());
      if (schedule && succeeded(conv) &&
          failed(stage(function, schedule, *conv)))
        return signalPassFailure();
    }
  }

  LogicalResult stage(gpu::GPUFuncOp function, ScheduleAttr schedule,
                      ContractionView conv) {
    ImageTile image(conv);
    auto filter = conv.getFilter().getDefiningOp<ExtractTileOp>();
    if (image.boxes.empty() || !filter ||
        !isa<scf::ForOp>(conv.op->getParentOp()))
      return conv.op.emitOpError("must be in a chunk loop and read tiles; run "
                                 "kiln-tile-reduction first");
    Location loc = conv.op.getLoc();
    OpBuilder builder(conv.op);
    Value slot = arith::ConstantIndexOp::create(builder, loc, 0);
    // Several are boxes of tensors of one shape, at one place.
    ExtractTileOp first = image.boxes.front();
    ImageCopy copy = getTileCopy(first, schedule, conv);
    SmallVector<Value> copied, read;
    for (ExtractTileOp box : image.boxes) {
      auto [from, to] =
          stageImage(builder, function, schedule, conv, box, copy, slot);
      copied.push_back(from);
      read.push_back(to);
    }
    Value filterBuffer =
        stageFilter(builder, function, schedule, conv, filter, slot);
    AsyncCommitOp::create(builder, loc);
    AsyncWaitOp::create(builder, loc, 0);
    BarrierOp::create(builder, loc);
    if (copied != read) {
      for (auto [from, to] : llvm::zip_equal(copied, read))
        LocalCopyOp::create(builder, first.getLoc(), from, slot, to, slot,
                            /*rounds=*/DenseI64ArrayAttr());
      BarrierOp::create(builder, loc);
    }
    RankedTensorType tile = first.getTile().getType();
    SmallVector<int64_t> origin(tile.getRank(), 0);
    origin[conv.image.w] = copy.lead;
    auto stagedImage = StagedOp::create(
        builder, loc, tile, read.front(), ValueRange(read).drop_front(), slot,
        copy.lead ? builder.getDenseI64ArrayAttr(origin) : nullptr);
    if (image.work)
      addWork(stagedImage, image.work);
    Value stagedFilter =
        StagedOp::create(builder, loc, filter.getTile().getType(), filterBuffer,
                         ValueRange(), slot, /*origin=*/nullptr);
    conv.op->setOperand(0, stagedImage);
    conv.op->setOperand(1, stagedFilter);
    builder.setInsertionPointAfter(conv.op);
    BarrierOp::create(builder, loc);
    auto unpack = filter.getSource().getDefiningOp<UnpackOp>();
    image.erase();
    filter.erase();
    if (unpack && unpack->use_empty())
      unpack.erase();
    numStaged += 1 + read.size();
    return success();
  }

  /// The tile is what `work` makes of what the buffer holds.
  static void addWork(StagedOp staged, linalg::GenericOp work) {
    OpBuilder builder(staged);
    Location loc = work.getLoc();
    SmallVector<Type> types(1 + staged.getOthers().size(),
                            staged.getTile().getType().getElementType());
    Block *block =
        builder.createBlock(&staged.getComputing(), {}, types,
                            SmallVector<Location>(types.size(), loc));
    ComputeYieldOp::create(builder, loc,
                           cloneWork(builder, cast<linalg::LinalgOp>(*work),
                                     block->getArguments()));
  }

  static Value allocate(gpu::GPUFuncOp function, Location loc,
                        SharedType type) {
    OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
    return AllocSharedOp::create(builder, loc, type);
  }

  /// The buffer that the image is copied to, and the one that it is read from.
  std::pair<Value, Value>
  stageImage(OpBuilder &builder, gpu::GPUFuncOp function, ScheduleAttr schedule,
             const ContractionView &conv, ExtractTileOp tile, ImageCopy copy,
             Value slot) {
    auto type = cast<MemRefType>(tile.getSource().getType());
    int64_t bytes = copy.vector * type.getElementTypeBitWidth() / 8;
    if (bytes < 16)
      remark::missed(tile.getLoc(), remark::RemarkOpts::name("copy-width")
                                        .category("kiln-stage-operands")
                                        .function(function.getName()))
          << remark::reason(
                 "the image is copied in units of {0} bytes, not 16: its rows "
                 "of {1} elements or their offsets are not multiples of {2}",
                 bytes, type.getShape().back(),
                 128 / type.getElementTypeBitWidth());
    ImageBuffers types = getImageBuffers(schedule, conv, copy);
    Value buffer = allocate(function, tile.getLoc(), types.copied);
    // Padded columns may reach past the image where the patch does not.
    SmallVector<bool> inBounds(tile.getInBounds());
    ArrayRef<int64_t> patch = tile.getTile().getType().getShape();
    for (auto [dim, extent] : llvm::enumerate(types.copied.getShape()))
      inBounds[dim] = inBounds[dim] && extent == patch[dim];
    SmallVector<Value> offsets(tile.getOffsets());
    if (copy.lead) {
      AffineExpr first = builder.getAffineDimExpr(0) - copy.lead;
      offsets[conv.image.w] = affine::makeComposedAffineApply(
          builder, tile.getLoc(), AffineMap::get(1, 0, first),
          {OpFoldResult(offsets[conv.image.w])});
    }
    AsyncCopyOp::create(builder, tile.getLoc(), tile.getSource(), offsets,
                        buffer, slot, Value(), inBounds, copy.vector,
                        /*flat=*/false,
                        /*rounds=*/DenseI64ArrayAttr());
    if (types.read == types.copied)
      return {buffer, buffer};
    return {buffer, allocate(function, tile.getLoc(), types.read)};
  }

  /// The number of the packed tile that `tile` is.
  static Value getPackedRow(OpBuilder &builder, ExtractTileOp tile,
                            UnpackOp unpack) {
    Location loc = tile.getLoc();
    auto filter = cast<ShapedType>(unpack.getFilter().getType());
    SmallVector<int64_t> sizes = unpack.getLayout().getShape();
    Value row;
    for (int64_t dim : unpack.getTileDims()) {
      int64_t tiles = llvm::divideCeil(filter.getDimSize(dim), sizes[dim]);
      if (tiles == 1)
        continue;
      auto index = [&](int64_t value) {
        return arith::ConstantIndexOp::create(builder, loc, value);
      };
      Value number = arith::DivUIOp::create(
          builder, loc, tile.getOffsets()[dim], index(sizes[dim]));
      row = row ? arith::AddIOp::create(
                      builder, loc,
                      arith::MulIOp::create(builder, loc, row, index(tiles)),
                      number)
                      .getResult()
                : number;
    }
    return row ? row : arith::ConstantIndexOp::create(builder, loc, 0);
  }

  Value stageFilter(OpBuilder &builder, gpu::GPUFuncOp function,
                    ScheduleAttr schedule, const ContractionView &conv,
                    ExtractTileOp tile, Value slot) {
    Location loc = tile.getLoc();
    auto unpack = tile.getSource().getDefiningOp<UnpackOp>();
    Type element = tile.getTile().getType().getElementType();
    if (unpack) {
      // A chunk of a channel tile is one row of the packed buffer, already in
      // slot order.
      Value buffer =
          allocate(function, loc,
                   SharedType::get(&getContext(), schedule.getStages(), element,
                                   unpack.getLayout()));
      Value row = getPackedRow(builder, tile, unpack);
      Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
      int64_t vector = getCopyVector(element, unpack.getLayout().getCosize());
      AsyncCopyOp::create(builder, loc, unpack.getPacked(),
                          ValueRange{row, zero}, buffer, slot, Value(),
                          ArrayRef<bool>{true, true}, vector, /*flat=*/true,
                          /*rounds=*/DenseI64ArrayAttr());
      return buffer;
    }
    SharedLayoutAttr layout = getStridedFilterLayout(schedule, conv);
    int64_t vector =
        getUnitElements(cast<MemRefType>(tile.getSource().getType()),
                        tile.getOffsets(), layout.getShape().back());
    Value buffer = allocate(
        function, loc,
        SharedType::get(&getContext(), schedule.getStages(), element, layout));
    AsyncCopyOp::create(builder, loc, tile.getSource(), tile.getOffsets(),
                        buffer, slot, Value(), tile.getInBounds(), vector,
                        /*flat=*/false, /*rounds=*/DenseI64ArrayAttr());
    return buffer;
  }
};
} // namespace
