//===- DistributeElementwise.cpp - One scalar for each register -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TilePattern.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace kiln;

namespace {
/// The body once for each register of the first result, whose layout is that of
/// the iteration space.
struct DistributeElementwise : TilePattern<linalg::LinalgOp> {
  LogicalResult distribute(linalg::LinalgOp op,
                           DistributionContext &context) const override;
};

struct DistributeFill : TilePattern<linalg::FillOp> {
  LogicalResult distribute(linalg::FillOp op,
                           DistributionContext &context) const override {
    context.fragments[op.getResult(0)].values.assign(
        getTileLayout(op.getResult(0)).getNumRegisters(),
        context.lookup(op.getInputs()[0]));
    return success();
  }
};

/// Nobody reads what a destination has before.
struct DistributeEmpty : TilePattern<tensor::EmptyOp> {
  LogicalResult distribute(tensor::EmptyOp,
                           DistributionContext &) const override {
    return success();
  }
};

struct DistributeConstant : TilePattern<arith::ConstantOp> {
  LogicalResult distribute(arith::ConstantOp op,
                           DistributionContext &context) const override {
    auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
    if (!splat) {
      context.builder.clone(*op, context.mapping);
      return success();
    }
    Value scalar = arith::ConstantOp::create(
        context.builder, op.getLoc(),
        cast<TypedAttr>(splat.getSplatValue<Attribute>()));
    if (LayoutAttr layout = getTileLayout(op))
      context.fragments[op].values.assign(layout.getNumRegisters(), scalar);
    return success();
  }
};
} // namespace

/// The scalar ops of a body at one register.
static LogicalResult distributeScalars(linalg::LinalgOp op, LayoutAttr layout,
                                       int64_t reg, AffineMap toLoops,
                                       IRMapping &body,
                                       DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (auto apply = dyn_cast<affine::AffineApplyOp>(inner)) {
      auto values = affine::expandAffineMap(
          builder, op.getLoc(), apply.getAffineMap(),
          llvm::map_to_vector(apply.getMapOperands(), [&](Value v) {
            return body.lookupOrDefault(v);
          }));
      if (!values)
        return apply.emitOpError("has a map that cannot be computed");
      body.map(apply.getResult(), values->front());
      continue;
    }
    auto index = dyn_cast<linalg::IndexOp>(inner);
    if (!index) {
      builder.clone(inner, body);
      continue;
    }
    // Constant coordinates of a map are positions of unit loops.
    auto dim = dyn_cast<AffineDimExpr>(toLoops.getResult(index.getDim()));
    Value sum = !dim ? threads.constant32(0)
                     : arith::AddIOp::create(
                           builder, op.getLoc(),
                           threads.getCoordinate(layout, dim.getPosition()),
                           threads.constant32(layout.getCoordinate(
                               reg, 0, 0)[dim.getPosition()]))
                           .getResult();
    body.map(index.getResult(),
             arith::IndexCastUIOp::create(builder, op.getLoc(),
                                          builder.getIndexType(), sum)
                 .getResult());
  }
  return success();
}

LogicalResult
DistributeElementwise::distribute(linalg::LinalgOp op,
                                  DistributionContext &context) const {
  LayoutAttr layout = getTileLayout(op->getResult(0));
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!layout || op.getNumParallelLoops() != op.getNumLoops() ||
      !resultMap.isPermutation())
    return op.emitOpError(
        "must be elementwise with a layout to be distributed");
  // From the first result's coordinates to the loops.
  AffineMap toLoops = inversePermutation(resultMap);
  SmallVector<SmallVector<Value>> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    auto &scalars = operands.emplace_back();
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (!isa<RankedTensorType>(operand.get().getType()) || argument.use_empty())
      continue;
    FailureOr<SmallVector<Value>> found =
        context.fragments.getScalars(operand.get());
    if (failed(found))
      return failure();
    scalars = *found;
  }
  SmallVector<SmallVector<Value>> results(op->getNumResults());
  for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg) {
    IRMapping body(context.mapping);
    for (auto [operand, scalars] :
         llvm::zip_equal(op->getOpOperands(), operands)) {
      BlockArgument argument = op.getMatchingBlockArgument(&operand);
      if (!isa<RankedTensorType>(operand.get().getType())) {
        body.map(argument, context.lookup(operand.get()));
        continue;
      }
      if (scalars.empty())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand).compose(toLoops);
      body.map(argument, scalars[getOperandRegister(
                             layout, reg, getTileLayout(operand.get()), map)]);
    }
    if (failed(distributeScalars(op, layout, reg, toLoops, body, context)))
      return failure();
    for (auto [result, yielded] : llvm::zip_equal(
             results, op.getBlock()->getTerminator()->getOperands()))
      result.push_back(body.lookup(yielded));
  }
  for (auto [number, value] : llvm::enumerate(op->getResults())) {
    SmallVector<Value> &values = context.fragments[value].values;
    values = results[number];
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(number))
                        .compose(toLoops);
    if (map.isIdentity())
      continue;
    // Another order of dimensions may be another order of registers.
    for (int64_t reg = 0; reg < layout.getNumRegisters(); ++reg)
      values[getOperandRegister(layout, reg, getTileLayout(value), map)] =
          results[number][reg];
  }
  return success();
}

void kiln::populateElementwisePatterns(TilePatternSet &patterns) {
  patterns.add<DistributeFill, DistributeEmpty, DistributeConstant>();
  patterns.addForInterface<DistributeElementwise>();
}
