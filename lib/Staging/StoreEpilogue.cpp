//===- StoreEpilogue.cpp - What is computed before a store ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "StoreEpilogue.h"
#include "WidenAccess.h"

#include "kiln/Analysis/Layouts.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace kiln;

/// Whether the op computes each element from those of its operands there.
static bool isPointwise(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() > 0 || op->getNumResults() != 1 ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      op.getBlock()
          ->walk([](linalg::IndexOp) { return WalkResult::interrupt(); })
          .wasInterrupted())
    return false;
  return llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
    return map.isProjectedPermutation(/*allowZeroInResults=*/true);
  });
}

static bool isTile(Value value) {
  return isa<RankedTensorType>(value.getType());
}

/// Whether any part of a tile can be made where it is needed: it is read,
/// constant, or computed of such tiles.
static bool canBeMade(Value operand) {
  Operation *op = operand.getDefiningOp();
  if (isa_and_nonnull<ExtractTileOp, LoadTileOp, tensor::EmptyOp>(op))
    return true;
  if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op))
    return isa<SplatElementsAttr>(constant.getValue());
  auto computed = dyn_cast_or_null<linalg::LinalgOp>(op);
  return computed && isPointwise(computed) &&
         llvm::all_of(computed->getOperands(), [](Value value) {
           return !isTile(value) || canBeMade(value);
         });
}

/// Whether a tile that is read has as many elements as `whole`.
static bool readsWhole(Value operand, Value whole) {
  return isa_and_nonnull<ExtractTileOp, LoadTileOp>(operand.getDefiningOp()) &&
         cast<RankedTensorType>(operand.getType()).getNumElements() ==
             cast<RankedTensorType>(whole.getType()).getNumElements();
}

std::optional<StoreEpilogue> StoreEpilogue::find(StoreTileOp store) {
  StoreEpilogue epilogue;
  epilogue.result = store.getTile();
  LayoutAttr held = getTileLayout(store.getTile());
  llvm::SetVector<Operation *> found;
  SmallVector<Value> open = {store.getTile()};
  while (!open.empty()) {
    Value value = open.pop_back_val();
    auto op = value.getDefiningOp<linalg::LinalgOp>();
    if (op && found.contains(op))
      continue;
    if (!op || op->getBlock() != store->getBlock() || !isPointwise(op)) {
      if (getTileLayout(value) != held ||
          (epilogue.source && epilogue.source != value))
        return std::nullopt;
      epilogue.source = value;
      continue;
    }
    found.insert(op);
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isTile(operand.get()) || !op.payloadUsesValueFromOperand(&operand) ||
          canBeMade(operand.get()))
        continue;
      if (!op.getMatchingIndexingMap(&operand).isIdentity())
        return std::nullopt;
      open.push_back(operand.get());
    }
  }
  if (!epilogue.source || found.empty())
    return std::nullopt;
  for (Operation *op : found)
    for (Operation *user : op->getUsers())
      if (user != store && !found.contains(user))
        return std::nullopt;
  for (Operation &op : *store->getBlock())
    if (found.contains(&op))
      epilogue.ops.push_back(cast<linalg::LinalgOp>(op));
  return epilogue;
}

int64_t StoreEpilogue::countInstructions() const {
  constexpr int64_t kFunction = 10;
  int64_t count = 0;
  for (linalg::LinalgOp op : ops)
    for (Operation &inner : op.getBlock()->without_terminator())
      count += isa<math::MathDialect>(inner.getDialect()) ? kFunction
               : isa<arith::DivFOp>(inner)                ? kFunction
               : isa<arith::ConstantOp>(inner)            ? 0
                                                          : 1;
  return count;
}

bool StoreEpilogue::readsWholeTile() const {
  return llvm::any_of(ops, [&](linalg::LinalgOp op) {
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return readsWhole(operand, source);
    });
  });
}

Value kiln::moveOffset(OpBuilder &builder, Location loc, Value offset,
                       const StoreEpilogue::Start &start) {
  AffineExpr d0 = builder.getAffineDimExpr(0), d1 = builder.getAffineDimExpr(1);
  if (start.index)
    offset = affine::AffineApplyOp::create(builder, loc,
                                           AffineMap::get(2, 0, d0 + d1),
                                           ValueRange{offset, start.index});
  if (start.constant != 0)
    offset = affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(1, 0, d0 + start.constant),
        ValueRange{offset});
  return offset;
}

/// Elements of the widest legal read of `tile`, up to `vector` neighbours.
static int64_t getReadVector(ExtractTileOp tile, LayoutAttr layout,
                             int64_t vector) {
  if (layout.getRank() == 0)
    return 1;
  int64_t legal = getUnitElements(cast<ShapedType>(tile.getSource().getType()),
                                  tile.getOffsets());
  return std::min({layout.getNumNeighbours(), legal, vector});
}

/// The type of what `layout` holds of a tile.
static RankedTensorType getTypeIn(LayoutAttr layout, Value tile) {
  return RankedTensorType::get(layout.getShape(),
                               getElementTypeOrSelf(tile.getType()), layout);
}

/// Where the operand with `map` starts for a box that starts at `start`.
static SmallVector<StoreEpilogue::Start>
project(ArrayRef<StoreEpilogue::Start> start, AffineMap map) {
  return llvm::map_to_vector(map.getResults(), [&](AffineExpr expr) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    return dim ? start[dim.getPosition()] : StoreEpilogue::Start();
  });
}

/// Makes values of boxes.
class StoreEpilogue::Maker {
public:
  Maker(OpBuilder &builder, int64_t vector, StoreEpilogue *owner = nullptr,
        Operation *first = nullptr)
      : builder(builder), vector(vector), owner(owner), first(first) {}

  /// `value` in the box that starts at `start` and is held in `layout`.
  Value make(Value value, LayoutAttr layout, ArrayRef<Start> start);
  /// The op on a box; operands are `made` already or made here.
  Value cloneAt(linalg::LinalgOp op, LayoutAttr layout, ArrayRef<Start> start,
                const IRMapping &made);

private:
  Value makeHere(Value value, LayoutAttr layout, ArrayRef<Start> start);

  OpBuilder &builder;
  int64_t vector;
  StoreEpilogue *owner;
  Operation *first;
};

Value StoreEpilogue::Maker::make(Value value, LayoutAttr layout,
                                 ArrayRef<Start> start) {
  bool moves = llvm::any_of(start, [](const Start &part) {
    return part.index || part.constant != 0;
  });
  if (!first || moves)
    return makeHere(value, layout, start);
  std::pair<Value, Type> key(value, getTypeIn(layout, value));
  if (Value known = owner->shared.lookup(key))
    return known;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(first);
  Value made = makeHere(value, layout, start);
  owner->shared[key] = made;
  return made;
}

Value StoreEpilogue::Maker::makeHere(Value value, LayoutAttr layout,
                                     ArrayRef<Start> start) {
  Operation *op = value.getDefiningOp();
  Location loc = op->getLoc();
  RankedTensorType type = getTypeIn(layout, value);
  auto moveAll = [&](ValueRange offsets) {
    SmallVector<Value> moved;
    for (auto [offset, part] : llvm::zip_equal(offsets, start))
      moved.push_back(moveOffset(builder, loc, offset, part));
    return moved;
  };
  if (auto tile = dyn_cast<ExtractTileOp>(op))
    return ExtractTileOp::create(builder, loc, type, tile.getSource(),
                                 moveAll(tile.getOffsets()), tile.getInBounds(),
                                 getReadVector(tile, layout, vector));
  if (auto tile = dyn_cast<LoadTileOp>(op))
    return LoadTileOp::create(builder, loc, type, tile.getSource(),
                              moveAll(tile.getOffsets()), tile.getMap(),
                              tile.getInBounds(), tile.getPaddingAttr());
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return arith::ConstantOp::create(
        builder, loc,
        cast<SplatElementsAttr>(constant.getValue()).resizeSplat(type));
  if (auto computed = dyn_cast<linalg::LinalgOp>(op))
    return cloneAt(computed, layout, start, IRMapping());
  return tensor::EmptyOp::create(builder, loc, type, ValueRange());
}

Value StoreEpilogue::Maker::cloneAt(linalg::LinalgOp op, LayoutAttr layout,
                                    ArrayRef<Start> start,
                                    const IRMapping &made) {
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    if (!isTile(value)) {
      operands.push_back(value);
      continue;
    }
    AffineMap map = op.getMatchingIndexingMap(&operand);
    LayoutAttr wanted = projectLayout(layout, map);
    Value known = map.isIdentity() ? made.lookupOrNull(value) : Value();
    // A destination that nobody reads may be anything.
    if (known)
      operands.push_back(known);
    else if (canBeMade(value) && op.payloadUsesValueFromOperand(&operand))
      operands.push_back(make(value, wanted, project(start, map)));
    else
      operands.push_back(tensor::EmptyOp::create(
          builder, op.getLoc(), getTypeIn(wanted, value), ValueRange()));
  }
  Operation *clone = builder.clone(*op);
  clone->setOperands(operands);
  clone->getResult(0).setType(getTypeIn(layout, op->getResult(0)));
  return clone->getResult(0);
}

StoreEpilogue::Reads StoreEpilogue::read(OpBuilder &builder, LayoutAttr layout,
                                         ArrayRef<Start> start,
                                         int64_t vector) const {
  Reads reads;
  Maker maker(builder, vector);
  for (linalg::LinalgOp op : ops)
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      if (map.isIdentity() && readsWhole(operand.get(), source) &&
          !reads.count(operand.get()))
        reads[operand.get()] = maker.make(operand.get(), layout, start);
    }
  return reads;
}

Value StoreEpilogue::compute(OpBuilder &builder, Value piece,
                             ArrayRef<Start> start, int64_t vector,
                             Operation *first, const Reads &reads) {
  IRMapping made;
  made.map(source, piece);
  for (auto [operand, tile] : reads)
    made.map(operand, tile);
  Maker maker(builder, vector, this, first);
  for (linalg::LinalgOp op : ops)
    made.map(op->getResult(0),
             maker.cloneAt(op, getTileLayout(piece), start, made));
  return made.lookup(result);
}

void StoreEpilogue::erase() {
  llvm::SetVector<Operation *> operands;
  for (linalg::LinalgOp op : llvm::reverse(ops)) {
    for (Value operand : op->getOperands())
      if (Operation *made = operand.getDefiningOp())
        operands.insert(made);
    operands.remove(op);
    op->erase();
  }
  ops.clear();
  // What was made for them only.
  while (!operands.empty()) {
    Operation *op = operands.pop_back_val();
    if (!isOpTriviallyDead(op))
      continue;
    for (Value operand : op->getOperands())
      if (Operation *made = operand.getDefiningOp())
        operands.insert(made);
    op->erase();
  }
}
