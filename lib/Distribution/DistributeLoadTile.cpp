//===- DistributeLoadTile.cpp - A thread's loads through a map ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"
#include "WordLoads.h"

#include "kiln/Analysis/Divisibility.h"
#include "kiln/Analysis/LinearForm.h"

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

static Value add(OpBuilder &builder, Location loc, Value left, Value right) {
  return arith::AddIOp::create(builder, loc, left, right);
}

/// The pointer to an element. It may lie outside, as long as nothing is read
/// there.
static Value getPart(Location loc, Value source, MemRefType type,
                     ValueRange position, DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Type i64 = builder.getI64Type();
  Value offset = arith::ConstantIntOp::create(builder, loc, 0, 64);
  for (auto [coordinate, stride] :
       llvm::zip_equal(position, getRowMajorStrides(type.getShape())))
    offset = add(builder, loc, offset,
                 arith::MulIOp::create(
                     builder, loc,
                     arith::IndexCastOp::create(builder, loc, i64, coordinate),
                     arith::ConstantIntOp::create(builder, loc, stride, 64)));
  return LLVM::GEPOp::create(builder, loc, source.getType(),
                             getMemoryType(type.getElementType()), source,
                             ArrayRef<LLVM::GEPArg>{offset});
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
    std::optional<LinearForm> found = getLinearForm(expr, rank);
    if (!found)
      return std::nullopt;
    const auto &[factors, constant] = *found;
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
  auto makePart = [&] { return getPart(loc, source, type, position, context); };
  return loadWords(loc, {source, makePart, type}, places, steps, filler,
                   context);
}

namespace {
/// What a coordinate is at a register: an expression of where the thread
/// stands, and a constant. The expression's value is a multiple of `divisor`.
struct SplitCoordinate {
  AffineExpr expr;
  int64_t constant = 0, divisor = 1;
};
} // namespace

/// Takes what a register adds out of `expr`, whose dimensions are multiples of
/// `divisors` and lie `at` further in this register. Out of a quotient or a
/// remainder it comes where it never carries; nothing where one is in the way.
static std::optional<SplitCoordinate>
splitCoordinate(AffineExpr expr, ArrayRef<int64_t> at,
                ArrayRef<int64_t> divisors) {
  MLIRContext *context = expr.getContext();
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return SplitCoordinate{getAffineConstantExpr(0, context),
                           constant.getValue(), 0};
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return SplitCoordinate{expr, at[dim.getPosition()],
                           divisors[dim.getPosition()]};
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  auto left = splitCoordinate(binary.getLHS(), at, divisors);
  if (!left)
    return std::nullopt;
  if (binary.getKind() == AffineExprKind::Add) {
    auto right = splitCoordinate(binary.getRHS(), at, divisors);
    if (!right)
      return std::nullopt;
    return SplitCoordinate{left->expr + right->expr,
                           left->constant + right->constant,
                           std::gcd(left->divisor, right->divisor)};
  }
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!factor || factor.getValue() <= 0)
    return std::nullopt;
  int64_t by = factor.getValue();
  if (binary.getKind() == AffineExprKind::Mul)
    return SplitCoordinate{left->expr * by, left->constant * by,
                           left->divisor * by};
  // What is divided is a multiple of `step`, and so is `by`: less than a step
  // more is the same quotient.
  int64_t step = std::gcd(left->divisor, by);
  int64_t rest = llvm::mod(left->constant, by);
  if (rest >= step)
    return std::nullopt;
  if (binary.getKind() == AffineExprKind::Mod)
    return SplitCoordinate{left->expr % by, rest, step};
  if (binary.getKind() == AffineExprKind::FloorDiv)
    return SplitCoordinate{left->expr.floorDiv(by),
                           (left->constant - rest) / by,
                           left->divisor % by == 0 ? left->divisor / by : 1};
  return std::nullopt;
}

/// Through any map that can be computed. Registers whose coordinates are
/// constants apart share what is computed, and words.
static FailureOr<SmallVector<Value>>
loadMapped(LoadTileOp op, LayoutAttr layout, ValueRange offsets, Value filler,
           DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  Value source = context.lookup(op.getSource());
  unsigned rank = layout.getRank();
  SmallVector<Value> stands;
  SmallVector<int64_t> divisors;
  for (unsigned dim = 0; dim < rank; ++dim) {
    SmallVector<int64_t> unit(rank, 0);
    unit[dim] = 1;
    divisors.push_back(std::gcd(getThreadDivisor(layout, unit),
                                getKnownDivisor(op.getOffsets()[dim])));
    stands.push_back(add(builder, loc, offsets[dim],
                         arith::IndexCastOp::create(
                             builder, loc, builder.getIndexType(),
                             context.threads.getCoordinate(layout, dim))));
  }
  struct Group {
    SmallVector<int64_t> divisors;
    SmallVector<int64_t> registers;
    SmallVector<SmallVector<int64_t>> steps;
  };
  llvm::MapVector<AffineMap, Group> groups;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    SmallVector<int64_t> at = layout.getCoordinate(reg, 0, 0);
    SmallVector<AffineExpr> moved, exprs;
    for (auto [dim, step] : llvm::enumerate(at))
      moved.push_back(getAffineDimExpr(dim, op.getContext()) + step);
    SmallVector<int64_t> constants, known;
    for (AffineExpr expr : op.getMap().getResults()) {
      auto split = splitCoordinate(expr, at, divisors);
      exprs.push_back(split ? split->expr : expr.replaceDims(moved));
      constants.push_back(split ? split->constant : 0);
      known.push_back(split ? split->divisor : 1);
    }
    Group &group = groups[AffineMap::get(rank, 0, exprs, op.getContext())];
    group.divisors = known;
    group.registers.push_back(reg);
    group.steps.push_back(constants);
  }
  SmallVector<Value> values(layout.getNumRegisters());
  for (auto &[map, group] : groups) {
    auto position = affine::expandAffineMap(builder, loc, map, stands);
    if (!position)
      return op.emitOpError("has a map that cannot be computed");
    SmallVector<ThreadPlace> places;
    for (auto [coordinate, divisor, inBounds] :
         llvm::zip_equal(*position, group.divisors, op.getInBounds()))
      places.push_back({coordinate, divisor, inBounds});
    auto makePart = [&, &at = *position] {
      return getPart(loc, source, type, at, context);
    };
    SmallVector<Value> loaded = loadWords(loc, {source, makePart, type}, places,
                                          group.steps, filler, context);
    for (auto [reg, value] : llvm::zip_equal(group.registers, loaded))
      values[reg] = value;
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
      loadMapped(op, layout, offsets, filler, context);
  if (failed(loaded))
    return failure();
  values = *loaded;
  return success();
}

void kiln::populateLoadTilePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeLoadTile>();
}
