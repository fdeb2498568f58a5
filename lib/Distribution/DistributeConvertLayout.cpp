//===- DistributeConvertLayout.cpp - A tile in other threads --------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "Shuffle.h"
#include "TilePattern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

using Number = LayoutBit::Number;

namespace {
struct DistributeConvertLayout : TilePattern<ConvertLayoutOp> {
  LogicalResult distribute(ConvertLayoutOp op,
                           DistributionContext &context) const override;
};
} // namespace

/// The element of each register of the result, from registers of this lane or,
/// with shuffles, of others.
static SmallVector<Value> convertInWarp(ConvertLayoutOp op,
                                        ArrayRef<Value> values,
                                        DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  OpBuilder &hoisted = threads.hoisted();
  Location loc = op.getLoc();
  LayoutAttr from = getTileLayout(op.getSource()),
             to = getTileLayout(op.getResult());
  SmallVector<MovedBit> bits = *matchLayoutBits(from, to);

  // Where the register is another one in other threads: its bits, and whether
  // they are set in this thread.
  SmallVector<std::pair<int64_t, Value>> selected;
  // The lane that has a register's element: a sum over the thread's own bits,
  // and over those of the register.
  SmallVector<int64_t> laneParts(5, 0), warpParts(from.getWarps().size(), 0);
  for (int64_t bit = 0; bit < 5; ++bit)
    if (from.getLanes()[bit].isZero())
      laneParts[bit] += int64_t(1) << bit;
  for (const MovedBit &bit : bits) {
    int64_t weight = int64_t(1) << bit.from.bit;
    if (bit.from.number == Number::Lane) {
      if (bit.to.number == Number::Lane)
        laneParts[bit.to.bit] += weight;
      if (bit.to.number == Number::Warp)
        warpParts[bit.to.bit] += weight;
    }
    if (bit.from.number != Number::Register ||
        bit.to.number == Number::Register)
      continue;
    Value number =
        bit.to.number == Number::Lane ? threads.getLane() : threads.getWarp();
    Value isSet = arith::CmpIOp::create(
        hoisted, loc, arith::CmpIPredicate::ne,
        arith::AndIOp::create(hoisted, loc, number,
                              threads.constant32(int64_t(1) << bit.to.bit)),
        threads.constant32(0));
    selected.push_back({weight, isSet});
  }

  bool shuffles = op.getKind() == ConversionKind::Shuffles;
  SmallVector<Value> results;
  for (int64_t reg = 0; reg < to.getNumRegisters(); ++reg) {
    int64_t source = 0, laneOfRegister = 0;
    for (const MovedBit &bit : bits) {
      if (bit.to.number != Number::Register || !(reg >> bit.to.bit & 1))
        continue;
      int64_t weight = int64_t(1) << bit.from.bit;
      (bit.from.number == Number::Register ? source : laneOfRegister) += weight;
    }
    Value lane;
    if (shuffles) {
      lane = threads.getSum(laneParts, warpParts);
      if (laneOfRegister != 0)
        lane = arith::AddIOp::create(hoisted, loc, lane,
                                     threads.constant32(laneOfRegister));
    }
    // All registers that some lane wants here; each lane takes its own.
    SmallVector<Value> candidates;
    for (int64_t choice = 0; choice < int64_t(1) << selected.size(); ++choice) {
      int64_t candidate = source;
      for (auto [i, pair] : llvm::enumerate(selected))
        candidate += choice >> i & 1 ? pair.first : 0;
      Value value = values[candidate];
      candidates.push_back(shuffles ? shuffleFrom(loc, value, lane, context)
                                    : value);
    }
    for (auto [weight, isSet] : selected) {
      SmallVector<Value> kept;
      for (size_t i = 0; i < candidates.size(); i += 2)
        kept.push_back(arith::SelectOp::create(
            builder, loc, isSet, candidates[i + 1], candidates[i]));
      candidates = std::move(kept);
    }
    results.push_back(candidates.front());
  }
  return results;
}

/// Every element has a place in shared memory, in row-major order; the first of
/// the threads with copies writes it.
static SmallVector<Value> convertThroughScratch(ConvertLayoutOp op,
                                                ArrayRef<Value> values,
                                                DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  Location loc = op.getLoc();
  RankedTensorType type = op.getSource().getType();
  LayoutAttr from = getTileLayout(op.getSource()),
             to = getTileLayout(op.getResult());
  // Indices are kept in 64 bits.
  Type element = type.getElementType();
  Type stored =
      element.isIndex() ? builder.getI64Type() : getMemoryType(element);
  SmallVector<int64_t> strides = getRowMajorStrides(type.getShape());
  for (int64_t &stride : strides)
    stride *= stored.getIntOrFloatBitWidth() / 8;
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  Value scratch =
      threads.constant32(context.shared.getOffset(op.getScratch().front()));
  auto getBase = [&](LayoutAttr layout) {
    return context.shared.getPointer(
        loc, arith::AddIOp::create(
                 builder, loc, threads.getOffset(layout, strides), scratch));
  };
  auto at = [&](Value base, LayoutAttr layout, int64_t reg) -> Value {
    int64_t offset = 0;
    for (auto [coordinate, stride] :
         llvm::zip_equal(layout.getCoordinate(reg, 0, 0), strides))
      offset += coordinate * stride;
    return LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
  };
  {
    OpBuilder::InsertionGuard insertion(builder);
    Value base = getBase(from);
    if (Value first = threads.isFirstCopy(from)) {
      auto guard = scf::IfOp::create(builder, loc, first, false);
      builder.setInsertionPoint(guard.thenBlock()->getTerminator());
    }
    for (auto [reg, value] : llvm::enumerate(values)) {
      Value raw = element.isIndex()
                      ? arith::IndexCastOp::create(builder, loc, stored, value)
                            .getResult()
                      : toMemory(builder, loc, value);
      LLVM::StoreOp::create(builder, loc, raw, at(base, from, reg));
    }
  }
  gpu::BarrierOp::create(builder, loc);
  context.loaded.clear();
  Value base = getBase(to);
  SmallVector<Value> results;
  for (int64_t reg = 0; reg < to.getNumRegisters(); ++reg) {
    Value raw = LLVM::LoadOp::create(builder, loc, stored, at(base, to, reg));
    results.push_back(
        element.isIndex()
            ? arith::IndexCastOp::create(builder, loc, element, raw).getResult()
            : fromMemory(builder, loc, raw, element));
  }
  return results;
}

LogicalResult
DistributeConvertLayout::distribute(ConvertLayoutOp op,
                                    DistributionContext &context) const {
  if (op.getScratch().size() != op.getScratchBytes().size())
    return op.emitOpError("moves values between warps and needs scratch "
                          "memory; run kiln-allocate-scratch first");
  FailureOr<SmallVector<Value>> values =
      context.fragments.getScalars(op.getSource());
  if (failed(values))
    return failure();
  ConversionKind kind = op.getKind();
  ++context.statistics.conversions[static_cast<size_t>(kind)];
  context.fragments[op.getResult()].values =
      kind == ConversionKind::Scratch
          ? convertThroughScratch(op, *values, context)
          : convertInWarp(op, *values, context);
  return success();
}

void kiln::populateConvertLayoutPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeConvertLayout>();
}
