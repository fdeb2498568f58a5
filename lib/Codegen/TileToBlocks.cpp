//===- TileToBlocks.cpp - The tiles of a block ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelTiler.h"

#include "kiln/Codegen/Passes.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln {
#define GEN_PASS_DEF_TILETOBLOCKS
#include "kiln/Codegen/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

int64_t KernelTiler::getExtent(Role role) const {
  ShapedType out = conv.getOutType();
  switch (role) {
  case Role::Batch:
    return out.getDimSize(conv.out.n);
  case Role::Filter:
    return out.getDimSize(conv.out.f);
  case Role::Row:
    return out.getDimSize(conv.out.h);
  case Role::Column:
    return out.getDimSize(conv.out.w);
  case Role::None:
    break;
  }
  llvm_unreachable("no extent without a role");
}

int64_t KernelTiler::getTile(Role role) {
  ArrayRef<int64_t> tile = kernel.getScheduleAttr().getTile();
  switch (role) {
  case Role::Batch:
    return 1;
  case Role::Filter:
    return tile[0];
  case Role::Row:
    return tile[1];
  case Role::Column:
    return tile[2];
  case Role::None:
    break;
  }
  llvm_unreachable("no tile without a role");
}

OpFoldResult KernelTiler::getOffset(Role role) {
  switch (role) {
  case Role::Batch:
    return batchOffset;
  case Role::Row:
    return rowOffset;
  case Role::Column:
    return columnOffset;
  case Role::Filter:
    if (filterOffset)
      return filterOffset;
    break;
  case Role::None:
    break;
  }
  return builder.getIndexAttr(0);
}

/// Follows the convolution's dimensions through the ops that use it.
LogicalResult KernelTiler::assignRoles() {
  Roles outRoles(4, Role::None);
  outRoles[conv.out.n] = Role::Batch;
  outRoles[conv.out.f] = Role::Filter;
  outRoles[conv.out.h] = Role::Row;
  outRoles[conv.out.w] = Role::Column;
  rolesOf[conv.op->getResult(0)] = outRoles;
  llvm::DenseSet<Value> reduced; // over all output channels
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (&op == conv.op.getOperation() ||
        llvm::none_of(op.getOperands(),
                      [&](Value v) { return rolesOf.contains(v); }))
      continue;
    auto structured = dyn_cast<linalg::LinalgOp>(op);
    if (!structured)
      return op.emitOpError("not supported: cannot be tiled with the "
                            "convolution it uses");
    Roles iteration(structured.getNumLoops(), Role::None);
    for (OpOperand &operand : op.getOpOperands()) {
      auto it = rolesOf.find(operand.get());
      if (it == rolesOf.end())
        continue;
      AffineMap map = structured.getMatchingIndexingMap(&operand);
      if (!map.isProjectedPermutation())
        return op.emitOpError("not supported: reads the convolution's result "
                              "through ")
               << AffineMapAttr::get(map);
      for (auto [dim, role] : llvm::enumerate(it->second)) {
        Role &slot = iteration[map.getDimPosition(dim)];
        if (slot != Role::None && slot != role)
          return op.emitOpError("not supported: combines different dimensions "
                                "of the convolution's result");
        slot = role;
      }
    }
    if (llvm::is_contained(iteration, Role::None))
      return op.emitOpError("not supported: adds a dimension to the "
                            "convolution's result");
    for (auto [dim, kind] : llvm::enumerate(structured.getIteratorTypesArray()))
      if (kind == utils::IteratorType::reduction &&
          iteration[dim] != Role::Filter)
        return op.emitOpError(
            "not supported: reduces over more than the output "
            "channels");
    if (structured.getNumReductionLoops() > 0 && op.getNumResults() != 1)
      return op.emitOpError("not supported: a reduction with ")
             << op.getNumResults()
             << " results, such as one that finds an index (argmin, argmax); "
                "give every reduction one result";
    bool readsReduced = llvm::any_of(
        op.getOperands(), [&](Value v) { return reduced.contains(v); });
    if (readsReduced && hasChannelTiles() &&
        llvm::is_contained(iteration, Role::Filter))
      return op.emitOpError("not supported: needs a value reduced over all ")
             << getExtent(Role::Filter)
             << " output channels to work on each of them, but a tile holds "
             << getTile(Role::Filter)
             << "; it takes a schedule whose tile holds all channels";
    if (readsReduced || structured.getNumReductionLoops() > 0)
      reduced.insert(op.result_begin(), op.result_end());
    for (auto [index, result] : llvm::enumerate(op.getResults())) {
      AffineMap map = structured.getMatchingIndexingMap(
          structured.getDpsInitOperand(index));
      if (!map.isProjectedPermutation())
        return op.emitOpError("not supported: writes its result through ")
               << AffineMapAttr::get(map);
      Roles roles;
      for (unsigned dim = 0; dim < map.getNumResults(); ++dim)
        roles.push_back(iteration[map.getDimPosition(dim)]);
      rolesOf[result] = roles;
    }
  }
  return success();
}

/// Loops over channel tiles, carrying the partial results of all reductions
/// that `result` needs.
LogicalResult KernelTiler::tileReductions(Value result) {
  llvm::SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.inclusive = true;
  options.omitBlockArguments = true;
  if (failed(getBackwardSlice(result, &slice, options)))
    return kernel.emitOpError("not supported: a result of unknown origin");
  SmallVector<linalg::LinalgOp> reductions;
  SmallVector<Value> inits;
  for (Operation &op : kernel.getBody().front()) {
    auto structured = dyn_cast<linalg::LinalgOp>(op);
    if (!structured || !slice.contains(&op) ||
        structured.getNumReductionLoops() == 0 ||
        &op == conv.op.getOperation() || !rolesOf.contains(op.getResult(0)))
      continue;
    FailureOr<Value> init =
        tileValue(structured.getDpsInits()[0], rolesOf[op.getResult(0)]);
    if (failed(init))
      return failure();
    reductions.push_back(structured);
    inits.push_back(*init);
  }
  Location loc = kernel.getLoc();
  Value begin = arith::ConstantIndexOp::create(builder, loc, 0);
  Value end =
      arith::ConstantIndexOp::create(builder, loc, getExtent(Role::Filter));
  Value step =
      arith::ConstantIndexOp::create(builder, loc, getTile(Role::Filter));
  auto loop = scf::ForOp::create(builder, loc, begin, end, step, inits);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(loop.getBody());
    filterOffset = loop.getInductionVar();
    // Tiles that are made in the loop stay there.
    auto outside = tileOf;
    SmallVector<Value> partials;
    for (auto [reduction, argument] :
         llvm::zip_equal(reductions, loop.getRegionIterArgs())) {
      carried[reduction] = argument;
      FailureOr<Value> partial =
          tileValue(reduction->getResult(0), rolesOf[reduction->getResult(0)]);
      if (failed(partial))
        return failure();
      partials.push_back(*partial);
    }
    scf::YieldOp::create(builder, loc, partials);
    tileOf = std::move(outside);
    filterOffset = Value();
  }
  for (auto [reduction, total] : llvm::zip_equal(reductions, loop.getResults()))
    tileSlot(reduction->getResult(0), rolesOf[reduction->getResult(0)]) = total;
  return success();
}

LogicalResult KernelTiler::run(int64_t &numMasked) {
  if (failed(assignRoles()))
    return failure();
  auto yield = cast<YieldOp>(kernel.getBody().front().getTerminator());
  if (yield.getValues().size() != 1)
    return kernel.emitOpError("not supported: a kernel with ")
           << yield.getValues().size() << " results";
  Value result = yield.getValues().front();
  auto it = rolesOf.find(result);
  if (it == rolesOf.end())
    return kernel.emitOpError("result does not depend on the convolution");
  Roles roles = it->second;
  auto type = cast<RankedTensorType>(result.getType());
  Location loc = kernel.getLoc();

  // Tiles are numbered along the result's dimensions: columns before rows
  // before the batch, and channels first of all, because the tiles of a
  // position share the image's patch.
  SmallVector<Role> loops = {Role::Batch, Role::Row, Role::Column};
  bool keepsChannels = llvm::is_contained(roles, Role::Filter);
  if (hasChannelTiles() && keepsChannels)
    loops.push_back(Role::Filter);
  SmallVector<OpFoldResult> counts;
  for (Role role : loops)
    counts.push_back(
        builder.getIndexAttr(llvm::divideCeil(getExtent(role), getTile(role))));
  builder.setInsertionPoint(yield);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  auto forall = scf::ForallOp::create(builder, loc, counts, ValueRange{empty},
                                      std::nullopt);
  builder.setInsertionPoint(forall.getTerminator());
  auto scale = [&](Value number, Role role) -> Value {
    if (getTile(role) == 1)
      return number;
    AffineExpr d0 = builder.getAffineDimExpr(0);
    return affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(1, 0, d0 * getTile(role)),
        ValueRange{number});
  };
  batchOffset = forall.getInductionVar(0);
  rowOffset = scale(forall.getInductionVar(1), Role::Row);
  columnOffset = scale(forall.getInductionVar(2), Role::Column);
  if (hasChannelTiles() && keepsChannels)
    filterOffset = scale(forall.getInductionVar(3), Role::Filter);
  else if (hasChannelTiles() && failed(tileReductions(result)))
    return failure();
  FailureOr<Value> tile = tileValue(result, roles);
  if (failed(tile))
    return failure();

  // Cut what overhangs.
  SmallVector<OpFoldResult> offsets, sizes;
  for (Role role : roles) {
    offsets.push_back(getOffset(role));
    if (getExtent(role) % getTile(role) == 0) {
      sizes.push_back(builder.getIndexAttr(getTile(role)));
      continue;
    }
    AffineExpr d0 = builder.getAffineDimExpr(0);
    AffineMap map =
        AffineMap::get(1, 0,
                       {builder.getAffineConstantExpr(getTile(role)),
                        builder.getAffineConstantExpr(getExtent(role)) - d0},
                       builder.getContext());
    sizes.push_back(affine::makeComposedFoldedAffineMin(builder, loc, map,
                                                        {getOffset(role)}));
  }
  SmallVector<OpFoldResult> zeros(roles.size(), builder.getIndexAttr(0)),
      ones(roles.size(), builder.getIndexAttr(1));
  Value part =
      tensor::ExtractSliceOp::create(builder, loc, *tile, zeros, sizes, ones);
  builder.setInsertionPointToStart(forall.getTerminator().getBody());
  tensor::ParallelInsertSliceOp::create(builder, loc, part,
                                        forall.getRegionIterArgs().front(),
                                        offsets, sizes, ones);
  yield->setOperands(forall.getResults());
  // The whole-tensor ops are dead now.
  Block &body = kernel.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (&op != yield && &op != forall && isOpTriviallyDead(&op))
      op.erase();
  numMasked += masked;
  return success();
}

namespace {
struct TileToBlocks : public kiln::impl::TileToBlocksBase<TileToBlocks> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      if (kernel.getRole() != "compute")
        return WalkResult::advance();
      FailureOr<Convolution> conv = Convolution::find(kernel.getBody());
      if (failed(conv) || !kernel.getScheduleAttr()) {
        kernel.emitOpError("needs a schedule and exactly one 2-D convolution");
        return WalkResult::interrupt();
      }
      int64_t masked = 0;
      if (failed(KernelTiler(kernel, *conv).run(masked)))
        return WalkResult::interrupt();
      ++numTiled;
      numMasked += masked;
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
