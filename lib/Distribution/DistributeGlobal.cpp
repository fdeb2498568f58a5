//===- DistributeGlobal.cpp - Tiles of global memory ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"

#include "kiln/Analysis/Divisibility.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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
  Value source = context.lookup(op.getSource());
  Value base = box.getThreadBase(loc, source, stored, layout, context);
  Value zero =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  SmallVector<Value> &values = context.fragments[op.getTile()].values;
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

  // Two neighbours in one store, where they are always stored together.
  int64_t inner = shape.size() - 1;
  bool paired =
      context.schedule && context.schedule.getPairedStores() &&
      !shape.empty() && !layout.getRegisters().empty() &&
      layout.getRegisters()[0] == Basis::unit(layout.getRank(), inner, 1) &&
      shape[inner] % 2 == 0 && getKnownDivisor(op.getOffsets()[inner]) % 2 == 0;
  int64_t width = op.getVector() > 1 ? op.getVector() : paired ? 2 : 1;
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
      Value value = toMemory(b, loc, (*values)[reg]);
      if (width > 1) {
        SmallVector<Value> unit = {value};
        for (int64_t i = 1; i < width; ++i)
          unit.push_back(toMemory(b, loc, (*values)[reg + i]));
        value = vector::FromElementsOp::create(
            b, loc, VectorType::get({width}, stored), unit);
      }
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
