//===- Normalize.cpp - kiln-normalize -------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace kiln {
#define GEN_PASS_DEF_KILNNORMALIZE
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

template <typename ConvOp>
LogicalResult checkWindow(ConvOp op) {
  auto positive = [&](DenseIntElementsAttr attr, StringRef what) {
    for (const APInt &value : attr.getValues<APInt>())
      if (!value.isStrictlyPositive())
        return op.emitOpError()
               << what << " must be positive, not " << value.getSExtValue();
    return InFlightDiagnostic();
  };
  if (failed(positive(op.getStrides(), "strides")) ||
      failed(positive(op.getDilations(), "dilations")))
    return failure();
  return success();
}

LogicalResult checkWindows(func::FuncOp function) {
  WalkResult result = function.walk([](Operation *op) {
    LogicalResult checked =
        TypeSwitch<Operation *, LogicalResult>(op)
            .Case<linalg::Conv2DNchwFchwOp, linalg::Conv2DNhwcHwcfOp,
                  linalg::Conv2DNhwcFhwcOp>(
                [](auto conv) { return checkWindow(conv); })
            .Default([](Operation *) { return success(); });
    return failed(checked) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

struct Normalize : kiln::impl::KilnNormalizeBase<Normalize> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(checkWindows(function)))
      return signalPassFailure();
    numAsserts += dropAsserts(function);

    MLIRContext *context = &getContext();
    unsigned widened = 0;
    RewritePatternSet patterns(context);
    populateGeneralizePatterns(patterns);
    populateContractionPatterns(patterns, widened);
    populateSinkReshapePatterns(patterns);
    populateFuseElementwisePatterns(patterns);
    for (Dialect *dialect : context->getLoadedDialects())
      if (isa<linalg::LinalgDialect, tensor::TensorDialect,
              arith::ArithDialect>(dialect))
        dialect->getCanonicalizationPatterns(patterns);
    for (RegisteredOperationName name : context->getRegisteredOperations()) {
      StringRef dialect = name.getDialectNamespace();
      if (dialect == "linalg" || dialect == "tensor" || dialect == "arith")
        name.getCanonicalizationPatterns(patterns, context);
    }
    if (failed(applyPatternsGreedily(function, std::move(patterns)))) {
      function.emitError("normalisation does not reach a fixed point");
      return signalPassFailure();
    }
    numWidened += widened;
  }
};

} // namespace
