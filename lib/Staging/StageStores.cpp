//===- StageStores.cpp - Results through shared memory --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Staging/Passes.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Analysis/StagedStore.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_STAGESTORES
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Registers of a thread that hold what was read and is not stored yet.
static constexpr int64_t kWordsTogether = 16;

static LayoutAttr getLayout(Value tile) {
  return dyn_cast_or_null<LayoutAttr>(
      cast<RankedTensorType>(tile.getType()).getEncoding());
}

namespace {
/// Rewrites the stores of one kernel.
class StoreStager {
public:
  StoreStager(gpu::GPUFuncOp function, ScheduleAttr schedule)
      : function(function), schedule(schedule), builder(function) {}

  /// Whether it goes through shared memory.
  bool stage(StoreTileOp store);

private:
  bool refuse(StoreTileOp store, StringRef why);
  Value allocate(Location loc, SharedType type);
  SmallVector<Value> moveOffsets(ValueRange offsets, ArrayRef<int64_t> slice,
                                 ArrayRef<int64_t> piece, Location loc);

  gpu::GPUFuncOp function;
  ScheduleAttr schedule;
  OpBuilder builder;
};
} // namespace

bool StoreStager::refuse(StoreTileOp store, StringRef why) {
  remark::missed(store.getLoc(), remark::RemarkOpts::name("direct-store")
                                     .category("kiln-stage-stores")
                                     .function(function.getName()))
      << remark::reason("stored as it is held: {0}", why);
  return false;
}

/// Behind the kernel's other allocations.
Value StoreStager::allocate(Location loc, SharedType type) {
  OpBuilder::InsertionGuard guard(builder);
  Block &entry = function.getBody().front();
  builder.setInsertionPointToStart(&entry);
  for (Operation &op : llvm::reverse(entry))
    if (isa<AllocSharedOp>(op)) {
      builder.setInsertionPointAfter(&op);
      break;
    }
  return AllocSharedOp::create(builder, loc, type);
}

/// Where a piece of a slice starts in memory: constants behind the offsets of
/// the tile.
SmallVector<Value> StoreStager::moveOffsets(ValueRange offsets,
                                            ArrayRef<int64_t> slice,
                                            ArrayRef<int64_t> piece,
                                            Location loc) {
  SmallVector<Value> moved(offsets);
  for (auto [offset, a, b] : llvm::zip_equal(moved, slice, piece))
    if (a + b != 0)
      offset = affine::AffineApplyOp::create(
          builder, loc,
          AffineMap::get(1, 0, builder.getAffineDimExpr(0) + a + b),
          ValueRange{offset});
  return moved;
}

bool StoreStager::stage(StoreTileOp store) {
  Location loc = store.getLoc();
  RankedTensorType type = store.getTile().getType();
  Type element = type.getElementType();
  LayoutAttr held = getLayout(store.getTile());
  if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() % 8 != 0)
    return refuse(store, "its elements are no whole bytes");
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  auto dest = cast<MemRefType>(store.getDest().getType());
  int64_t vector =
      type.getRank() == 0
          ? 1
          : getCopyVector(element,
                          {dest.getShape().back(),
                           getKnownDivisor(store.getOffsets().back())});
  std::optional<StagedStore> plan;
  if (held)
    plan = planStagedStore(held, bytes, vector);
  if (!plan)
    return refuse(store, "threads hold copies of it");

  builder.setInsertionPoint(store);
  auto bufferType =
      SharedType::get(builder.getContext(), /*slots=*/1, element, plan->buffer);
  Value buffer = allocate(loc, bufferType);
  auto pieceType =
      RankedTensorType::get(plan->piece.getShape(), element, plan->piece);
  // The buffer may lie where the last copies went.
  if (!schedule.getPersistent())
    AsyncWaitOp::create(builder, loc, 0);
  for (ArrayRef<int64_t> slice : plan->slices) {
    // Others may still read what was there.
    BarrierOp::create(builder, loc);
    LocalWriteOp::create(builder, loc, store.getTile(), buffer, slice);
    BarrierOp::create(builder, loc);
    // Loads of some pieces are under way at a time: as many as 16 words.
    int64_t together =
        std::max<int64_t>(1, kWordsTogether * 4 / (plan->vector * bytes));
    for (ArrayRef<SmallVector<int64_t>> rest = plan->pieces; !rest.empty();) {
      auto some = rest.take_front(together);
      rest = rest.drop_front(some.size());
      SmallVector<Value> read;
      for (ArrayRef<int64_t> piece : some)
        read.push_back(LocalReadOp::create(builder, loc, pieceType, buffer,
                                           /*moved=*/Value(), piece));
      for (auto [value, piece] : llvm::zip_equal(read, some))
        StoreTileOp::create(builder, loc, value, store.getDest(),
                            moveOffsets(store.getOffsets(), slice, piece, loc),
                            store.getInBounds(), plan->vector);
    }
  }
  remark::passed(loc, remark::RemarkOpts::name("staged-store")
                          .category("kiln-stage-stores")
                          .function(function.getName()))
      << remark::metric("Slices", plan->slices.size())
      << remark::metric("BytesOfStore", plan->vector * bytes)
      << remark::metric("SharedBytes", bufferType.getBytes());
  store.erase();
  return true;
}

namespace {
struct StageStores : public kiln::impl::StageStoresBase<StageStores> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      if (!schedule || schedule.getStores() != Stores::Staged)
        continue;
      SmallVector<StoreTileOp> stores;
      function.walk([&](StoreTileOp store) { stores.push_back(store); });
      StoreStager stager(function, schedule);
      for (StoreTileOp store : stores)
        numStaged += stager.stage(store);
    }
  }
};
} // namespace
