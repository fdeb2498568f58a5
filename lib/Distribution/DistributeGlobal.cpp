//===- DistributeGlobal.cpp - Tiles of global memory ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"
#include "WordLoads.h"

#include "kiln/Analysis/Divisibility.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeExtractTile : TilePattern<ExtractTileOp> {
  LogicalResult distribute(ExtractTileOp op,
                           DistributionContext &context) const override;
};
struct DistributeStoreTile : TilePattern<StoreTileOp> {
  LogicalResult distribute(StoreTileOp op,
                           DistributionContext &context) const override;
};
} // namespace

/// What is known to divide the coordinate of a thread's first register.
static int64_t getBoxDivisor(LayoutAttr layout, Value offset, int64_t dim) {
  SmallVector<int64_t> factor(layout.getRank(), 0);
  factor[dim] = 1;
  return std::gcd(getKnownDivisor(offset), getThreadDivisor(layout, factor));
}

/// In a kernel of loops a tile is read by words.
static SmallVector<Value> extractWords(ExtractTileOp op, LayoutAttr layout,
                                       Value filler,
                                       DistributionContext &context) {
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  GlobalBox box{op.getOffsets(), op.getInBounds(), type.getShape(),
                SmallVector<int64_t>(type.getRank(), 0)};
  Value source = context.lookup(op.getSource());
  auto makePart = [&] {
    return box.getThreadBase(loc, source, getMemoryType(type.getElementType()),
                             layout, context);
  };
  SmallVector<ThreadPlace> places;
  for (auto [dim, offset] : llvm::enumerate(op.getOffsets()))
    places.push_back(
        {box.getCoordinate(loc, dim, context.threads.getCoordinate(layout, dim),
                           context),
         getBoxDivisor(layout, offset, dim), op.getInBounds()[dim]});
  SmallVector<SmallVector<int64_t>> steps;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg)
    steps.push_back(layout.getCoordinate(reg, 0, 0));
  return loadWords(loc, {source, makePart, type}, places, steps, filler,
                   context);
}

LogicalResult
DistributeExtractTile::distribute(ExtractTileOp op,
                                  DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  LayoutAttr layout = getTileLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getSource().getType());
  auto box = GlobalBox::get(op.getOffsets(), op.getInBounds(), type.getShape());
  Type element = type.getElementType(), stored = getMemoryType(element);
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  SmallVector<Value> &values = context.fragments[op.getTile()].values;
  if (!context.schedule) {
    values = extractWords(op, layout, zero, context);
    return success();
  }
  Value source = context.lookup(op.getSource());
  Value base = box.getThreadBase(loc, source, stored, layout, context);
  int64_t width = op.getVector();
  if (width > 1)
    zero = arith::ConstantOp::create(
        builder, loc, builder.getZeroAttr(VectorType::get({width}, stored)));
  for (int64_t reg = 0; reg < layout.getNumRegisters(); reg += width) {
    auto [offset, valid] = box.getRegisterPlace(loc, layout, reg, context);
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, stored, base,
        ArrayRef<LLVM::GEPArg>{threads.getConstantOffset(offset)});
    // What is outside is read at the tensor's start and thrown away.
    if (valid)
      address = LLVM::SelectOp::create(builder, loc, valid, address, source);
    if (width > 1) {
      Value unit =
          LLVM::LoadOp::create(builder, loc, zero.getType(), address,
                               width * stored.getIntOrFloatBitWidth() / 8);
      if (valid)
        unit = arith::SelectOp::create(builder, loc, valid, unit, zero);
      for (int64_t i = 0; i < width; ++i)
        values.push_back(fromMemory(
            builder, loc, vector::ExtractOp::create(builder, loc, unit, i),
            element));
      continue;
    }
    Value value = fromMemory(
        builder, loc, LLVM::LoadOp::create(builder, loc, stored, address),
        element);
    if (valid)
      value = arith::SelectOp::create(builder, loc, valid, value, zero);
    values.push_back(value);
  }
  return success();
}

/// Elements that one store takes: registers whose lowest bits step along the
/// innermost dimension.
static int64_t getStoreWidth(StoreTileOp op, LayoutAttr layout, Type stored,
                             DistributionContext &context) {
  ArrayRef<int64_t> shape = cast<MemRefType>(op.getDest().getType()).getShape();
  if (op.getVector() > 1 || shape.empty())
    return op.getVector();
  int64_t inner = shape.size() - 1, neighbours = layout.getNumNeighbours();
  Value offset = op.getOffsets()[inner];
  if (!context.schedule)
    return getWordElements(shape[inner],
                           {neighbours, getBoxDivisor(layout, offset, inner)},
                           stored.getIntOrFloatBitWidth());
  bool paired = context.schedule.getPairedStores() && neighbours > 1 &&
                shape[inner] % 2 == 0 && getKnownDivisor(offset) % 2 == 0;
  return paired ? 2 : 1;
}

LogicalResult
DistributeStoreTile::distribute(StoreTileOp op,
                                DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  LayoutAttr layout = getTileLayout(op.getTile());
  if (!layout)
    return op.emitOpError("needs a layout to be distributed");
  FailureOr<SmallVector<Value>> values =
      context.fragments.getScalars(op.getTile());
  if (failed(values))
    return failure();
  Location loc = op.getLoc();
  auto type = cast<MemRefType>(op.getDest().getType());
  ArrayRef<int64_t> shape = type.getShape();
  auto box = GlobalBox::get(op.getOffsets(), op.getInBounds(), shape);
  Type stored = getMemoryType(type.getElementType());
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value base = box.getThreadBase(loc, context.lookup(op.getDest()), stored,
                                 layout, context);

  // Neighbours in one store, where they are always stored together.
  int64_t width = getStoreWidth(op, layout, stored, context);
  Value first = threads.isFirstCopy(layout);
  for (int64_t reg = 0; reg < layout.getNumRegisters(); reg += width) {
    auto [offset, inside] = box.getRegisterPlace(loc, layout, reg, context);
    Value valid = inside;
    int64_t place = offset;
    if (first)
      valid =
          valid ? arith::AndIOp::create(builder, loc, first, valid).getResult()
                : first;
    auto store = [&](OpBuilder &b, Location loc) {
      Value address = LLVM::GEPOp::create(
          b, loc, pointer, stored, base,
          ArrayRef<LLVM::GEPArg>{threads.getConstantOffset(place)});
      SmallVector<Value> word;
      for (int64_t i = 0; i < width; ++i)
        word.push_back(toMemory(b, loc, (*values)[reg + i]));
      Value value = word.front();
      if (width > 1)
        value = vector::FromElementsOp::create(
            b, loc, VectorType::get({width}, stored), word);
      LLVM::StoreOp::create(b, loc, value, address,
                            width * stored.getIntOrFloatBitWidth() / 8);
    };
    if (valid)
      scf::IfOp::create(builder, loc, valid, [&](OpBuilder &b, Location loc) {
        store(b, loc);
        scf::YieldOp::create(b, loc);
      });
    else
      store(builder, loc);
  }
  return success();
}

void kiln::populateGlobalMemoryPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeExtractTile, DistributeStoreTile>();
  populateLoadTilePatterns(patterns);
}
