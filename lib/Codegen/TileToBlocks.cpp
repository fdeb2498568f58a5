//===- TileToBlocks.cpp - The tiles of a block ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Codegen/Passes.h"

#include "kiln/Analysis/Convolution.h"
#include "kiln/Analysis/ScheduleFit.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace kiln {
#define GEN_PASS_DEF_TILETOBLOCKS
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// The dimensions of the convolution's output that blocks are laid over.
enum class Role { None, Batch, Filter, Row, Column };

/// Tiles one kernel: ops are cloned onto tiles on demand, from the result back
/// to the kernel's arguments.
class KernelTiler {
public:
  KernelTiler(KernelOp kernel, Convolution conv)
      : kernel(kernel), conv(conv), builder(kernel.getContext()) {}

  LogicalResult run(int64_t &numMasked);

private:
  using Roles = SmallVector<Role>;

  int64_t getExtent(Role role) const;
  int64_t getTile(Role role);
  OpFoldResult getOffset(Role role);
  LogicalResult assignRoles();
  FailureOr<Roles> getIterationRoles(linalg::LinalgOp op,
                                     ArrayRef<Role> resultRoles);
  FailureOr<Value> tileValue(Value value, ArrayRef<Role> roles);
  FailureOr<Value> tileConvolution();
  FailureOr<Value> tileStructured(linalg::LinalgOp op, unsigned resultNumber,
                                  ArrayRef<Role> resultRoles);
  Value extract(Location loc, Value source, ArrayRef<OpFoldResult> offsets,
                ArrayRef<int64_t> sizes, ArrayRef<bool> inBounds);
  FailureOr<Value> maskPaddedChannels(linalg::LinalgOp reduction, Value tile,
                                      ArrayRef<Role> roles);

  KernelOp kernel;
  Convolution conv;
  OpBuilder builder;
  /// Roles of the dimensions of everything computed from the convolution.
  DenseMap<Value, Roles> rolesOf;
  DenseMap<Value, Value> tileOf;
  /// Tile offsets along batch, row and column: values of the forall's body.
  Value batchOffset, rowOffset, columnOffset;
  int64_t masked = 0;
};

} // namespace

int64_t KernelTiler::getExtent(Role role) const {
  ShapedType out = conv.getOutType();
  switch (role) {
  case Role::Batch:
    return out.getDimSize(conv.out.n);
  case Role::Filter:
    return out.getDimSize(conv.out.f);
  case Role::Row:
    return out.getDimSize(conv.out.h);
  case Role::Column:
    return out.getDimSize(conv.out.w);
  case Role::None:
    break;
  }
  llvm_unreachable("no extent without a role");
}

int64_t KernelTiler::getTile(Role role) {
  ArrayRef<int64_t> tile = kernel.getScheduleAttr().getTile();
  switch (role) {
  case Role::Batch:
    return 1;
  case Role::Filter:
    return tile[0];
  case Role::Row:
    return tile[1];
  case Role::Column:
    return tile[2];
  case Role::None:
    break;
  }
  llvm_unreachable("no tile without a role");
}

OpFoldResult KernelTiler::getOffset(Role role) {
  switch (role) {
  case Role::Batch:
    return batchOffset;
  case Role::Row:
    return rowOffset;
  case Role::Column:
    return columnOffset;
  default:
    return OpFoldResult(IntegerAttr::get(
        IndexType::get(kernel.getContext()), 0));
  }
}

/// Follows the convolution's dimensions through the ops that use it.
LogicalResult KernelTiler::assignRoles() {
  Roles outRoles(4, Role::None);
  outRoles[conv.out.n] = Role::Batch;
  outRoles[conv.out.f] = Role::Filter;
  outRoles[conv.out.h] = Role::Row;
  outRoles[conv.out.w] = Role::Column;
  rolesOf[conv.op->getResult(0)] = outRoles;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (&op == conv.op.getOperation() ||
        llvm::none_of(op.getOperands(),
                      [&](Value v) { return rolesOf.contains(v); }))
      continue;
    auto structured = dyn_cast<linalg::LinalgOp>(op);
    if (!structured)
      return op.emitOpError("not supported: cannot be tiled with the "
                            "convolution it uses");
    Roles iteration(structured.getNumLoops(), Role::None);
    for (OpOperand &operand : op.getOpOperands()) {
      auto it = rolesOf.find(operand.get());
      if (it == rolesOf.end())
        continue;
      AffineMap map = structured.getMatchingIndexingMap(&operand);
      if (!map.isProjectedPermutation())
        return op.emitOpError("not supported: reads the convolution's result "
                              "through ")
               << AffineMapAttr::get(map);
      for (auto [dim, role] : llvm::enumerate(it->second)) {
        Role &slot = iteration[map.getDimPosition(dim)];
        if (slot != Role::None && slot != role)
          return op.emitOpError("not supported: combines different dimensions "
                                "of the convolution's result");
        slot = role;
      }
    }
    if (llvm::is_contained(iteration, Role::None))
      return op.emitOpError("not supported: adds a dimension to the "
                            "convolution's result");
    for (auto [dim, kind] :
         llvm::enumerate(structured.getIteratorTypesArray()))
      if (kind == utils::IteratorType::reduction &&
          iteration[dim] != Role::Filter)
        return op.emitOpError("not supported: reduces over more than the output "
                              "channels");
    if (structured.getNumReductionLoops() > 0 && op.getNumResults() != 1)
      return op.emitOpError("not supported: a reduction with ")
             << op.getNumResults()
             << " results, such as one that finds an index (argmin, argmax); "
                "give every reduction one result";
    for (auto [index, result] : llvm::enumerate(op.getResults())) {
      AffineMap map = structured.getMatchingIndexingMap(
          structured.getDpsInitOperand(index));
      if (!map.isProjectedPermutation())
        return op.emitOpError("not supported: writes its result through ")
               << AffineMapAttr::get(map);
      Roles roles;
      for (unsigned dim = 0; dim < map.getNumResults(); ++dim)
        roles.push_back(iteration[map.getDimPosition(dim)]);
      rolesOf[result] = roles;
    }
  }
  return success();
}

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
  if (Value tile = tileOf.lookup(value))
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
    FailureOr<Value> tiled = tileStructured(
        op, cast<OpResult>(value).getResultNumber(), roles);
    if (failed(tiled))
      return failure();
    tile = *tiled;
  } else {
    return value.getDefiningOp()->emitOpError(
        "not supported inside a kernel that is tiled");
  }
  tileOf[value] = tile;
  return tile;
}

FailureOr<SmallVector<Role>>
KernelTiler::getIterationRoles(linalg::LinalgOp op,
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
  note(op.getMatchingIndexingMap(op.getDpsInitOperand(0)), resultRoles);
  return iteration;
}

FailureOr<Value> KernelTiler::tileStructured(linalg::LinalgOp op,
                                             unsigned resultNumber,
                                             ArrayRef<Role> resultRoles) {
  FailureOr<Roles> iteration = getIterationRoles(op, resultRoles);
  if (failed(iteration))
    return failure();
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType())) {
      operands.push_back(operand.get());
      continue;
    }
    Roles roles;
    for (AffineExpr expr :
         op.getMatchingIndexingMap(&operand).getResults()) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        roles.push_back((*iteration)[dim.getPosition()]);
      else if (isa<AffineConstantExpr>(expr))
        roles.push_back(Role::None);
      else
        return op.emitOpError("not supported: indexes an operand by a sum");
    }
    FailureOr<Value> tile = tileValue(operand.get(), roles);
    if (failed(tile))
      return failure();
    if (op.isDpsInput(&operand) && op.getNumReductionLoops() > 0)
      tile = maskPaddedChannels(op, *tile, roles);
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
  // An index counts within the whole tensor.
  tiled->walk([&](linalg::IndexOp index) {
    Role role = (*iteration)[index.getDim()];
    auto offset = dyn_cast<Value>(getOffset(role));
    if (!offset)
      return;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfter(index);
    auto sum = arith::AddIOp::create(builder, index.getLoc(), index, offset);
    index->getResult(0).replaceAllUsesExcept(sum, sum);
  });
  for (auto [result, from] :
       llvm::zip_equal(tiled->getResults(), op->getResults()))
    tileOf[from] = result;
  return tiled->getResult(resultNumber);
}

/// Output channels beyond the last must not take part in a reduction: they get
/// the combiner's neutral element.
FailureOr<Value> KernelTiler::maskPaddedChannels(linalg::LinalgOp reduction,
                                                 Value tile,
                                                 ArrayRef<Role> roles) {
  auto dim = llvm::find(roles, Role::Filter);
  if (dim == roles.end() || getExtent(Role::Filter) == getTile(Role::Filter))
    return tile;
  Location loc = reduction.getLoc();
  auto type = cast<RankedTensorType>(tile.getType());
  SmallVector<Operation *> combiners;
  Value reduced = matchReduction(reduction.getRegionOutputArgs(), 0, combiners);
  std::optional<TypedAttr> neutral =
      reduced && combiners.size() == 1
          ? arith::getNeutralElement(combiners.front())
          : std::nullopt;
  if (!neutral) {
    return reduction.emitOpError("not supported: a reduction over ")
           << getExtent(Role::Filter)
           << " channels, padded to the tile, needs a combiner with a neutral "
              "element";
  }
  auto map = builder.getMultiDimIdentityMap(type.getRank());
  auto empty =
      tensor::EmptyOp::create(builder, loc, type.getShape(),
                              type.getElementType());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto select = linalg::GenericOp::create(
      builder, loc, TypeRange{type}, ValueRange{tile}, ValueRange{empty},
      ArrayRef<AffineMap>{map, map}, iterators,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        Value index =
            linalg::IndexOp::create(b, loc, dim - roles.begin());
        Value extent = arith::ConstantIndexOp::create(
            b, loc, getExtent(Role::Filter));
        Value valid = arith::CmpIOp::create(
            b, loc, arith::CmpIPredicate::ult, index, extent);
        Value filler = arith::ConstantOp::create(b, loc, *neutral);
        Value value =
            arith::SelectOp::create(b, loc, valid, args[0], filler);
        linalg::YieldOp::create(b, loc, value);
      });
  ++masked;
  return select.getResult(0);
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
    int64_t end = (tiles - 1) * tile[1 + dim] * conv.strides[dim] - low +
                  sizes[position];
    inBounds[position] = low == 0 && end <= imageType.getDimSize(position);
  }
  Value imageTile = extract(loc, image->source, offsets, sizes, inBounds);

  auto filterType = cast<RankedTensorType>(conv.getFilter().getType());
  SmallVector<int64_t> filterSizes(filterType.getShape());
  filterSizes[conv.filter.f] = tile[0];
  SmallVector<bool> filterInBounds(4, true);
  filterInBounds[conv.filter.f] = getExtent(Role::Filter) == tile[0];
  SmallVector<OpFoldResult> zeros(4, builder.getIndexAttr(0));
  Value filter = conv.getFilter();
  if (auto unpack = filter.getDefiningOp<UnpackOp>())
    filter = builder.clone(*unpack)->getResult(0);
  else if (!isa<BlockArgument>(filter))
    return conv.op.emitOpError("not supported: the filter must be an argument");
  Value filterTile =
      extract(loc, filter, zeros, filterSizes, filterInBounds);

  FailureOr<Value> init =
      tileValue(conv.getInit(), rolesOf[conv.op->getResult(0)]);
  if (failed(init))
    return failure();
  Operation *tiled = builder.clone(*conv.op);
  tiled->setOperands({imageTile, filterTile, *init});
  tiled->getResult(0).setType(init->getType());
  return tiled->getResult(0);
}

LogicalResult KernelTiler::run(int64_t &numMasked) {
  if (failed(assignRoles()))
    return failure();
  auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
  if (yield.getValues().size() != 1)
    return kernel.emitOpError("not supported: a kernel with ")
           << yield.getValues().size() << " results";
  Value result = yield.getValues().front();
  auto it = rolesOf.find(result);
  if (it == rolesOf.end())
    return kernel.emitOpError("result does not depend on the convolution");
  Roles roles = it->second;
  auto type = cast<RankedTensorType>(result.getType());
  Location loc = kernel.getLoc();

  // Tiles are numbered along the result's dimensions, columns before rows before
  // the batch.
  Role loops[] = {Role::Batch, Role::Row, Role::Column};
  SmallVector<OpFoldResult> counts;
  for (Role role : loops)
    counts.push_back(builder.getIndexAttr(
        llvm::divideCeil(getExtent(role), getTile(role))));
  builder.setInsertionPoint(yield);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  auto forall = scf::ForallOp::create(builder, loc, counts, ValueRange{empty},
                                      std::nullopt);
  builder.setInsertionPoint(forall.getTerminator());
  auto scale = [&](Value number, Role role) -> Value {
    if (getTile(role) == 1)
      return number;
    AffineExpr d0 = builder.getAffineDimExpr(0);
    return affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(1, 0, d0 * getTile(role)),
        ValueRange{number});
  };
  batchOffset = forall.getInductionVar(0);
  rowOffset = scale(forall.getInductionVar(1), Role::Row);
  columnOffset = scale(forall.getInductionVar(2), Role::Column);
  FailureOr<Value> tile = tileValue(result, roles);
  if (failed(tile))
    return failure();

  // Cut what overhangs.
  SmallVector<OpFoldResult> offsets, sizes;
  for (Role role : roles) {
    offsets.push_back(getOffset(role));
    if (getExtent(role) % getTile(role) == 0) {
      sizes.push_back(builder.getIndexAttr(getTile(role)));
      continue;
    }
    AffineExpr d0 = builder.getAffineDimExpr(0);
    AffineMap map = AffineMap::get(
        1, 0,
        {builder.getAffineConstantExpr(getTile(role)),
         builder.getAffineConstantExpr(getExtent(role)) - d0},
        builder.getContext());
    sizes.push_back(affine::makeComposedFoldedAffineMin(
        builder, loc, map, {getOffset(role)}));
  }
  SmallVector<OpFoldResult> zeros(roles.size(), builder.getIndexAttr(0)),
      ones(roles.size(), builder.getIndexAttr(1));
  Value part =
      tensor::ExtractSliceOp::create(builder, loc, *tile, zeros, sizes, ones);
  builder.setInsertionPointToStart(forall.getTerminator().getBody());
  tensor::ParallelInsertSliceOp::create(builder, loc, part,
                                        forall.getRegionIterArgs().front(),
                                        offsets, sizes, ones);
  yield->setOperands(forall.getResults());
  // The whole-tensor ops are dead now.
  Block &body = kernel.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (&op != yield && &op != forall && isOpTriviallyDead(&op))
      op.erase();
  numMasked += masked;
  return success();
}

namespace {
struct TileToBlocks : public kiln::impl::TileToBlocksBase<TileToBlocks> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() != "compute")
        return WalkResult::advance();
      FailureOr<Convolution> conv = Convolution::find(kernel.getBody());
      if (failed(conv) || !kernel.getScheduleAttr()) {
        kernel.emitOpError("needs a schedule and exactly one 2-D convolution");
        return WalkResult::interrupt();
      }
      int64_t masked = 0;
      if (failed(KernelTiler(kernel, *conv).run(masked)))
        return WalkResult::interrupt();
      ++numTiled;
      numMasked += masked;
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
