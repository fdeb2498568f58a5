//===- WidenAccess.cpp - Neighbouring registers at once -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "WidenAccess.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Analysis/StagedStore.h"

using namespace mlir;
using namespace kiln;

int64_t kiln::getUnitElements(ShapedType tensor, ValueRange offsets,
                              int64_t length) {
  return getCopyVector(
      tensor.getElementType(),
      {tensor.getShape().back(), getKnownDivisor(offsets.back()), length});
}

namespace {
/// A tile in a layout with the register bits of neighbours in front.
struct WideTile {
  RankedTensorType type;
  int64_t vector = 1;
};
} // namespace

static WideTile widen(Value tile, Value tensor, ValueRange offsets) {
  WideTile wide{cast<RankedTensorType>(tile.getType())};
  LayoutAttr held = getTileLayout(tile);
  int64_t rank = wide.type.getRank();
  if (!held || rank == 0 || !hasWholeBytes(wide.type.getElementType()))
    return wide;
  int64_t legal = getUnitElements(cast<ShapedType>(tensor.getType()), offsets);
  SmallVector<Basis> unit;
  for (; wide.vector < legal; wide.vector *= 2) {
    Basis next = Basis::unit(rank, rank - 1, wide.vector);
    if (!llvm::is_contained(held.getRegisters(), next))
      break;
    unit.push_back(next);
  }
  SmallVector<Basis> registers = unit;
  llvm::copy_if(
      held.getRegisters(), std::back_inserter(registers),
      [&](const Basis &basis) { return !llvm::is_contained(unit, basis); });
  wide.type = wide.type.cloneWithEncoding(LayoutAttr::get(
      held.getContext(), registers, held.getLanes(), held.getWarps()));
  return wide;
}

bool kiln::widenStore(StoreTileOp store) {
  WideTile wide = widen(store.getTile(), store.getDest(), store.getOffsets());
  if (wide.vector == 1)
    return false;
  OpBuilder builder(store);
  store.getTileMutable().set(builder.createOrFold<ConvertLayoutOp>(
      store.getLoc(), wide.type, store.getTile()));
  store.setVector(wide.vector);
  return true;
}

bool kiln::widenRead(ExtractTileOp read) {
  WideTile wide = widen(read.getTile(), read.getSource(), read.getOffsets());
  if (wide.vector == 1)
    return false;
  OpBuilder builder(read);
  Value tile =
      ExtractTileOp::create(builder, read.getLoc(), wide.type, read.getSource(),
                            read.getOffsets(), read.getInBounds(), wide.vector);
  read.getTile().replaceAllUsesWith(builder.createOrFold<ConvertLayoutOp>(
      read.getLoc(), read.getTile().getType(), tile));
  read.erase();
  return true;
}
