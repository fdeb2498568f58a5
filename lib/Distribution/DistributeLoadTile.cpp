//===- DistributeLoadTile.cpp - A thread's loads through a map ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"
#include "WordLoads.h"

#include "kiln/Analysis/Divisibility.h"

#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeLoadTile : TilePattern<LoadTileOp> {
  LogicalResult distribute(LoadTileOp op,
                           DistributionContext &context) const override;
};
} // namespace

/// The factor of each dimension in a sum of multiples, and the constant behind
/// them; nothing for other expressions.
static std::optional<std::pair<SmallVector<int64_t>, int64_t>>
getFactors(AffineExpr expr, unsigned numDims) {
  SmallVector<int64_t> factors;
  if (failed(getFlattenedAffineExpr(expr, numDims, 0, &factors)) ||
      factors.size() != numDims + 1)
    return std::nullopt;
  int64_t constant = factors.pop_back_val();
  return std::pair(factors, constant);
}

static Value add(OpBuilder &builder, Location loc, Value left, Value right) {
  return arith::AddIOp::create(builder, loc, left, right);
}

/// An element offset as i64: the sum of coordinates times strides.
static Value getLinear(OpBuilder &builder, Location loc, ValueRange position,
                       ArrayRef<int64_t> strides) {
  Type i64 = builder.getI64Type();
  Value offset = arith::ConstantIntOp::create(builder, loc, 0, 64);
  for (auto [coordinate, stride] : llvm::zip_equal(position, strides))
    offset = add(builder, loc, offset,
                 arith::MulIOp::create(
                     builder, loc,
                     arith::IndexCastOp::create(builder, loc, i64, coordinate),
                     arith::ConstantIntOp::create(builder, loc, stride, 64)));
  return offset;
}

/// Where all coordinates are sums of multiples, the origin is computed once and
/// what a thread and a register add are constants of the layout. Nothing
/// otherwise.
static std::optional<SmallVector<Value>>
loadSums(LoadTileOp op, LayoutAttr layout, ValueRange offsets, Value filler,
         DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  unsigned rank = layout.getRank();
  SmallVector<ThreadPlace> places;
  SmallVector<Value> position;
  SmallVector<SmallVector<int64_t>> steps(layout.getNumRegisters());
  for (auto [expr, inBounds] :
       llvm::zip_equal(op.getMap().getResults(), op.getInBounds())) {
    auto found = getFactors(expr, rank);
    if (!found)
      return std::nullopt;
    auto [factors, constant] = *found;
    // The constant is the registers': what is left is divisible by more.
    auto origin = affine::expandAffineMap(
        builder, loc,
        AffineMap::get(rank, 0, simplifyAffineExpr(expr - constant, rank, 0)),
        offsets);
    assert(origin && "no quotient, nothing that could not be computed");
    Value part =
        arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                   context.threads.getOffset(layout, factors));
    int64_t divisor = getThreadDivisor(layout, factors);
    for (auto [offset, factor] : llvm::zip_equal(op.getOffsets(), factors))
      divisor = std::gcd(divisor, getKnownDivisor(offset) * factor);
    position.push_back(add(builder, loc, origin->front(), part));
    places.push_back({position.back(), divisor, inBounds});
    for (auto [reg, step] : llvm::enumerate(steps)) {
      step.push_back(constant);
      for (auto [a, b] :
           llvm::zip_equal(factors, layout.getCoordinate(reg, 0, 0)))
        step.back() += a * b;
    }
  }
  auto type = cast<MemRefType>(op.getSource().getType());
  Value source = context.lookup(op.getSource());
  // It may lie outside, as long as nothing is read there.
  Value part = LLVM::GEPOp::create(
      builder, loc, source.getType(), getMemoryType(type.getElementType()),
      source,
      ArrayRef<LLVM::GEPArg>{getLinear(builder, loc, position,
                                       getRowMajorStrides(type.getShape()))});
  return loadWords(loc, {source, part, type}, places, steps, filler, context);
}

/// Through any map that can be computed: each register's element by itself.
static FailureOr<SmallVector<Value>>
loadSingles(LoadTileOp op, LayoutAttr layout, ValueRange offsets, Value filler,
            DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  ArrayRef<int64_t> shape = type.getShape();
  Type element = type.getElementType(), stored = getMemoryType(element);
  Value source = context.lookup(op.getSource());
  unsigned rank = layout.getRank();
  SmallVector<Value> parts;
  for (unsigned dim = 0; dim < rank; ++dim)
    parts.push_back(
        arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                   context.threads.getCoordinate(layout, dim)));
  SmallVector<Value> values;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    SmallVector<int64_t> at = layout.getCoordinate(reg, 0, 0);
    SmallVector<Value> axes;
    for (unsigned dim = 0; dim < rank; ++dim)
      axes.push_back(
          add(builder, loc, add(builder, loc, offsets[dim], parts[dim]),
              arith::ConstantIndexOp::create(builder, loc, at[dim])));
    auto position = affine::expandAffineMap(builder, loc, op.getMap(), axes);
    if (!position)
      return op.emitOpError("has a map that cannot be computed");
    Value valid;
    for (auto [dim, coordinate] : llvm::enumerate(*position)) {
      if (op.getInBounds()[dim])
        continue;
      Value inside = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::ult, coordinate,
          arith::ConstantIndexOp::create(builder, loc, shape[dim]));
      valid =
          valid ? arith::AndIOp::create(builder, loc, valid, inside).getResult()
                : inside;
    }
    Value address = LLVM::GEPOp::create(
        builder, loc, source.getType(), stored, source,
        ArrayRef<LLVM::GEPArg>{
            getLinear(builder, loc, *position, getRowMajorStrides(shape))});
    // What is outside is read at the tensor's start and thrown away.
    if (valid)
      address = LLVM::SelectOp::create(builder, loc, valid, address, source);
    Value value = fromMemory(
        builder, loc, LLVM::LoadOp::create(builder, loc, stored, address),
        element);
    if (valid)
      value = arith::SelectOp::create(builder, loc, valid, value, filler);
    values.push_back(value);
  }
  return values;
}

LogicalResult
DistributeLoadTile::distribute(LoadTileOp op,
                               DistributionContext &context) const {
  LayoutAttr layout = getTileLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  SmallVector<Value> offsets = llvm::map_to_vector(
      op.getOffsets(), [&](Value v) { return context.lookup(v); });
  TypedAttr padding = op.getPaddingAttr();
  Type element = cast<MemRefType>(op.getSource().getType()).getElementType();
  Value filler = arith::ConstantOp::create(
      context.builder, op.getLoc(),
      padding ? padding : context.builder.getZeroAttr(element));
  SmallVector<Value> &values = context.fragments[op.getTile()].values;
  if (auto loaded = loadSums(op, layout, offsets, filler, context)) {
    values = *loaded;
    return success();
  }
  FailureOr<SmallVector<Value>> loaded =
      loadSingles(op, layout, offsets, filler, context);
  if (failed(loaded))
    return failure();
  values = *loaded;
  return success();
}

void kiln::populateLoadTilePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeLoadTile>();
}
