//===- KernelTiler.cpp - Ops of a kernel on the tiles of a block ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Analysis/ScheduleFit.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace kiln;

Value KernelTiler::extract(Location loc, Value source,
                           ArrayRef<OpFoldResult> offsets,
                           ArrayRef<int64_t> sizes, ArrayRef<bool> inBounds) {
  auto type = cast<RankedTensorType>(source.getType());
  SmallVector<Value> values =
      getValueOrCreateConstantIndexOp(builder, loc, offsets);
  return ExtractTileOp::create(
      builder, loc, RankedTensorType::get(sizes, type.getElementType()), source,
      values, inBounds);
}

/// The part of `value` that belongs to the block's tile; `roles` says which of
/// the block's dimensions each of its dimensions follows.
FailureOr<Value> KernelTiler::tileValue(Value value, ArrayRef<Role> roles) {
  if (Value tile = tileSlot(value, roles))
    return tile;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<OpFoldResult> offsets;
  SmallVector<int64_t> sizes;
  SmallVector<bool> inBounds;
  for (auto [dim, role] : llvm::enumerate(roles)) {
    bool whole = role == Role::None;
    // A dimension of extent 1 that is broadcast along a tiled one stays whole.
    if (!whole && type.getDimSize(dim) != getExtent(role))
      return emitError(value.getLoc())
             << "not supported: dimension " << dim << " has "
             << type.getDimSize(dim) << " elements where the convolution's "
             << "result has " << getExtent(role);
    offsets.push_back(getOffset(role));
    sizes.push_back(whole ? type.getDimSize(dim) : getTile(role));
    inBounds.push_back(whole || getExtent(role) % getTile(role) == 0);
  }
  auto tileType = RankedTensorType::get(sizes, type.getElementType());
  Value tile;
  if (isa<BlockArgument>(value)) {
    tile = extract(value.getLoc(), value, offsets, sizes, inBounds);
  } else if (value == conv.op->getResult(0)) {
    FailureOr<Value> tiled = tileConvolution();
    if (failed(tiled))
      return failure();
    tile = *tiled;
  } else if (value.getDefiningOp<tensor::EmptyOp>()) {
    tile = tensor::EmptyOp::create(builder, value.getLoc(), sizes,
                                   type.getElementType());
  } else if (auto constant = value.getDefiningOp<arith::ConstantOp>();
             constant && isa<SplatElementsAttr>(constant.getValue())) {
    auto splat = cast<SplatElementsAttr>(constant.getValue());
    tile = arith::ConstantOp::create(builder, value.getLoc(),
                                     splat.resizeSplat(tileType));
  } else if (auto op = value.getDefiningOp<linalg::LinalgOp>()) {
    FailureOr<Value> tiled =
        tileStructured(op, cast<OpResult>(value).getResultNumber(), roles);
    if (failed(tiled))
      return failure();
    tile = *tiled;
  } else {
    return value.getDefiningOp()->emitOpError(
        "not supported inside a kernel that is tiled");
  }
  tileSlot(value, roles) = tile;
  return tile;
}

SmallVector<Role> KernelTiler::getIterationRoles(linalg::LinalgOp op,
                                                 unsigned resultNumber,
                                                 ArrayRef<Role> resultRoles) {
  // Ops fed by the convolution know their dimensions from it, the others from
  // the result that is asked for.
  Roles iteration(op.getNumLoops(), Role::None);
  auto note = [&](AffineMap map, ArrayRef<Role> roles) {
    for (auto [expr, role] : llvm::zip_equal(map.getResults(), roles))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        iteration[dim.getPosition()] = role;
  };
  for (OpOperand &operand : op->getOpOperands())
    if (auto it = rolesOf.find(operand.get()); it != rolesOf.end())
      note(op.getMatchingIndexingMap(&operand), it->second);
  note(op.getMatchingIndexingMap(op.getDpsInitOperand(resultNumber)),
       resultRoles);
  return iteration;
}

FailureOr<Value> KernelTiler::tileStructured(linalg::LinalgOp op,
                                             unsigned resultNumber,
                                             ArrayRef<Role> resultRoles) {
  Roles iteration = getIterationRoles(op, resultNumber, resultRoles);
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType())) {
      operands.push_back(operand.get());
      continue;
    }
    Roles roles;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [expr, extent] :
         llvm::zip_equal(map.getResults(), op.getShape(&operand))) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        roles.push_back(iteration[dim.getPosition()]);
      else if (!isa<AffineConstantExpr>(expr))
        return op.emitOpError("not supported: indexes an operand by a sum");
      else if (extent == 1)
        roles.push_back(Role::None);
      else
        return op.emitOpError("not supported: reads operand ")
               << operand.getOperandNumber() << " of type "
               << operand.get().getType()
               << " at a constant index; slice it outside the program";
    }
    if (Value partial = carried.lookup(op); partial && op.isDpsInit(&operand)) {
      operands.push_back(partial);
      continue;
    }
    FailureOr<Value> tile = tileValue(operand.get(), roles);
    if (failed(tile))
      return failure();
    operands.push_back(*tile);
  }
  SmallVector<Type> resultTypes;
  for (OpOperand &init : op.getDpsInitsMutable())
    resultTypes.push_back(operands[init.getOperandNumber()].getType());
  // Scalars and constants of the body come along.
  IRMapping mapping;
  for (Value value : op->getOperands())
    if (!isa<RankedTensorType>(value.getType()))
      if (Operation *def = value.getDefiningOp())
        mapping.map(value, builder.clone(*def)->getResult(0));
  for (Value &operand : operands)
    operand = mapping.lookupOrDefault(operand);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    if (Operation *def = value.getDefiningOp())
      mapping.map(value, builder.clone(*def)->getResult(0));
  Operation *tiled = builder.clone(*op, mapping);
  tiled->setOperands(operands);
  for (auto [result, type] : llvm::zip_equal(tiled->getResults(), resultTypes))
    result.setType(type);
  if (failed(maskPaddedChannels(cast<linalg::LinalgOp>(tiled), iteration)))
    return failure();
  // An index counts within the whole tensor.
  tiled->walk([&](linalg::IndexOp index) {
    Role role = iteration[index.getDim()];
    auto offset = dyn_cast<Value>(getOffset(role));
    if (!offset)
      return;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfter(index);
    auto sum = arith::AddIOp::create(builder, index.getLoc(), index, offset);
    index->getResult(0).replaceAllUsesExcept(sum, sum);
  });
  for (auto [index, result] : llvm::enumerate(tiled->getResults())) {
    Roles roles;
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(index));
    for (AffineExpr expr : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      roles.push_back(dim ? iteration[dim.getPosition()] : Role::None);
    }
    tileSlot(op->getResult(index), roles) = result;
  }
  return tiled->getResult(resultNumber);
}

/// Output channels beyond the last must not take part in a reduction: what is
/// combined for them is the combiner's neutral element, whatever the body
/// computes before.
LogicalResult KernelTiler::maskPaddedChannels(linalg::LinalgOp reduction,
                                              ArrayRef<Role> iteration) {
  auto dim = llvm::find(iteration, Role::Filter);
  if (dim == iteration.end() ||
      !linalg::isReductionIterator(
          reduction.getIteratorTypesArray()[dim - iteration.begin()]) ||
      getExtent(Role::Filter) % getTile(Role::Filter) == 0)
    return success();
  SmallVector<Operation *> combiners;
  Value reduced = matchReduction(reduction.getRegionOutputArgs(), 0, combiners);
  std::optional<TypedAttr> neutral =
      reduced && combiners.size() == 1
          ? arith::getNeutralElement(combiners.front())
          : std::nullopt;
  if (!neutral)
    return reduction.emitOpError("not supported: a reduction over ")
           << getExtent(Role::Filter)
           << " channels, padded to the tile, needs a combiner with a neutral "
              "element";
  Location loc = reduction.getLoc();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(combiners.front());
  Value index = linalg::IndexOp::create(builder, loc, dim - iteration.begin());
  Value extent =
      arith::ConstantIndexOp::create(builder, loc, getExtent(Role::Filter));
  Value valid = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                      index, extent);
  Value filler = arith::ConstantOp::create(builder, loc, *neutral);
  Value select = arith::SelectOp::create(builder, loc, valid, reduced, filler);
  combiners.front()->replaceUsesOfWith(reduced, select);
  ++masked;
  return success();
}

FailureOr<Value> KernelTiler::tileConvolution() {
  Location loc = conv.op.getLoc();
  FailureOr<PaddedImage> image = getPaddedImage(conv);
  if (failed(image) || !isa<BlockArgument>(image->source))
    return conv.op.emitOpError("not supported: the image must be an argument, "
                               "padded with zeros at most");
  auto imageType = cast<RankedTensorType>(image->source.getType());
  ArrayRef<int64_t> tile = kernel.getScheduleAttr().getTile();
  SmallVector<OpFoldResult> offsets(4, builder.getIndexAttr(0));
  SmallVector<int64_t> sizes(imageType.getShape());
  SmallVector<bool> inBounds(4, true);
  offsets[conv.image.n] = batchOffset;
  sizes[conv.image.n] = 1;
  for (int dim = 0; dim < 2; ++dim) {
    int64_t position = dim == 0 ? conv.image.h : conv.image.w;
    Role role = dim == 0 ? Role::Row : Role::Column;
    int64_t low = image->low[position];
    Value offset = dim == 0 ? rowOffset : columnOffset;
    AffineExpr d0 = builder.getAffineDimExpr(0);
    offsets[position] = affine::makeComposedFoldedAffineApply(
        builder, loc, d0 * conv.strides[dim] - low, {OpFoldResult(offset)});
    sizes[position] = conv.getWindow(dim, tile[1 + dim]);
    int64_t tiles = llvm::divideCeil(getExtent(role), tile[1 + dim]);
    int64_t end =
        (tiles - 1) * tile[1 + dim] * conv.strides[dim] - low + sizes[position];
    inBounds[position] = low == 0 && end <= imageType.getDimSize(position);
  }
  Value imageTile = extract(loc, image->source, offsets, sizes, inBounds);

  auto filterType = cast<RankedTensorType>(conv.getFilter().getType());
  SmallVector<int64_t> filterSizes(filterType.getShape());
  filterSizes[conv.filter.f] = tile[0];
  SmallVector<bool> filterInBounds(4, true);
  filterInBounds[conv.filter.f] = getExtent(Role::Filter) % tile[0] == 0;
  SmallVector<OpFoldResult> filterOffsets(4, builder.getIndexAttr(0));
  filterOffsets[conv.filter.f] = getOffset(Role::Filter);
  Value filter = conv.getFilter();
  if (auto unpack = filter.getDefiningOp<UnpackOp>())
    filter = builder.clone(*unpack)->getResult(0);
  else if (!isa<BlockArgument>(filter))
    return conv.op.emitOpError("not supported: the filter must be an argument");
  Value filterTile =
      extract(loc, filter, filterOffsets, filterSizes, filterInBounds);

  FailureOr<Value> init =
      tileValue(conv.getInit(), rolesOf[conv.op->getResult(0)]);
  if (failed(init))
    return failure();
  Operation *tiled = builder.clone(*conv.op);
  tiled->setOperands({imageTile, filterTile, *init});
  tiled->getResult(0).setType(init->getType());
  return tiled->getResult(0);
}
