//===- WidenAccess.cpp - Neighbouring registers at once -------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "WidenAccess.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/ScheduleFit.h"

using namespace mlir;
using namespace kiln;

namespace {
/// A tile's layout with the register bits of neighbours in front.
struct WideLayout {
  LayoutAttr layout;
  int64_t vector = 1;
};
} // namespace

static WideLayout getWideLayout(RankedTensorType tile, ShapedType tensor,
                                ValueRange offsets) {
  auto held = dyn_cast_or_null<LayoutAttr>(tile.getEncoding());
  Type element = tile.getElementType();
  int64_t rank = tile.getRank();
  if (!held || rank == 0 || !element.isIntOrFloat() ||
      element.getIntOrFloatBitWidth() % 8 != 0)
    return {held};
  int64_t legal = getCopyVector(
      element, {tensor.getShape().back(), getKnownDivisor(offsets.back())});
  WideLayout wide{held};
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
  wide.layout = LayoutAttr::get(held.getContext(), registers, held.getLanes(),
                                held.getWarps());
  return wide;
}

bool kiln::widenStore(StoreTileOp store) {
  RankedTensorType type = store.getTile().getType();
  WideLayout wide = getWideLayout(
      type, cast<ShapedType>(store.getDest().getType()), store.getOffsets());
  if (wide.vector == 1)
    return false;
  OpBuilder builder(store);
  store.getTileMutable().set(builder.createOrFold<ConvertLayoutOp>(
      store.getLoc(),
      RankedTensorType::get(type.getShape(), type.getElementType(),
                            wide.layout),
      store.getTile()));
  store.setVector(wide.vector);
  return true;
}

bool kiln::widenRead(ExtractTileOp read) {
  RankedTensorType type = read.getTile().getType();
  WideLayout wide = getWideLayout(
      type, cast<ShapedType>(read.getSource().getType()), read.getOffsets());
  if (wide.vector == 1)
    return false;
  OpBuilder builder(read);
  Value tile = ExtractTileOp::create(
      builder, read.getLoc(),
      RankedTensorType::get(type.getShape(), type.getElementType(),
                            wide.layout),
      read.getSource(), read.getOffsets(), read.getInBounds(), wide.vector);
  read.getTile().replaceAllUsesWith(
      builder.createOrFold<ConvertLayoutOp>(read.getLoc(), type, tile));
  read.erase();
  return true;
}
