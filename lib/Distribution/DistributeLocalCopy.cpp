//===- DistributeLocalCopy.cpp - Transposing in shared memory -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TilePattern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeLocalCopy : TilePattern<LocalCopyOp> {
  LogicalResult distribute(LocalCopyOp op,
                           DistributionContext &context) const override;
};

/// Byte offsets of the lines that each warp moves in the rounds of a copy: the
/// sum over the bits of the warp's number, and a distance for each round.
struct LineOffsets {
  SmallVector<int64_t> warpBits;
  SmallVector<int64_t> rounds;
};
} // namespace

/// Fails where the lines of a warp are not equally far apart in all warps.
static FailureOr<LineOffsets> getLineOffsets(LocalCopyOp op,
                                             SharedLayoutAttr layout,
                                             int64_t warps, int64_t rounds) {
  constexpr int64_t bytes = 2;
  int64_t lines = op.getNumLines();
  auto offsetOf = [&](int64_t line) {
    return layout.getOffset(op.getLineStart(line)) * bytes;
  };
  LineOffsets offsets;
  for (int64_t bit = 1; bit < warps; bit *= 2)
    offsets.warpBits.push_back(bit < lines ? offsetOf(bit) : 0);
  for (int64_t round = 0; round < rounds; ++round) {
    offsets.rounds.push_back(offsetOf(round * warps));
    for (int64_t warp = 0; warp < warps && round * warps + warp < lines;
         ++warp) {
      int64_t offset = offsets.rounds.back();
      for (auto [bit, step] : llvm::enumerate(offsets.warpBits))
        offset += warp >> bit & 1 ? step : 0;
      if (offset != offsetOf(round * warps + warp))
        return failure();
    }
  }
  return offsets;
}

/// Each warp moves a line of 8 by 8 matrices in a round: `ldmatrix.trans` reads
/// their rows, and every lane stores a pair of what were neighbouring rows.
LogicalResult
DistributeLocalCopy::distribute(LocalCopyOp op,
                                DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  OpBuilder &hoisted = threads.hoisted();
  Location loc = op.getLoc();
  SharedType source = op.getSource().getType(), dest = op.getDest().getType();
  constexpr int64_t bytes = 2, unit = LocalCopyOp::kUnit;
  int64_t warps = context.numThreads / 32,
          total = op.getNumRounds(context.numThreads), lines = op.getNumLines();
  FailureOr<LineOffsets> from = getLineOffsets(op, source.getLayout(), warps,
                                               total),
                         to =
                             getLineOffsets(op, dest.getLayout(), warps, total);
  if (failed(from) || failed(to))
    return op.emitOpError("not supported: ")
           << lines << " lines cannot be dealt evenly to " << warps << " warps";
  int64_t first = 0, last = total;
  if (auto range = op.getRounds()) {
    first = (*range)[0];
    last = std::min(total, (*range)[1]);
  }

  // Elements between neighbours across a row, and along it.
  auto strideOf = [](SharedLayoutAttr layout, int64_t dim) {
    SmallVector<int64_t> at(layout.getRank(), 0);
    at[dim] = 1;
    return layout.getOffset(at);
  };
  int64_t acrossSource = strideOf(source.getLayout(), op.getUnitDim()) * bytes,
          alongDest = strideOf(dest.getLayout(), op.getRowDim()) * bytes;
  // Lane l points at row l % 8 of matrix l / 8, and receives rows 2 (l % 4) and
  // 2 (l % 4) + 1 of column l / 4.
  SmallVector<int64_t> sourceLanes = {acrossSource, 2 * acrossSource,
                                      4 * acrossSource, unit * bytes,
                                      2 * unit * bytes};
  SmallVector<int64_t> destLanes = {2 * bytes, 4 * bytes, alongDest,
                                    2 * alongDest, 4 * alongDest};
  Value sourceSlot = context.shared.getSlotOffset(
            loc, op.getSource(), context.lookup(op.getSourceSlot())),
        destSlot = context.shared.getSlotOffset(
            loc, op.getDest(), context.lookup(op.getDestSlot()));
  auto add = [&](OpBuilder &b, Value left, Value right) -> Value {
    return arith::AddIOp::create(b, loc, left, right);
  };
  int64_t matrices = source.getShape()[op.getRowDim()] / unit;
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  Type i32 = builder.getI32Type();

  for (int64_t round = first; round < last; ++round) {
    Value sourceThread = threads.getSum(sourceLanes, from->warpBits),
          destThread = threads.getSum(destLanes, to->warpBits);
    int64_t sourceRound = from->rounds[round], destRound = to->rounds[round];
    // Warps without a line move the first one to the slot's tail, or nothing
    // where it has none.
    OpBuilder::InsertionGuard guard(builder);
    int64_t excess = (round + 1) * warps - lines;
    if (excess > 0) {
      Value exists = arith::CmpIOp::create(
          hoisted, loc, arith::CmpIPredicate::ult, threads.getWarp(),
          threads.constant32(warps - excess));
      if (dest.getTail() >= excess * op.getLineBytes()) {
        SmallVector<int64_t> none(from->warpBits.size(), 0), behind;
        for (size_t bit = 0; bit < none.size(); ++bit)
          behind.push_back(op.getLineBytes() << bit);
        int64_t end = dest.getLayout().getCosize() * bytes -
                      (warps - excess) * op.getLineBytes();
        sourceThread = arith::SelectOp::create(
            hoisted, loc, exists,
            add(hoisted, sourceThread, threads.constant32(sourceRound)),
            threads.getSum(sourceLanes, none));
        destThread = arith::SelectOp::create(
            hoisted, loc, exists,
            add(hoisted, destThread, threads.constant32(destRound)),
            add(hoisted, threads.getSum(destLanes, behind),
                threads.constant32(end)));
        sourceRound = destRound = 0;
      } else {
        auto some = scf::IfOp::create(builder, loc, exists, false);
        builder.setInsertionPoint(some.thenBlock()->getTerminator());
      }
    }
    Value sourceBase =
        context.shared.getPointer(loc, add(builder, sourceSlot, sourceThread));
    Value destBase =
        context.shared.getPointer(loc, add(builder, destSlot, destThread));
    auto at = [&](Value base, int64_t offset) -> Value {
      return LLVM::GEPOp::create(
          builder, loc, pointer, builder.getI8Type(), base,
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    };
    for (int64_t matrix = 0; matrix < matrices;) {
      int64_t count = matrices - matrix >= 4   ? 4
                      : matrices - matrix >= 2 ? 2
                                               : 1;
      Type type = count == 1
                      ? i32
                      : Type(LLVM::LLVMStructType::getLiteral(
                            op.getContext(), SmallVector<Type>(count, i32)));
      Value moved = NVVM::LdMatrixOp::create(
          builder, loc, type,
          at(sourceBase, sourceRound + matrix * unit * bytes),
          builder.getI32IntegerAttr(count),
          NVVM::MMALayoutAttr::get(op.getContext(), NVVM::MMALayout::col),
          NVVM::LdStMatrixShapeAttr::get(op.getContext(), 8, 8),
          NVVM::LdStMatrixEltTypeAttr::get(op.getContext(),
                                           NVVM::LdStMatrixEltType::B16));
      ++context.statistics.loads;
      for (int64_t i = 0; i < count; ++i, ++matrix) {
        Value word = count == 1
                         ? moved
                         : LLVM::ExtractValueOp::create(builder, loc, moved, i)
                               .getResult();
        LLVM::StoreOp::create(
            builder, loc, word,
            at(destBase, destRound + matrix * unit * alongDest), 4);
      }
    }
  }
  return success();
}

void kiln::populateLocalCopyPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeLocalCopy>();
}
