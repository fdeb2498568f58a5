//===- DistributeLoadTile.cpp - A thread's loads through a map ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeLoadTile : TilePattern<LoadTileOp> {
  LogicalResult distribute(LoadTileOp op,
                           DistributionContext &context) const override;
};
} // namespace

/// The factor of each dimension in a sum of multiples; nothing for other
/// expressions.
static std::optional<SmallVector<int64_t>> getFactors(AffineExpr expr,
                                                      unsigned numDims) {
  SmallVector<int64_t> factors(numDims, 0);
  if (isa<AffineConstantExpr>(expr))
    return factors;
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    factors[dim.getPosition()] = 1;
    return factors;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  auto left = getFactors(binary.getLHS(), numDims),
       right = getFactors(binary.getRHS(), numDims);
  if (!left || !right)
    return std::nullopt;
  if (binary.getKind() == AffineExprKind::Add) {
    for (auto [a, b] : llvm::zip_equal(*left, *right))
      a += b;
    return left;
  }
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (binary.getKind() != AffineExprKind::Mul || !factor)
    return std::nullopt;
  for (int64_t &a : *left)
    a *= factor.getValue();
  return left;
}

LogicalResult
DistributeLoadTile::distribute(LoadTileOp op,
                               DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  LayoutAttr layout = getTileLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  ArrayRef<int64_t> shape = type.getShape();
  Type element = type.getElementType(), i64 = builder.getI64Type();
  AffineMap map = op.getMap();
  unsigned rank = layout.getRank();
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value source = context.lookup(op.getSource());
  SmallVector<Value> offsets = llvm::map_to_vector(
      op.getOffsets(), [&](Value v) { return context.lookup(v); });
  auto constantIndex = [&](int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value).getResult();
  };

  // Where all coordinates are sums of multiples, the origin is computed once
  // and what a thread and a register add are constants of the layout.
  SmallVector<SmallVector<int64_t>> factors;
  for (AffineExpr expr : map.getResults())
    if (auto found = getFactors(expr, rank))
      factors.push_back(*found);
  bool linear = factors.size() == map.getNumResults();
  SmallVector<Value> origin, parts;
  if (linear) {
    // No quotient, no remainder: nothing that could not be computed.
    auto expanded = affine::expandAffineMap(builder, loc, map, offsets);
    assert(expanded && "a sum of multiples");
    origin.assign(expanded->begin(), expanded->end());
    for (ArrayRef<int64_t> factor : factors)
      parts.push_back(
          arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                     threads.getOffset(layout, factor)));
  } else {
    for (unsigned dim = 0; dim < rank; ++dim)
      parts.push_back(
          arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                     threads.getCoordinate(layout, dim)));
  }
  auto add = [&](Value left, Value right) {
    return arith::AddIOp::create(builder, loc, left, right).getResult();
  };
  /// The coordinate in the source of each dimension, at a register.
  auto getPosition =
      [&](ArrayRef<int64_t> at) -> std::optional<SmallVector<Value, 8>> {
    SmallVector<Value, 8> position;
    if (linear) {
      for (auto [dim, factor] : llvm::enumerate(factors)) {
        int64_t moved = 0;
        for (auto [a, b] : llvm::zip_equal(factor, at))
          moved += a * b;
        position.push_back(
            add(add(origin[dim], parts[dim]), constantIndex(moved)));
      }
      return position;
    }
    SmallVector<Value> axes;
    for (unsigned dim = 0; dim < rank; ++dim)
      axes.push_back(
          add(add(offsets[dim], parts[dim]), constantIndex(at[dim])));
    return affine::expandAffineMap(builder, loc, map, axes);
  };

  TypedAttr padding = op.getPaddingAttr();
  Value filler = arith::ConstantOp::create(
      builder, loc, padding ? padding : builder.getZeroAttr(element));
  SmallVector<int64_t> strides = getRowMajorStrides(shape);
  SmallVector<Value> &values = context.fragments[op.getTile()].values;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    auto position = getPosition(layout.getCoordinate(reg, 0, 0));
    if (!position)
      return op.emitOpError("has a map that cannot be computed");
    Value offset = arith::ConstantIntOp::create(builder, loc, 0, 64), valid;
    for (auto [dim, coordinate] : llvm::enumerate(*position)) {
      offset = add(
          offset,
          arith::MulIOp::create(
              builder, loc,
              arith::IndexCastOp::create(builder, loc, i64, coordinate),
              arith::ConstantIntOp::create(builder, loc, strides[dim], 64)));
      if (op.getInBounds()[dim])
        continue;
      Value inside =
          arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                coordinate, constantIndex(shape[dim]));
      valid =
          valid ? arith::AndIOp::create(builder, loc, valid, inside).getResult()
                : inside;
    }
    Value address = LLVM::GEPOp::create(builder, loc, pointer, element, source,
                                        ArrayRef<LLVM::GEPArg>{offset});
    // What is outside is read at the tensor's start and thrown away.
    if (valid)
      address = LLVM::SelectOp::create(builder, loc, valid, address, source);
    Value value = LLVM::LoadOp::create(builder, loc, element, address);
    if (valid)
      value = arith::SelectOp::create(builder, loc, valid, value, filler);
    values.push_back(value);
  }
  return success();
}

void kiln::populateLoadTilePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeLoadTile>();
}
