//===- DistributeLocalTile.cpp - Tiles through shared memory --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TilePattern.h"

#include "kiln/Analysis/StagedStore.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeLocalWrite : TilePattern<LocalWriteOp> {
  LogicalResult distribute(LocalWriteOp op,
                           DistributionContext &context) const override;
};
struct DistributeLocalRead : TilePattern<LocalReadOp> {
  LogicalResult distribute(LocalReadOp op,
                           DistributionContext &context) const override;
};

/// A thread's part of a tile in shared memory.
struct LocalTile {
  LocalTile(LayoutAttr layout, SharedType buffer)
      : layout(layout), buffer(buffer),
        bytes(buffer.getElementType().getIntOrFloatBitWidth() / 8),
        unit(getSharedUnit(layout, buffer.getLayout(), bytes)) {}

  /// Bytes from the buffer's start.
  int64_t getOffset(ArrayRef<int64_t> coordinate) const {
    return buffer.getLayout().getOffset(coordinate) * bytes;
  }
  int64_t getOffset(int64_t reg) const {
    return getOffset(layout.getCoordinate(reg, 0, 0));
  }
  /// Where the thread's first register lies, `moved` bytes (i32, or null)
  /// further on.
  Value getBase(Location loc, Value value, Value moved,
                DistributionContext &context) const {
    auto getSteps = [&](ArrayRef<Basis> list) {
      return llvm::map_to_vector(
          list, [&](const Basis &basis) { return getOffset(basis.values()); });
    };
    ThreadNumbers &threads = context.threads;
    OpBuilder &builder = context.builder;
    Value offset = arith::AddIOp::create(
        builder, loc,
        threads.getSum(getSteps(layout.getLanes()),
                       getSteps(layout.getWarps())),
        threads.constant32(context.shared.getOffset(value)));
    if (moved)
      offset = arith::AddIOp::create(builder, loc, offset, moved);
    return context.shared.getPointer(loc, offset);
  }
  /// The registers of the unit that starts with `reg`; none where another one
  /// has it.
  SmallVector<int64_t> getUnit(int64_t reg) const {
    SmallVector<int64_t> registers = {reg};
    for (int64_t bit : unit) {
      if (reg >> bit & 1)
        return {};
      for (size_t i = 0, n = registers.size(); i < n; ++i)
        registers.push_back(registers[i] | int64_t(1) << bit);
    }
    return registers;
  }
  Type getUnitType() const {
    return unit.empty() ? buffer.getElementType()
                        : VectorType::get({int64_t(1) << unit.size()},
                                          buffer.getElementType());
  }
  unsigned getUnitBytes() const { return bytes << unit.size(); }

  LayoutAttr layout;
  SharedType buffer;
  int64_t bytes; ///< of an element
  SmallVector<int64_t> unit;
};
} // namespace

LogicalResult
DistributeLocalWrite::distribute(LocalWriteOp op,
                                 DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  FailureOr<SmallVector<Value>> values =
      context.fragments.getScalars(op.getTile());
  if (failed(values))
    return failure();
  LocalTile tile(getTileLayout(op.getTile()), op.getBuffer().getType());
  Value base = tile.getBase(loc, op.getBuffer(), /*moved=*/Value(), context);
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  for (int64_t reg = 0; reg < tile.layout.getNumRegisters(); ++reg) {
    SmallVector<int64_t> registers = tile.getUnit(reg);
    if (registers.empty() || !op.isWritten(reg))
      continue;
    Value value = (*values)[reg];
    if (registers.size() > 1)
      value = vector::FromElementsOp::create(
          builder, loc, cast<VectorType>(tile.getUnitType()),
          llvm::map_to_vector(registers,
                              [&](int64_t r) { return (*values)[r]; }));
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(tile.getOffset(reg))});
    LLVM::StoreOp::create(builder, loc, value, address, tile.getUnitBytes());
  }
  return success();
}

LogicalResult
DistributeLocalRead::distribute(LocalReadOp op,
                                DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  LocalTile tile(getTileLayout(op.getTile()), op.getBuffer().getType());
  Value moved;
  if (op.getMoved())
    moved = arith::MulIOp::create(builder, loc,
                                  toI32(builder, context.lookup(op.getMoved())),
                                  context.threads.constant32(tile.bytes));
  Value base = tile.getBase(loc, op.getBuffer(), moved, context);
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  SmallVector<Value> &values = context.fragments[op.getTile()].values;
  values.resize(tile.layout.getNumRegisters());
  for (int64_t reg = 0; reg < tile.layout.getNumRegisters(); ++reg) {
    SmallVector<int64_t> registers = tile.getUnit(reg);
    if (registers.empty())
      continue;
    int64_t offset = tile.getOffset(op.getAt()) + tile.getOffset(reg);
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    Value loaded = LLVM::LoadOp::create(builder, loc, tile.getUnitType(),
                                        address, tile.getUnitBytes());
    ++context.statistics.loads;
    for (auto [i, r] : llvm::enumerate(registers))
      values[r] =
          registers.size() == 1
              ? loaded
              : vector::ExtractOp::create(builder, loc, loaded, i).getResult();
  }
  return success();
}

void kiln::populateLocalTilePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeLocalWrite, DistributeLocalRead>();
}
