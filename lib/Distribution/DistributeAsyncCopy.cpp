//===- DistributeAsyncCopy.cpp - Copies from global to shared memory ------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "TilePattern.h"

#include "kiln/Analysis/Offsets.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeAsyncCopy : TilePattern<AsyncCopyOp> {
  LogicalResult distribute(AsyncCopyOp op,
                           DistributionContext &context) const override;
};
struct DistributeAsyncCommit : TilePattern<AsyncCommitOp> {
  LogicalResult distribute(AsyncCommitOp op,
                           DistributionContext &context) const override {
    NVVM::CpAsyncCommitGroupOp::create(context.builder, op.getLoc());
    return success();
  }
};
struct DistributeAsyncWait : TilePattern<AsyncWaitOp> {
  LogicalResult distribute(AsyncWaitOp op,
                           DistributionContext &context) const override {
    NVVM::CpAsyncWaitGroupOp::create(
        context.builder, op.getLoc(),
        context.builder.getI32IntegerAttr(op.getPending()));
    return success();
  }
};
} // namespace

LogicalResult
DistributeAsyncCopy::distribute(AsyncCopyOp op,
                                DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  OpBuilder &hoisted = threads.hoisted();
  Location loc = op.getLoc();
  auto source = cast<MemRefType>(op.getSource().getType());
  SharedType buffer = op.getBuffer().getType();
  Type element = source.getElementType();
  int64_t elementBytes = element.getIntOrFloatBitWidth() / 8;
  int64_t vector = op.getVector(), bytes = vector * elementBytes;
  ArrayRef<int64_t> sourceShape = source.getShape();
  GlobalBox from{llvm::to_vector_of<Value>(op.getOffsets()), op.getInBounds(),
                 sourceShape, /*moved=*/{}};
  // The box in units along its innermost dimension.
  SmallVector<int64_t> box = buffer.getShape();
  if (op.getFlat())
    box = {buffer.getLayout().getCosize()};
  SmallVector<int64_t> units = op.getUnits();
  int64_t total = 1;
  for (int64_t size : units)
    total *= size;
  int64_t numThreads = context.numThreads;
  int64_t firstRound = 0, lastRound = op.getNumRounds(numThreads);
  if (auto rounds = op.getRounds()) {
    firstRound = (*rounds)[0];
    lastRound = std::min(lastRound, (*rounds)[1]);
  }

  OpBuilder::InsertionGuard insertion(builder);
  if (op.getPredicate()) {
    auto guard = scf::IfOp::create(builder, loc,
                                   context.lookup(op.getPredicate()), false);
    builder.setInsertionPoint(guard.thenBlock()->getTerminator());
  }
  auto global = LLVM::LLVMPointerType::get(op.getContext(), 1);
  Value base = LLVM::GEPOp::create(
      builder, loc, global, element, context.lookup(op.getSource()),
      ArrayRef<LLVM::GEPArg>{from.getLinearOffset(loc, context)});
  Value slot = context.shared.getSlotOffset(loc, op.getBuffer(),
                                            context.lookup(op.getSlot()));
  bool wide = !op.getFlat() && needsWideOffsets(box, sourceShape);

  // A unit's place in a flat or dense slot is its number times its size.
  SmallVector<int64_t> dense = getRowMajorStrides(box);
  bool contiguous = op.getFlat();
  if (!contiguous)
    contiguous = llvm::all_of(
        llvm::enumerate(buffer.getLayout().getModes()), [&](auto mode) {
          ArrayRef<Mode::Part> parts = mode.value().parts();
          return box[mode.index()] == 1 ||
                 (parts.size() == 1 && parts[0].stride == dense[mode.index()]);
        });

  for (int64_t round = firstRound; round < lastRound; ++round) {
    Value unit = arith::AddIOp::create(hoisted, loc, threads.getId(),
                                       threads.constant32(round * numThreads));
    // Coordinates of the unit's first element in the box.
    SmallVector<Value> at(units.size());
    Value rest = unit;
    for (int64_t dim = units.size() - 1; dim >= 0; --dim) {
      Value digit = rest;
      if (dim > 0) {
        digit = arith::RemUIOp::create(hoisted, loc, rest,
                                       threads.constant32(units[dim]));
        rest = arith::DivUIOp::create(hoisted, loc, rest,
                                      threads.constant32(units[dim]));
      }
      at[dim] = digit;
    }
    if (vector > 1)
      at.back() = arith::MulIOp::create(hoisted, loc, at.back(),
                                        threads.constant32(vector));
    Value sharedOffset, globalOffset;
    auto accumulate = [&](Value &sum, Value term, int64_t stride,
                          bool wide = false) {
      if (stride == 0)
        return;
      term = threads.scale(loc, term, stride, wide);
      sum = sum ? arith::AddIOp::create(hoisted, loc, sum, term).getResult()
                : term;
    };
    if (contiguous) {
      sharedOffset = arith::AddIOp::create(
          hoisted, loc,
          arith::MulIOp::create(hoisted, loc, threads.getId(),
                                threads.constant32(bytes)),
          threads.constant32(round * numThreads * bytes));
    } else {
      for (auto [coordinate, mode] :
           llvm::zip_equal(at, buffer.getLayout().getModes())) {
        Value remaining = coordinate;
        for (auto [i, part] : llvm::enumerate(mode.parts())) {
          Value digit = remaining;
          if (static_cast<int64_t>(i) + 1 < mode.numParts) {
            digit = arith::RemUIOp::create(hoisted, loc, remaining,
                                           threads.constant32(part.size));
            remaining = arith::DivUIOp::create(hoisted, loc, remaining,
                                               threads.constant32(part.size));
          }
          accumulate(sharedOffset, digit, part.stride * elementBytes);
        }
      }
    }
    if (op.getFlat())
      accumulate(globalOffset, at[0], 1);
    else
      for (auto [coordinate, stride] :
           llvm::zip_equal(at, getRowMajorStrides(sourceShape)))
        accumulate(globalOffset, coordinate, stride, wide);
    if (!sharedOffset)
      sharedOffset = threads.constant32(0);
    if (!globalOffset)
      globalOffset = threads.constant32(0);

    // Threads without a unit in the last round write zeros to the slot's tail,
    // or branch where it has none.
    Value exists;
    bool partial = (round + 1) * numThreads > total;
    int64_t excess = ((round + 1) * numThreads - total) * bytes;
    bool intoTail = partial && bytes >= 4 && buffer.getTail() >= excess;
    if (partial)
      exists = arith::CmpIOp::create(hoisted, loc, arith::CmpIPredicate::ult,
                                     unit, threads.constant32(total));
    if (intoTail) {
      int64_t end = buffer.getLayout().getCosize() * elementBytes;
      Value tail = arith::AddIOp::create(
          hoisted, loc,
          arith::MulIOp::create(hoisted, loc, unit, threads.constant32(bytes)),
          threads.constant32(end - total * bytes));
      sharedOffset =
          arith::SelectOp::create(hoisted, loc, exists, sharedOffset, tail);
      Value zero = threads.constant32(0);
      if (wide)
        zero = arith::ConstantIntOp::create(hoisted, loc, 0, 64);
      globalOffset =
          arith::SelectOp::create(hoisted, loc, exists, globalOffset, zero);
    }

    auto copy = [&]() {
      Value target = context.shared.getPointer(
          loc, arith::AddIOp::create(builder, loc, slot, sharedOffset));
      Value address = LLVM::GEPOp::create(builder, loc, global, element, base,
                                          ArrayRef<LLVM::GEPArg>{globalOffset});
      Value valid =
          from.contains(loc, [&](int64_t dim) { return at[dim]; }, context);
      if (intoTail)
        valid =
            valid
                ? arith::AndIOp::create(builder, loc, exists, valid).getResult()
                : exists;
      if (bytes < 4) {
        // Below 4 bytes there is no asynchronous copy.
        Value zero = arith::ConstantOp::create(builder, loc,
                                               builder.getZeroAttr(element));
        if (valid)
          address = LLVM::SelectOp::create(builder, loc, valid, address,
                                           context.lookup(op.getSource()));
        Value value = LLVM::LoadOp::create(builder, loc, element, address);
        if (valid)
          value = arith::SelectOp::create(builder, loc, valid, value, zero);
        LLVM::StoreOp::create(builder, loc, value, target);
        return;
      }
      Value size;
      if (valid)
        size = arith::SelectOp::create(builder, loc, valid,
                                       threads.constant32(bytes),
                                       threads.constant32(0));
      auto cache = bytes == 16 ? NVVM::LoadCacheModifierKind::CG
                               : NVVM::LoadCacheModifierKind::CA;
      NVVM::CpAsyncOp::create(
          builder, loc, target, address, builder.getI32IntegerAttr(bytes),
          NVVM::LoadCacheModifierKindAttr::get(op.getContext(), cache), size);
    };
    if (!partial || intoTail) {
      copy();
      continue;
    }
    auto guard = scf::IfOp::create(builder, loc, exists, false);
    OpBuilder::InsertionGuard inner(builder);
    builder.setInsertionPoint(guard.thenBlock()->getTerminator());
    copy();
  }
  return success();
}

void kiln::populateAsyncCopyPatterns(TilePatternSet &patterns) {
  patterns
      .add<DistributeAsyncCopy, DistributeAsyncCommit, DistributeAsyncWait>();
}
