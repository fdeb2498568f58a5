//===- Generalize.cpp - One form for elementwise ops, and their fusion ----===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace kiln;

unsigned kiln::dropAsserts(Operation *root) {
  SmallVector<cf::AssertOp> asserts;
  root->walk([&](cf::AssertOp op) { asserts.push_back(op); });
  for (cf::AssertOp op : asserts) {
    remark::analysis(
        op.getLoc(),
        remark::RemarkOpts::name("AssertDropped").category("kiln-normalize"))
        << "assertion dropped: \"" << op.getMsg() << "\"";
    op.erase();
  }
  return asserts.size();
}

namespace {

struct GeneralizeNamed : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (isa<linalg::GenericOp, linalg::FillOp>(op) ||
        !op.hasPureTensorSemantics())
      return failure();
    if (!isa<linalg::MapOp, linalg::BroadcastOp, linalg::TransposeOp,
             linalg::CopyOp, linalg::ReduceOp, linalg::ElementwiseOp>(op) &&
        !linalg::isElementwise(op))
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};

/// `truncf` of a constant, which upstream folds only where it is exact. The
/// source asks for this very rounding.
struct RoundConstant : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<FloatType>(op.getType());
    APFloat value(0.0);
    if (!type || op.getRoundingmode() ||
        !matchPattern(op.getIn(), m_ConstantFloat(&value)))
      return failure();
    bool inexact;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &inexact);
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, type, rewriter.getFloatAttr(type, value));
    return success();
  }
};

/// Whether the body only passes inputs on.
bool movesOnly(linalg::GenericOp op) {
  return llvm::hasSingleElement(*op.getBody());
}

bool mayFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer ||
      producer.getNumParallelLoops() != producer.getNumLoops() ||
      consumer.getNumParallelLoops() != consumer.getNumLoops())
    return false;
  if (movesOnly(producer))
    return true;
  // A smaller producer would run again for each element that reads it.
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  return producer->hasOneUse() && map.isPermutation();
}

} // namespace

void kiln::populateGeneralizePatterns(RewritePatternSet &patterns) {
  patterns.add<GeneralizeNamed, RoundConstant>(patterns.getContext());
  linalg::populateElementwiseToLinalgConversionPatterns(patterns);
}

void kiln::populateFuseElementwisePatterns(RewritePatternSet &patterns) {
  linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
  linalg::populateInlineConstantOperandsPatterns(patterns);
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
}
