//===- KernelTiler.cpp - Values of a kernel on the tiles of a block -------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Analysis/ImageWork.h"
#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Analysis/Views.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"

using namespace mlir;
using namespace kiln;

KernelTiler::KernelTiler(KernelOp kernel, KernelSpace space, TilePlan plan)
    : kernel(kernel), schedule(kernel.getScheduleAttr()),
      space(std::move(space)), plan(std::move(plan)),
      builder(kernel.getContext()) {
  if (isa<ScheduleAttr>(schedule))
    staged = this->space.getContraction();
  offsetOf.resize(this->plan.axes.size());
  for (auto [axis, tile] : llvm::enumerate(this->plan.axes))
    if (tile.kind == AxisTile::Kind::Held)
      offsetOf[axis] = builder.getIndexAttr(0);
}

KernelTiler::Tile &KernelTiler::tileSlot(Value value,
                                         const Coordinates &coordinates) {
  std::vector<const void *> key;
  for (AffineExpr expr : coordinates)
    key.push_back(expr.getAsOpaquePointer());
  return tileOf[{value.getAsOpaquePointer(), key}];
}

int64_t KernelTiler::getSize(AffineExpr index) const {
  auto dim = dyn_cast<AffineDimExpr>(index);
  return dim ? plan.axes[dim.getPosition()].tile : 1;
}

OpFoldResult KernelTiler::getOffset(AffineExpr index) {
  auto dim = dyn_cast<AffineDimExpr>(index);
  return dim ? offsetOf[dim.getPosition()] : builder.getIndexAttr(0);
}

RankedTensorType KernelTiler::getTileType(const Coordinates &index,
                                          Type element) const {
  SmallVector<int64_t> shape;
  SmallVector<int> axes;
  for (AffineExpr expr : index) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    shape.push_back(getSize(expr));
    axes.push_back(dim ? static_cast<int>(dim.getPosition())
                       : KernelSpace::kUnit);
  }
  auto loops = dyn_cast<LoopScheduleAttr>(schedule);
  return RankedTensorType::get(
      shape, element, loops ? getLoopLayout(loops, space, axes) : Attribute());
}

/// The axes that coordinates depend on, in the order of their numbers.
KernelTiler::Coordinates
KernelTiler::getAxesOf(const Coordinates &coordinates) const {
  Coordinates axes;
  for (unsigned axis = 0; axis < plan.axes.size(); ++axis)
    if (llvm::any_of(coordinates, [&](AffineExpr expr) {
          return expr.isFunctionOfDim(axis);
        }))
      axes.push_back(getAffineDimExpr(axis, builder.getContext()));
  return axes;
}

/// Whether each dimension of the value is one whole axis, or one of extent 1.
bool KernelTiler::isNatural(Value value, const Coordinates &coordinates) const {
  auto type = cast<RankedTensorType>(value.getType());
  llvm::SmallDenseSet<AffineExpr> seen;
  for (auto [expr, extent] : llvm::zip_equal(coordinates, type.getShape())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    if (constant ? constant.getValue() != 0 || extent != 1
                 : !dim || !seen.insert(expr).second ||
                       plan.axes[dim.getPosition()].extent != extent)
      return false;
  }
  return true;
}

bool KernelTiler::staysWithin(AffineExpr coordinate, int64_t extent) const {
  // The range of a sum of multiples of axes; nothing is known of others.
  std::function<std::optional<std::pair<int64_t, int64_t>>(AffineExpr)> range =
      [&](AffineExpr expr) -> std::optional<std::pair<int64_t, int64_t>> {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return std::pair(constant.getValue(), constant.getValue());
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      const AxisTile &tile = plan.axes[dim.getPosition()];
      return std::pair(
          int64_t(0),
          static_cast<int64_t>(llvm::alignTo(tile.extent, tile.tile)) - 1);
    }
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    if (!binary)
      return std::nullopt;
    auto left = range(binary.getLHS()), right = range(binary.getRHS());
    if (!left || !right)
      return std::nullopt;
    switch (binary.getKind()) {
    case AffineExprKind::Add:
      return std::pair(left->first + right->first,
                       left->second + right->second);
    case AffineExprKind::Mul: {
      int64_t factor = right->first;
      if (right->first != right->second)
        return std::nullopt;
      auto [low, high] =
          std::minmax(left->first * factor, left->second * factor);
      return std::pair(low, high);
    }
    case AffineExprKind::FloorDiv:
      if (right->first != right->second || right->first <= 0 || left->first < 0)
        return std::nullopt;
      return std::pair(left->first / right->first, left->second / right->first);
    case AffineExprKind::Mod:
      if (right->first != right->second || right->first <= 0)
        return std::nullopt;
      return std::pair(int64_t(0), right->first - 1);
    default:
      return std::nullopt;
    }
  };
  auto bounds = range(coordinate);
  return bounds && bounds->first >= 0 && bounds->second < extent;
}

/// The part of `value` that the block's tile needs.
FailureOr<KernelTiler::Tile>
KernelTiler::tileValue(Value value, const Coordinates &coordinates) {
  if (Tile found = tileSlot(value, coordinates); found.value)
    return found;
  FailureOr<Tile> tile = makeTile(value, coordinates);
  if (succeeded(tile))
    tileSlot(value, coordinates) = *tile;
  return tile;
}

FailureOr<KernelTiler::Tile>
KernelTiler::makeTile(Value value, const Coordinates &coordinates) {
  Location loc = value.getLoc();
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (isa<BlockArgument>(value))
    return tileArgument(value, coordinates, TypedAttr());
  if (staged && value == staged->op->getResult(0))
    return tileContraction(coordinates);
  if (auto op = value.getDefiningOp<linalg::LinalgOp>();
      op && !isa<linalg::FillOp>(op))
    return tileOp(op, cast<OpResult>(value).getResultNumber(), coordinates);
  // All elements are alike, so that any coordinates do.
  Coordinates index =
      isNatural(value, coordinates) ? coordinates : getAxesOf(coordinates);
  RankedTensorType type = getTileType(index, element);
  if (value.getDefiningOp<tensor::EmptyOp>())
    return Tile{
        tensor::EmptyOp::create(builder, loc, type, ValueRange()).getResult(),
        index};
  if (auto fill = value.getDefiningOp<linalg::FillOp>()) {
    Value scalar = fill.getInputs()[0];
    if (Operation *def = scalar.getDefiningOp())
      scalar = builder.clone(*def)->getResult(0);
    Value empty = tensor::EmptyOp::create(builder, loc, type, ValueRange());
    return Tile{
        linalg::FillOp::create(builder, loc, scalar, empty).getResult(0),
        index};
  }
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    if (auto splat = dyn_cast<SplatElementsAttr>(constant.getValue()))
      return Tile{
          arith::ConstantOp::create(builder, loc, splat.resizeSplat(type)),
          index};
  if (auto pad = value.getDefiningOp<tensor::PadOp>())
    return tilePad(pad, coordinates);
  if (auto pack = value.getDefiningOp<PackOp>())
    return tilePack(pack, coordinates);
  if (isStaticView(value.getDefiningOp()))
    return tileView(value.getDefiningOp(), coordinates);
  return emitSourceError(value.getDefiningOp(),
                         "not supported inside a kernel that is tiled");
}

KernelTiler::Tile KernelTiler::tileArgument(Value value,
                                            const Coordinates &coordinates,
                                            TypedAttr padding) {
  Location loc = value.getLoc();
  auto type = cast<RankedTensorType>(value.getType());
  if (!padding && isNatural(value, coordinates)) {
    SmallVector<OpFoldResult> offsets;
    SmallVector<bool> inBounds;
    for (auto [expr, extent] : llvm::zip_equal(coordinates, type.getShape())) {
      offsets.push_back(getOffset(expr));
      inBounds.push_back(extent % getSize(expr) == 0);
    }
    return {ExtractTileOp::create(
                builder, loc, getTileType(coordinates, type.getElementType()),
                value, getValueOrCreateConstantIndexOp(builder, loc, offsets),
                inBounds),
            coordinates};
  }
  Coordinates index = getAxesOf(coordinates);
  SmallVector<OpFoldResult> offsets;
  SmallVector<AffineExpr> renumber(plan.axes.size(),
                                   builder.getAffineConstantExpr(0));
  for (auto [dim, expr] : llvm::enumerate(index)) {
    offsets.push_back(getOffset(expr));
    renumber[cast<AffineDimExpr>(expr).getPosition()] =
        builder.getAffineDimExpr(dim);
  }
  SmallVector<AffineExpr> results;
  SmallVector<bool> inBounds;
  for (auto [expr, extent] : llvm::zip_equal(coordinates, type.getShape())) {
    results.push_back(expr.replaceDims(renumber));
    inBounds.push_back(staysWithin(expr, extent));
  }
  auto map = AffineMap::get(index.size(), 0, results, builder.getContext());
  return {LoadTileOp::create(
              builder, loc, getTileType(index, type.getElementType()), value,
              getValueOrCreateConstantIndexOp(builder, loc, offsets), map,
              inBounds, padding),
          index};
}

/// A contraction whose operands are staged reads boxes of them: the filter's
/// channels of the tile, the image's patch with its halo. Padding is an offset
/// of the patch.
FailureOr<KernelTiler::Tile>
KernelTiler::tileContraction(const Coordinates &coordinates) {
  const ContractionView &view = *staged;
  Location loc = view.op->getLoc();
  FailureOr<PaddedImage> image = getPaddedImage(view);
  if (failed(image) || !isa<BlockArgument>(image->source) ||
      findChainFault(image->ops, getElementTypeOrSelf(view.getImageType())))
    return emitSourceError(
        view.op, "not supported: the image must be an argument, "
                 "computed elementwise and padded with zeros at most");
  SmallVector<int> loops = space.getLoopAxes(view.op);
  auto axisOf = [&](int64_t loop) -> AffineExpr {
    return loops[loop] == KernelSpace::kUnit
               ? builder.getAffineConstantExpr(0)
               : builder.getAffineDimExpr(loops[loop]);
  };
  auto extractBox = [&](Value source, ArrayRef<OpFoldResult> offsets,
                        ArrayRef<int64_t> sizes, ArrayRef<bool> inBounds) {
    auto type = cast<RankedTensorType>(source.getType());
    return ExtractTileOp::create(
        builder, loc, RankedTensorType::get(sizes, type.getElementType()),
        source, getValueOrCreateConstantIndexOp(builder, loc, offsets),
        inBounds);
  };

  auto imageType = cast<RankedTensorType>(image->source.getType());
  SmallVector<OpFoldResult> offsets;
  SmallVector<int64_t> sizes;
  SmallVector<bool> inBounds;
  for (auto [dim, expr] : llvm::enumerate(view.getImageMap().getResults())) {
    int64_t position = dim;
    offsets.push_back(builder.getIndexAttr(0));
    sizes.push_back(imageType.getDimSize(dim));
    inBounds.push_back(true);
    if (position == view.image.c)
      continue;
    if (position != view.image.h && position != view.image.w) {
      offsets.back() =
          getOffset(axisOf(cast<AffineDimExpr>(expr).getPosition()));
      sizes.back() = 1;
      continue;
    }
    int which = position == view.image.w;
    AffineExpr axis = axisOf(which ? view.column : view.row);
    const AxisTile &tile = plan.axes[cast<AffineDimExpr>(axis).getPosition()];
    int64_t low = image->low[dim];
    AffineExpr d0 = builder.getAffineDimExpr(0);
    offsets.back() = affine::makeComposedFoldedAffineApply(
        builder, loc, d0 * view.strides[which] - low, {getOffset(axis)});
    sizes.back() = view.getWindow(which, tile.tile);
    int64_t tiles = llvm::divideCeil(tile.extent, tile.tile);
    int64_t end =
        (tiles - 1) * tile.tile * view.strides[which] - low + sizes.back();
    inBounds.back() = low == 0 && end <= imageType.getDimSize(dim);
  }
  Value imageTile = extractBox(image->source, offsets, sizes, inBounds);
  if (!image->work.empty()) {
    SmallVector<Value> tiles{imageTile};
    for (Value other : image->others)
      tiles.push_back(extractBox(other, offsets, sizes, inBounds));
    imageTile = createTileWork(builder, image->work, tiles).getResult(0);
  }

  Value filter = view.getFilter();
  auto filterType = cast<RankedTensorType>(filter.getType());
  offsets.assign(filterType.getRank(), builder.getIndexAttr(0));
  sizes.assign(filterType.getShape().begin(), filterType.getShape().end());
  inBounds.assign(filterType.getRank(), true);
  for (auto [dim, expr] : llvm::enumerate(view.getFilterMap().getResults())) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    if (loop != view.m && !llvm::is_contained(view.batch, loop))
      continue;
    AffineExpr axis = axisOf(loop);
    offsets[dim] = getOffset(axis);
    sizes[dim] = getSize(axis);
    inBounds[dim] = filterType.getDimSize(dim) % sizes[dim] == 0;
  }
  if (auto unpack = filter.getDefiningOp<UnpackOp>())
    filter = builder.clone(*unpack)->getResult(0);
  else if (!isa<BlockArgument>(filter))
    return emitSourceError(view.op, "not supported: the filter must be an "
                                    "argument");
  Value filterTile = extractBox(filter, offsets, sizes, inBounds);

  Coordinates start;
  for (AffineExpr expr : view.getOutMap().getResults())
    start.push_back(axisOf(cast<AffineDimExpr>(expr).getPosition()));
  FailureOr<Tile> init = tileValue(view.getInit(), start);
  if (failed(init))
    return failure();
  Operation *tiled = builder.clone(*view.op);
  tiled->setOperands({imageTile, filterTile, init->value});
  tiled->getResult(0).setType(init->value.getType());
  return Tile{tiled->getResult(0), start};
}
