//===- StageStores.cpp - Results through shared memory --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "StoreEpilogue.h"
#include "WidenAccess.h"

#include "kiln/Staging/Passes.h"

#include "kiln/Analysis/StagedStore.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/TypeUtilities.h"

namespace kiln {
#define GEN_PASS_DEF_STAGESTORES
#include "kiln/Staging/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Registers of a thread that hold what was read and is not stored yet.
static constexpr int64_t kWordsTogether = 16;
/// Elements of a thread in an iteration: several hide each other's latency.
static constexpr int64_t kElementsOfTurn = 4;
/// Instructions for each element that are computed where the accumulators are:
/// less than what the loop costs.
static constexpr int64_t kCheap = 12;
/// Instructions for each element up to which all pieces of a slice are written
/// out where tensors are read: their reads run ahead of the slice.
static constexpr int64_t kUnrolled = 24;

namespace {
/// Rewrites the stores of one kernel.
class StoreStager {
public:
  StoreStager(gpu::GPUFuncOp function, ScheduleAttr schedule)
      : function(function), schedule(schedule), builder(function) {}

  /// Whether it goes through shared memory.
  bool stage(StoreTileOp store);

private:
  using Start = StoreEpilogue::Start;
  /// A loop over pieces: the pieces of an iteration, and by how much it moves.
  struct Turns {
    SmallVector<SmallVector<int64_t>> pieces;
    int64_t dim = 0, extent = 0, step = 0, bufferStep = 0;
  };

  bool refuse(StoreTileOp store, StringRef why);
  Value allocate(Location loc, SharedType type);
  void storeSlice(StoreTileOp store, Value buffer, const StagedStore &plan,
                  ArrayRef<int64_t> slice);
  void computeSlice(StoreTileOp store, Value buffer, const StagedStore &plan,
                    ArrayRef<int64_t> slice, StoreEpilogue &epilogue,
                    Operation *first);
  using Reads = SmallVector<StoreEpilogue::Reads>;
  Reads readAhead(const StagedStore &plan, ArrayRef<int64_t> slice,
                  const StoreEpilogue &epilogue);
  void computePieces(StoreTileOp store, Value buffer, const StagedStore &plan,
                     ArrayRef<int64_t> slice, StoreEpilogue &epilogue,
                     Operation *first, const Reads &reads);
  void storePiece(StoreTileOp store, Value piece, ArrayRef<Start> start,
                  int64_t vector);
  Value readPiece(Location loc, Value buffer, const StagedStore &plan,
                  ArrayRef<int64_t> piece, Value moved);
  static Turns findTurns(const StagedStore &plan);

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

Value StoreStager::readPiece(Location loc, Value buffer,
                             const StagedStore &plan, ArrayRef<int64_t> piece,
                             Value moved) {
  auto type = RankedTensorType::get(
      plan.piece.getShape(),
      cast<SharedType>(buffer.getType()).getElementType(), plan.piece);
  return LocalReadOp::create(builder, loc, type, buffer, moved, piece);
}

void StoreStager::storePiece(StoreTileOp store, Value piece,
                             ArrayRef<Start> start, int64_t vector) {
  SmallVector<Value> offsets;
  for (auto [offset, part] : llvm::zip_equal(store.getOffsets(), start))
    offsets.push_back(moveOffset(builder, store.getLoc(), offset, part));
  StoreTileOp::create(builder, store.getLoc(), piece, store.getDest(), offsets,
                      store.getInBounds(), vector);
}

/// Where a piece of a slice starts in the tile.
static SmallVector<StoreEpilogue::Start> addUp(ArrayRef<int64_t> slice,
                                               ArrayRef<int64_t> piece) {
  SmallVector<StoreEpilogue::Start> start;
  for (auto [a, b] : llvm::zip_equal(slice, piece))
    start.push_back({Value(), a + b});
  return start;
}

/// Loads of some pieces are under way at a time.
void StoreStager::storeSlice(StoreTileOp store, Value buffer,
                             const StagedStore &plan, ArrayRef<int64_t> slice) {
  int64_t bytes =
      store.getTile().getType().getElementType().getIntOrFloatBitWidth() / 8;
  int64_t together =
      std::max<int64_t>(1, kWordsTogether * 4 / (plan.vector * bytes));
  for (ArrayRef<SmallVector<int64_t>> rest = plan.pieces; !rest.empty();) {
    auto some = rest.take_front(together);
    rest = rest.drop_front(some.size());
    SmallVector<Value> read;
    for (ArrayRef<int64_t> piece : some)
      read.push_back(
          readPiece(store.getLoc(), buffer, plan, piece, /*moved=*/Value()));
    for (auto [value, piece] : llvm::zip_equal(read, some))
      storePiece(store, value, addUp(slice, piece), plan.vector);
  }
}

/// The longest run of pieces that lie equally far apart, in the tile along one
/// dimension and in the buffer, behind as many as an iteration has.
StoreStager::Turns StoreStager::findTurns(const StagedStore &plan) {
  size_t first = 0, bits = llvm::Log2_64(plan.pieces.size());
  while (first < bits && (int64_t(1) << first) * plan.vector < kElementsOfTurn)
    ++first;
  Turns turns;
  size_t last = first;
  for (; last < bits; ++last) {
    ArrayRef<int64_t> piece = plan.pieces[size_t(1) << last];
    const int64_t *moved =
        llvm::find_if(piece, [](int64_t v) { return v != 0; });
    int64_t dim = moved - piece.begin(), offset = plan.buffer.getOffset(piece);
    if (last == first) {
      turns = {{}, dim, 0, *moved, offset};
      continue;
    }
    int64_t count = int64_t(1) << (last - first);
    if (dim != turns.dim || *moved != turns.step * count ||
        offset != turns.bufferStep * count)
      break;
  }
  turns.extent = turns.step << (last - first);
  // The bits that the loop does not run over are unrolled in it.
  int64_t inLoop = ((int64_t(1) << last) - 1) & ~((int64_t(1) << first) - 1);
  for (auto [number, piece] : llvm::enumerate(plan.pieces))
    if ((int64_t(number) & inLoop) == 0)
      turns.pieces.push_back(piece);
  return turns;
}

/// The epilogue on what the threads store, in a loop: its code stands once for
/// some elements instead of once for each register.
void StoreStager::computeSlice(StoreTileOp store, Value buffer,
                               const StagedStore &plan, ArrayRef<int64_t> slice,
                               StoreEpilogue &epilogue, Operation *first) {
  Location loc = store.getLoc();
  Turns turns = findTurns(plan);
  OpBuilder::InsertionGuard guard(builder);
  Value index, moved;
  if (turns.extent > turns.step) {
    auto constant = [&](int64_t value) {
      return arith::ConstantIndexOp::create(builder, loc, value);
    };
    auto loop =
        scf::ForOp::create(builder, loc, constant(0), constant(turns.extent),
                           constant(turns.step));
    builder.setInsertionPointToStart(loop.getBody());
    index = loop.getInductionVar();
    // Padding may make the buffer's step no multiple of the tile's.
    AffineExpr turn = builder.getAffineDimExpr(0).floorDiv(turns.step);
    moved = affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(1, 0, turn * turns.bufferStep),
        ValueRange{index});
  }
  SmallVector<Value> read;
  for (ArrayRef<int64_t> piece : turns.pieces)
    read.push_back(readPiece(loc, buffer, plan, piece, moved));
  SmallVector<Value> computed;
  auto getStart = [&](ArrayRef<int64_t> piece) {
    SmallVector<Start> start = addUp(slice, piece);
    if (index)
      start[turns.dim].index = index;
    return start;
  };
  for (auto [value, piece] : llvm::zip_equal(read, turns.pieces))
    computed.push_back(
        epilogue.compute(builder, value, getStart(piece), plan.vector, first));
  for (auto [value, piece] : llvm::zip_equal(computed, turns.pieces))
    storePiece(store, value, getStart(piece), plan.vector);
}

/// What the pieces of a slice read of tensors.
StoreStager::Reads StoreStager::readAhead(const StagedStore &plan,
                                          ArrayRef<int64_t> slice,
                                          const StoreEpilogue &epilogue) {
  return llvm::map_to_vector(plan.pieces, [&](ArrayRef<int64_t> piece) {
    return epilogue.read(builder, plan.piece, addUp(slice, piece), plan.vector);
  });
}

/// The epilogue on what the threads store, each piece by itself.
void StoreStager::computePieces(StoreTileOp store, Value buffer,
                                const StagedStore &plan,
                                ArrayRef<int64_t> slice,
                                StoreEpilogue &epilogue, Operation *first,
                                const Reads &reads) {
  for (auto [piece, read] : llvm::zip_equal(plan.pieces, reads)) {
    Value value =
        readPiece(store.getLoc(), buffer, plan, piece, /*moved=*/Value());
    SmallVector<Start> start = addUp(slice, piece);
    storePiece(
        store,
        epilogue.compute(builder, value, start, plan.vector, first, read),
        start, plan.vector);
  }
}

bool StoreStager::stage(StoreTileOp store) {
  Location loc = store.getLoc();
  Type element = store.getTile().getType().getElementType();
  LayoutAttr held = getTileLayout(store.getTile());
  if (!hasWholeBytes(element))
    return refuse(store, "its elements are no whole bytes");
  if (!held || held.getRank() == 0)
    return refuse(store, "it has no layout");
  int64_t vector = getUnitElements(cast<MemRefType>(store.getDest().getType()),
                                   store.getOffsets());

  // What is costly, or reads an image of its own, is computed by the threads
  // that store it.
  std::optional<StoreEpilogue> epilogue = StoreEpilogue::find(store);
  if (epilogue &&
      (!hasWholeBytes(getElementTypeOrSelf(epilogue->getSource())) ||
       (!epilogue->readsWholeTile() &&
        epilogue->countInstructions() <= kCheap)))
    epilogue.reset();
  Value staged = epilogue ? epilogue->getSource() : store.getTile();
  element = cast<RankedTensorType>(staged.getType()).getElementType();
  std::optional<StagedStore> plan =
      planStagedStore(held, element.getIntOrFloatBitWidth() / 8, vector);
  if (!plan)
    return refuse(store, "threads hold copies of it");

  builder.setInsertionPoint(store);
  auto bufferType =
      SharedType::get(builder.getContext(), /*slots=*/1, element, plan->buffer);
  Value buffer = allocate(loc, bufferType);
  // The buffer may lie where the last copies go, of which some may be in no
  // group yet.
  if (!schedule.getPersistent()) {
    AsyncCommitOp::create(builder, loc);
    AsyncWaitOp::create(builder, loc, 0);
  }
  bool ahead = epilogue && epilogue->readsWholeTile() &&
               epilogue->countInstructions() <= kUnrolled;
  // Reads are under way while the slice before them is computed.
  Reads next;
  if (ahead)
    next = readAhead(*plan, plan->slices.front(), *epilogue);
  Operation *first = nullptr;
  for (auto [number, slice] : llvm::enumerate(plan->slices)) {
    // Others may still read what was there.
    auto barrier = BarrierOp::create(builder, loc);
    if (!first)
      first = barrier;
    LocalWriteOp::create(builder, loc, staged, buffer, slice);
    Reads reads = std::move(next);
    if (ahead && number + 1 < plan->slices.size())
      next = readAhead(*plan, plan->slices[number + 1], *epilogue);
    BarrierOp::create(builder, loc);
    if (ahead)
      computePieces(store, buffer, *plan, slice, *epilogue, first, reads);
    else if (epilogue)
      computeSlice(store, buffer, *plan, slice, *epilogue, first);
    else
      storeSlice(store, buffer, *plan, slice);
  }
  remark::passed(loc, remark::RemarkOpts::name("staged-store")
                          .category("kiln-stage-stores")
                          .function(function.getName()))
      << remark::metric("Slices", plan->slices.size())
      << remark::metric("VectorOfStore", plan->vector)
      << remark::metric("SharedBytes", bufferType.getBytes())
      << remark::metric("Computed", epilogue ? "behind" : "before");
  store.erase();
  if (epilogue)
    epilogue->erase();
  return true;
}

namespace {
struct StageStores : public kiln::impl::StageStoresBase<StageStores> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      auto schedule =
          function->getAttrOfType<ScheduleAttr>(KilnDialect::kScheduleAttrName);
      if (!schedule)
        continue;
      SmallVector<StoreTileOp> stores;
      function.walk([&](StoreTileOp store) { stores.push_back(store); });
      StoreStager stager(function, schedule);
      bool widens = schedule.getChannels() == Channels::Adjacent;
      for (StoreTileOp store : stores) {
        if (schedule.getStores() == Stores::Staged && stager.stage(store))
          ++numStaged;
        else if (widens)
          numWidened += widenStore(store);
      }
      if (!widens)
        continue;
      SmallVector<ExtractTileOp> reads;
      function.walk([&](ExtractTileOp read) {
        if (read.getVector() == 1)
          reads.push_back(read);
      });
      for (ExtractTileOp read : reads)
        numWidened += widenRead(read);
    }
  }
};
} // namespace
