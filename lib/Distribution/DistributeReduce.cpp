//===- DistributeReduce.cpp - A thread's part of reductions ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "GlobalMemory.h"
#include "Shuffle.h"
#include "TilePattern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeReduce : TilePattern<ReduceOp> {
  LogicalResult distribute(ReduceOp op,
                           DistributionContext &context) const override;
};
} // namespace

static SmallVector<Value> combine(ReduceOp op, ValueRange left,
                                  ValueRange right,
                                  DistributionContext &context) {
  Block &block = op.getCombiner().front();
  IRMapping body(context.mapping);
  body.map(block.getArguments().take_front(left.size()), left);
  body.map(block.getArguments().drop_front(left.size()), right);
  for (Operation &inner : block.without_terminator())
    context.builder.clone(inner, body);
  return llvm::map_to_vector(block.getTerminator()->getOperands(),
                             [&](Value v) { return body.lookup(v); });
}

/// Only the warps whose partial results meet wait for each other, as long as
/// the hardware's 15 named barriers suffice.
static void barrierOfPartners(Location loc, LayoutAttr layout,
                              ArrayRef<int64_t> warpBits,
                              DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  int64_t groups = int64_t(1) << (layout.getWarps().size() - warpBits.size());
  if (groups == 1 || context.namedBarriers + groups > 15) {
    gpu::BarrierOp::create(builder, loc);
    return;
  }
  SmallVector<int64_t> groupParts;
  int64_t part = 1;
  for (size_t bit = 0; bit < layout.getWarps().size(); ++bit) {
    bool partner = llvm::is_contained(warpBits, static_cast<int64_t>(bit));
    groupParts.push_back(partner ? 0 : part);
    part *= partner ? 1 : 2;
  }
  Value id = arith::AddIOp::create(
      builder, loc, threads.getSum(SmallVector<int64_t>(5, 0), groupParts),
      threads.constant32(1 + context.namedBarriers));
  NVVM::BarrierOp::create(builder, loc, TypeRange(), id,
                          threads.constant32(int64_t(32) << warpBits.size()),
                          NVVM::BarrierReductionAttr(), Value());
  context.namedBarriers += groups;
}

/// The partial results of warps meet in shared memory; `values` has those of
/// this thread for each register and result.
static void reduceAcrossWarps(ReduceOp op,
                              SmallVectorImpl<SmallVector<Value>> &values,
                              DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  OpBuilder &hoisted = threads.hoisted();
  Location loc = op.getLoc();
  LayoutAttr from = getTileLayout(op.getInputs()[0]),
             to = getTileLayout(op.getResults()[0]);
  ArrayRef<int64_t> dims = op.getDims();
  SmallVector<int64_t> warpBits;
  for (auto [bit, basis] : llvm::enumerate(from.getWarps()))
    if (llvm::any_of(dims,
                     [&](int64_t dim) { return basis.values()[dim] != 0; }))
      warpBits.push_back(bit);
  if (warpBits.empty())
    return;
  // Every warp has a row of its own, every lane a place for each register;
  // lanes that hold copies share one, which the first of them writes.
  struct Place {
    Type element;
    int64_t rowBytes, scratch;
    SmallVector<int64_t> laneParts, warpParts;
    Value mine;
  };
  int64_t registers = values.size(), copyMask = 0;
  SmallVector<Place> places;
  for (Value value : values[0]) {
    Place &place = places.emplace_back();
    place.element = value.getType();
    place.rowBytes =
        std::max<int64_t>(4, place.element.getIntOrFloatBitWidth() / 8);
    for (int bit = 0; bit < 5; ++bit) {
      bool copy = to.getLanes()[bit].isZero();
      place.laneParts.push_back(copy ? 0 : place.rowBytes);
      if (copy)
        copyMask |= int64_t(1) << bit;
      else
        place.rowBytes *= 2;
    }
    place.scratch =
        context.shared.getOffset(op.getScratch()[places.size() - 1]);
    for (size_t bit = 0; bit < from.getWarps().size(); ++bit)
      place.warpParts.push_back((registers * place.rowBytes) << bit);
    place.mine = arith::AddIOp::create(
        builder, loc, threads.getSum(place.laneParts, place.warpParts),
        threads.constant32(place.scratch));
  }
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  auto at = [&](Value base, int64_t offset) -> Value {
    return LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(),
        context.shared.getPointer(loc, base),
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
  };
  {
    OpBuilder::InsertionGuard insertion(builder);
    if (copyMask != 0) {
      Value first = arith::CmpIOp::create(
          hoisted, loc, arith::CmpIPredicate::eq,
          arith::AndIOp::create(hoisted, loc, threads.getLane(),
                                threads.constant32(copyMask)),
          threads.constant32(0));
      auto guard = scf::IfOp::create(builder, loc, first, false);
      builder.setInsertionPoint(guard.thenBlock()->getTerminator());
    }
    for (int64_t reg = 0; reg < registers; ++reg)
      for (auto [place, value] : llvm::zip_equal(places, values[reg]))
        LLVM::StoreOp::create(builder, loc, toMemory(builder, loc, value),
                              at(place.mine, reg * place.rowBytes));
  }
  barrierOfPartners(loc, from, warpBits, context);
  context.loaded.clear();
  // Partners in the order of their number, so that all copies agree.
  int64_t partners = int64_t(1) << warpBits.size();
  SmallVector<Value> firsts;
  for (const Place &place : places) {
    SmallVector<int64_t> ownParts(place.warpParts);
    for (int64_t bit : warpBits)
      ownParts[bit] = 0;
    firsts.push_back(arith::AddIOp::create(
        builder, loc, threads.getSum(place.laneParts, ownParts),
        threads.constant32(place.scratch)));
  }
  for (int64_t reg = 0; reg < registers; ++reg) {
    SmallVector<Value> sum;
    for (int64_t partner = 0; partner < partners; ++partner) {
      SmallVector<Value> partial;
      for (auto [place, first] : llvm::zip_equal(places, firsts)) {
        int64_t offset = reg * place.rowBytes;
        for (auto [i, bit] : llvm::enumerate(warpBits))
          if (partner >> i & 1)
            offset += place.warpParts[bit];
        partial.push_back(fromMemory(
            builder, loc,
            LLVM::LoadOp::create(builder, loc, getMemoryType(place.element),
                                 at(first, offset)),
            place.element));
      }
      sum = sum.empty() ? partial : combine(op, sum, partial, context);
    }
    values[reg] = sum;
  }
}

LogicalResult DistributeReduce::distribute(ReduceOp op,
                                           DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  OpBuilder &hoisted = threads.hoisted();
  if (op.getScratch().size() != op.getScratchBytes().size())
    return op.emitOpError("combines values of several warps and needs scratch "
                          "memory; run kiln-allocate-scratch first");
  Location loc = op.getLoc();
  LayoutAttr from = getTileLayout(op.getInputs()[0]),
             to = getTileLayout(op.getResults()[0]);
  ArrayRef<int64_t> dims = op.getDims();
  size_t arity = op.getInputs().size();
  SmallVector<SmallVector<Value>> inputs;
  for (Value input : op.getInputs()) {
    FailureOr<SmallVector<Value>> scalars = context.fragments.getScalars(input);
    if (failed(scalars))
      return failure();
    inputs.push_back(*scalars);
  }
  auto isReduced = [&](const Basis &basis) {
    return llvm::any_of(dims,
                        [&](int64_t dim) { return basis.values()[dim] != 0; });
  };

  // Registers: those that differ only in reduced bits are folded.
  SmallVector<Basis> keptBits;
  int64_t reducedMask = 0;
  for (auto [bit, basis] : llvm::enumerate(from.getRegisters())) {
    if (isReduced(basis))
      reducedMask |= int64_t(1) << bit;
    else
      keptBits.push_back(basis);
  }
  SmallVector<SmallVector<Value>> values;
  for (int64_t reg = 0; reg < from.getNumRegisters(); ++reg) {
    int64_t slot = 0, next = 0;
    for (size_t bit = 0; bit < from.getRegisters().size(); ++bit)
      if (!(reducedMask >> bit & 1))
        slot |= (reg >> bit & 1) << next++;
    SmallVector<Value> value =
        llvm::map_to_vector(inputs, [&](const SmallVector<Value> &scalars) {
          return scalars[reg];
        });
    if (static_cast<int64_t>(values.size()) <= slot)
      values.resize(slot + 1);
    values[slot] = values[slot].empty()
                       ? value
                       : combine(op, values[slot], value, context);
  }

  // Lanes, the highest bit first; with halving a lane bit takes over the last
  // register bit that is left, as the result's layout says.
  for (int64_t bit = 4; bit >= 0; --bit) {
    if (!isReduced(from.getLanes()[bit]))
      continue;
    int64_t mask = int64_t(1) << bit;
    bool halve = !to.getLanes()[bit].isZero();
    if (!halve) {
      for (SmallVector<Value> &value : values) {
        SmallVector<Value> other = llvm::map_to_vector(
            value, [&](Value v) { return shuffleXor(loc, v, mask, context); });
        value = combine(op, value, other, context);
      }
      continue;
    }
    Value upper = arith::CmpIOp::create(
        hoisted, loc, arith::CmpIPredicate::ne,
        arith::AndIOp::create(hoisted, loc, threads.getLane(),
                              threads.constant32(mask)),
        threads.constant32(0));
    size_t half = values.size() / 2;
    SmallVector<SmallVector<Value>> kept;
    for (size_t i = 0; i < half; ++i) {
      SmallVector<Value> keep, received;
      for (size_t n = 0; n < arity; ++n) {
        Value low = values[i][n], high = values[i + half][n];
        keep.push_back(arith::SelectOp::create(builder, loc, upper, high, low));
        Value send = arith::SelectOp::create(builder, loc, upper, low, high);
        received.push_back(shuffleXor(loc, send, mask, context));
      }
      kept.push_back(combine(op, keep, received, context));
    }
    values = std::move(kept);
  }

  reduceAcrossWarps(op, values, context);
  for (auto [n, result] : llvm::enumerate(op.getResults())) {
    Fragment &fragment = context.fragments[result];
    for (SmallVector<Value> &value : values)
      fragment.values.push_back(value[n]);
  }
  return success();
}

void kiln::populateReducePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeReduce>();
}
