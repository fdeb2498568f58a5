//===- DistributeControlFlow.cpp - Loops, conditions and indices ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TilePattern.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeDelinearize : TilePattern<affine::AffineDelinearizeIndexOp> {
  LogicalResult distribute(affine::AffineDelinearizeIndexOp op,
                           DistributionContext &context) const override;
};
struct DistributeIf : TilePattern<scf::IfOp> {
  LogicalResult distribute(scf::IfOp op,
                           DistributionContext &context) const override;
};
struct DistributeFor : TilePattern<scf::ForOp> {
  LogicalResult distribute(scf::ForOp loop,
                           DistributionContext &context) const override;
};

struct DistributeApply : TilePattern<affine::AffineApplyOp> {
  LogicalResult distribute(affine::AffineApplyOp op,
                           DistributionContext &context) const override {
    auto values = affine::expandAffineMap(
        context.builder, op.getLoc(), op.getAffineMap(),
        llvm::map_to_vector(op.getMapOperands(),
                            [&](Value v) { return context.lookup(v); }));
    if (!values)
      return op.emitOpError("has a map that cannot be computed");
    context.mapping.map(op.getResult(), values->front());
    return success();
  }
};

/// The new function and its loops have terminators of their own.
template <typename Op>
struct SkipTerminator : TilePattern<Op> {
  LogicalResult distribute(Op, DistributionContext &) const override {
    return success();
  }
};

struct DistributeBarrier : TilePattern<BarrierOp> {
  LogicalResult distribute(BarrierOp op,
                           DistributionContext &context) const override {
    gpu::BarrierOp::create(context.builder, op.getLoc());
    context.loaded.clear();
    return success();
  }
};
} // namespace

LogicalResult
DistributeDelinearize::distribute(affine::AffineDelinearizeIndexOp op,
                                  DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  Location loc = op.getLoc();
  // Tile numbers fit 32 bits, where division by constants is cheap.
  Value rest = toI32(builder, context.lookup(op.getLinearIndex()));
  ArrayRef<int64_t> basis = op.getStaticBasis();
  for (int64_t i = op.getNumResults() - 1; i >= 0; --i) {
    Value digit = rest;
    if (i > 0) {
      Value size = threads.constant32(basis[i - (op.hasOuterBound() ? 0 : 1)]);
      digit = arith::RemUIOp::create(builder, loc, rest, size);
      rest = arith::DivUIOp::create(builder, loc, rest, size);
    }
    context.mapping.map(op.getResult(i),
                        arith::IndexCastUIOp::create(
                            builder, loc, builder.getIndexType(), digit)
                            .getResult());
  }
  return success();
}

LogicalResult DistributeIf::distribute(scf::IfOp op,
                                       DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  if (op.getNumResults() != 0)
    return op.emitOpError("not supported: a condition with results");
  auto made =
      scf::IfOp::create(builder, op.getLoc(), context.lookup(op.getCondition()),
                        !op.getElseRegion().empty());
  LoadedWords saved = context.loaded;
  for (auto [from, to] :
       llvm::zip_equal(op->getRegions(), made->getRegions())) {
    if (from.empty())
      continue;
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(to.front().getTerminator());
    if (failed(context.distributeBody(from.front())))
      return failure();
    context.loaded = saved;
  }
  return success();
}

LogicalResult DistributeFor::distribute(scf::ForOp loop,
                                        DistributionContext &context) const {
  OpBuilder &builder = context.builder;
  SmallVector<Value> inits;
  // For each carried value the number of its scalars; tiles become many.
  SmallVector<int64_t> counts;
  SmallVector<bool> words;
  for (Value init : loop.getInitArgs()) {
    if (!isa<RankedTensorType>(init.getType())) {
      inits.push_back(context.lookup(init));
      counts.push_back(-1);
      words.push_back(false);
      continue;
    }
    FailureOr<Fragment> fragment = context.fragments.get(init);
    if (failed(fragment))
      return failure();
    llvm::append_range(inits, fragment->values);
    counts.push_back(fragment->values.size());
    words.push_back(fragment->words);
  }
  auto made = scf::ForOp::create(builder, loop.getLoc(),
                                 context.lookup(loop.getLowerBound()),
                                 context.lookup(loop.getUpperBound()),
                                 context.lookup(loop.getStep()), inits);
  auto bind = [&](ValueRange from, ValueRange scalars) {
    size_t next = 0;
    for (auto [value, count, isWords] : llvm::zip_equal(from, counts, words)) {
      if (count < 0) {
        context.mapping.map(value, scalars[next++]);
        continue;
      }
      Fragment &fragment = context.fragments[value];
      fragment.values.assign(scalars.begin() + next,
                             scalars.begin() + next + count);
      fragment.words = isWords;
      next += count;
    }
  };
  LoadedWords saved = context.loaded;
  context.loaded.clear();
  {
    OpBuilder::InsertionGuard guard(builder);
    Block *body = made.getBody();
    if (!body->empty() && !inits.empty())
      body->clear();
    builder.setInsertionPointToEnd(body);
    if (inits.empty())
      builder.setInsertionPoint(body->getTerminator());
    context.mapping.map(loop.getInductionVar(), made.getInductionVar());
    bind(loop.getRegionIterArgs(), made.getRegionIterArgs());
    seedCarriedLoads(loop, context);
    if (failed(context.distributeBody(*loop.getBody())))
      return failure();
    if (!inits.empty()) {
      SmallVector<Value> yielded;
      for (Value value : loop.getBody()->getTerminator()->getOperands()) {
        if (!isa<RankedTensorType>(value.getType())) {
          yielded.push_back(context.lookup(value));
          continue;
        }
        FailureOr<Fragment> fragment = context.fragments.get(value);
        if (failed(fragment))
          return failure();
        llvm::append_range(yielded, fragment->values);
      }
      scf::YieldOp::create(builder, loop.getLoc(), yielded);
    }
  }
  bind(loop.getResults(), made.getResults());
  context.loaded = saved;
  context.loaded.clear();
  return success();
}

void kiln::populateControlFlowPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeFor, DistributeIf, DistributeDelinearize,
               DistributeApply, DistributeBarrier, SkipTerminator<scf::YieldOp>,
               SkipTerminator<gpu::ReturnOp>>();
}
