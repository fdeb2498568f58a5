//===- TileViews.cpp - Values that read others at other positions --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Analysis/Views.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"

using namespace mlir;
using namespace kiln;

/// The tile with the dimensions `index`, of which it may lack some.
KernelTiler::Tile KernelTiler::broadcastTile(const Tile &tile,
                                             const Coordinates &index) {
  Location loc = tile.value.getLoc();
  SmallVector<AffineExpr> read;
  for (AffineExpr expr : tile.index) {
    auto found = llvm::find(index, expr);
    read.push_back(isa<AffineConstantExpr>(expr) || found == index.end()
                       ? builder.getAffineConstantExpr(0)
                       : builder.getAffineDimExpr(found - index.begin()));
  }
  int64_t rank = index.size();
  RankedTensorType type =
      getTileType(index, getElementTypeOrSelf(tile.value.getType()));
  Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{tile.value}, ValueRange{empty},
      ArrayRef<AffineMap>{AffineMap::get(rank, 0, read, builder.getContext()),
                          builder.getMultiDimIdentityMap(rank)},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [](OpBuilder &b, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(b, loc, arguments.front());
      });
  return {generic.getResult(0), index};
}

/// A view of a computed value reads its source at other coordinates.
FailureOr<KernelTiler::Tile>
KernelTiler::tileView(Operation *view, const Coordinates &coordinates) {
  return tileValue(view->getOperand(0),
                   getViewCoordinates(view, coordinates, plan.axes.size()));
}

/// Padding moves the coordinates; what lies outside takes its value.
FailureOr<KernelTiler::Tile>
KernelTiler::tilePad(tensor::PadOp pad, const Coordinates &coordinates) {
  Value padding = pad.getConstantPaddingValue();
  Attribute constant;
  if (!padding || !pad.getLow().empty() ||
      !matchPattern(padding, m_Constant(&constant)))
    return pad.emitOpError("not supported: padding must be a constant of "
                           "constant amounts");
  Coordinates moved;
  for (auto [expr, low] : llvm::zip_equal(coordinates, pad.getStaticLow()))
    moved.push_back(expr - low);
  auto value = cast<TypedAttr>(constant);
  if (isa<BlockArgument>(pad.getSource()))
    return tileArgument(pad.getSource(), moved, value);
  FailureOr<Tile> source = tileValue(pad.getSource(), moved);
  if (failed(source))
    return failure();
  return maskOutside(pad.getLoc(), *source, moved,
                     pad.getSourceType().getShape(), value);
}

/// `tile` where all of `coordinates` lie within `extents`, and `value` where
/// one does not: what was computed there is thrown away.
FailureOr<KernelTiler::Tile>
KernelTiler::maskOutside(Location loc, const Tile &tile,
                         const Coordinates &coordinates,
                         ArrayRef<int64_t> extents, TypedAttr value) {
  Coordinates index = getAxesOf(coordinates);
  RankedTensorType type = getTileType(index, value.getType());
  SmallVector<AffineExpr> read;
  for (AffineExpr expr : tile.index) {
    auto found = llvm::find(index, expr);
    read.push_back(found == index.end()
                       ? builder.getAffineConstantExpr(0)
                       : builder.getAffineDimExpr(found - index.begin()));
  }
  int64_t rank = index.size();
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{tile.value}, ValueRange{empty},
      ArrayRef<AffineMap>{AffineMap::get(rank, 0, read, builder.getContext()),
                          identity},
      iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        SmallVector<OpFoldResult> positions(plan.axes.size(),
                                            b.getIndexAttr(0));
        for (auto [dim, expr] : llvm::enumerate(index)) {
          Value local = linalg::IndexOp::create(b, loc, dim);
          AffineExpr sum = b.getAffineDimExpr(0) + b.getAffineDimExpr(1);
          positions[cast<AffineDimExpr>(expr).getPosition()] =
              affine::makeComposedFoldedAffineApply(
                  b, loc, sum, {OpFoldResult(local), getOffset(expr)});
        }
        Value inside;
        for (auto [expr, extent] : llvm::zip_equal(coordinates, extents)) {
          if (staysWithin(expr, extent))
            continue;
          Value at = getValueOrCreateConstantIndexOp(
              b, loc,
              affine::makeComposedFoldedAffineApply(
                  b, loc, AffineMap::get(plan.axes.size(), 0, expr),
                  positions));
          Value valid = arith::CmpIOp::create(
              b, loc, arith::CmpIPredicate::ult, at,
              arith::ConstantIndexOp::create(b, loc, extent));
          inside =
              inside ? arith::AndIOp::create(b, loc, inside, valid).getResult()
                     : valid;
        }
        Value taken = arguments[0];
        if (inside)
          taken = arith::SelectOp::create(
              b, loc, inside, taken, arith::ConstantOp::create(b, loc, value));
        linalg::YieldOp::create(b, loc, taken);
      });
  return Tile{generic.getResult(0), index};
}

/// An element of a packed filter is the filter's at the coordinates that its
/// place within the row gives, through the layout's parts from the outermost
/// stride inwards, and the number of the row.
FailureOr<KernelTiler::Tile>
KernelTiler::tilePack(PackOp pack, const Coordinates &coordinates) {
  auto filter = cast<RankedTensorType>(pack.getFilter().getType());
  struct Place {
    int64_t dim, scale;
    Mode::Part part;
  };
  SmallVector<Place> places;
  for (auto [dim, mode] : llvm::enumerate(pack.getLayout().getModes())) {
    int64_t scale = 1;
    for (const Mode::Part &part : mode.parts()) {
      if (part.size > 1)
        places.push_back({static_cast<int64_t>(dim), scale, part});
      scale *= part.size;
    }
  }
  llvm::sort(places, [](const Place &a, const Place &b) {
    return a.part.stride > b.part.stride;
  });
  AffineExpr row = coordinates[0], rest = coordinates[1];
  Coordinates at(filter.getRank(), builder.getAffineConstantExpr(0));
  for (auto [number, place] : llvm::enumerate(places)) {
    AffineExpr digit = rest.floorDiv(place.part.stride);
    rest = rest % place.part.stride;
    at[place.dim] = at[place.dim] + digit * place.scale;
  }
  // The row is the tile's number along `tile_dims`, the last one fastest.
  SmallVector<int64_t> tile = pack.getLayout().getShape();
  SmallVector<int64_t> cut =
      llvm::filter_to_vector(pack.getTileDims(), [&](int64_t dim) {
        return tile[dim] < filter.getDimSize(dim);
      });
  for (auto [i, dim] : llvm::enumerate(llvm::reverse(cut))) {
    int64_t tiles = llvm::divideCeil(filter.getDimSize(dim), tile[dim]);
    bool last = i + 1 == cut.size();
    at[dim] = at[dim] + (last ? row : row % tiles) * tile[dim];
    row = row.floorDiv(tiles);
  }
  for (AffineExpr &expr : at)
    expr = simplifyAffineExpr(expr, plan.axes.size(), 0);
  TypedAttr zero = builder.getZeroAttr(filter.getElementType());
  Tile made;
  if (isa<BlockArgument>(pack.getFilter())) {
    made = tileArgument(pack.getFilter(), at, zero);
  } else {
    FailureOr<Tile> computed = tileValue(pack.getFilter(), at);
    if (failed(computed))
      return failure();
    FailureOr<Tile> kept =
        maskOutside(pack.getLoc(), *computed, at, filter.getShape(), zero);
    if (failed(kept))
      return failure();
    made = *kept;
  }
  // In the dimensions of the result.
  Location loc = pack.getLoc();
  RankedTensorType type = getTileType(coordinates, filter.getElementType());
  SmallVector<AffineExpr> read;
  for (AffineExpr expr : made.index)
    read.push_back(builder.getAffineDimExpr(llvm::find(coordinates, expr) -
                                            coordinates.begin()));
  AffineMap identity = builder.getMultiDimIdentityMap(coordinates.size());
  SmallVector<utils::IteratorType> iterators(coordinates.size(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
  auto generic = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{made.value}, ValueRange{empty},
      ArrayRef<AffineMap>{
          AffineMap::get(coordinates.size(), 0, read, builder.getContext()),
          identity},
      iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Value value = arguments[0];
        if (pack.getRoundTf32()) {
          // To nearest, ties away from zero, on the bits; the maximum keeps the
          // canonical NaN (docs/numerics.md).
          Type i32 = b.getI32Type();
          Value word = arith::BitcastOp::create(b, loc, i32, value);
          Value sum = arith::AddIOp::create(
              b, loc, word, arith::ConstantIntOp::create(b, loc, 0x1000, 32));
          value = arith::BitcastOp::create(
              b, loc, value.getType(),
              arith::MaxSIOp::create(b, loc, sum, word));
        }
        linalg::YieldOp::create(b, loc, value);
      });
  return Tile{generic.getResult(0), coordinates};
}
