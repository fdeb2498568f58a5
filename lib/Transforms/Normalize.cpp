//===- Normalize.cpp - kiln-normalize -------------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "NormalizePatterns.h"
#include "kiln/Analysis/LoopOrder.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"
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

/// Upstream's verifiers take steps of any sign.
LogicalResult checkWindow(linalg::LinalgOp op) {
  for (StringRef name : {"strides", "dilations"})
    if (auto steps = op->getAttrOfType<DenseIntElementsAttr>(name))
      for (const APInt &value : steps.getValues<APInt>())
        if (!value.isStrictlyPositive())
          return op.emitOpError()
                 << name << " must be positive, not " << value.getSExtValue();
  return success();
}

/// What `value` is, where it is a constant or folds to one in a few steps.
Attribute foldToConstant(Value value, DenseMap<Value, Attribute> &known,
                         unsigned steps = 32) {
  Attribute constant;
  if (matchPattern(value, m_Constant(&constant)))
    return constant;
  auto result = dyn_cast<OpResult>(value);
  if (!result || steps == 0 || !isPure(result.getOwner()) ||
      result.getOwner()->getNumRegions() != 0)
    return {};
  if (auto [place, isNew] = known.try_emplace(value); !isNew)
    return place->second;
  SmallVector<Attribute> operands;
  for (Value operand : result.getOwner()->getOperands())
    operands.push_back(foldToConstant(operand, known, steps - 1));
  SmallVector<OpFoldResult> folded;
  if (!llvm::is_contained(operands, Attribute()) && !operands.empty() &&
      succeeded(result.getOwner()->fold(operands, folded)) && !folded.empty())
    constant = dyn_cast_if_present<Attribute>(folded[result.getResultNumber()]);
  return known[value] = constant;
}

/// A negative amount takes elements away. Upstream's canonicalization does not
/// think of it: it adds up the amounts of two pads and drops one that does not
/// change the type.
LogicalResult checkPad(tensor::PadOp pad) {
  DenseMap<Value, Attribute> known;
  auto check = [&](ArrayRef<OpFoldResult> amounts,
                   StringRef side) -> LogicalResult {
    for (auto [dim, amount] : llvm::enumerate(amounts)) {
      auto constant = dyn_cast<Attribute>(amount);
      if (!constant)
        constant = foldToConstant(cast<Value>(amount), known);
      auto number = dyn_cast_if_present<IntegerAttr>(constant);
      if (number && !number.getValue().isNegative())
        continue;
      InFlightDiagnostic error = pad.emitOpError()
                                 << "pads the " << side << " end of dimension "
                                 << dim << " by ";
      if (number)
        error << number.getValue().getSExtValue();
      else
        error << "an amount that is computed when the program runs";
      error << "; supported are constant amounts of 0 or more";
      return failure();
    }
    return success();
  };
  return success(succeeded(check(pad.getMixedLowPad(), "low")) &&
                 succeeded(check(pad.getMixedHighPad(), "high")));
}

LogicalResult checkLoops(linalg::LinalgOp op) {
  std::string wrong = findWrongLoop(op);
  return wrong.empty() ? success() : op->emitOpError() << wrong;
}

/// What the inliner has left cannot be compiled.
LogicalResult refuseCall(Operation *op) {
  InFlightDiagnostic error = op->emitOpError("cannot be inlined");
  if (auto call = dyn_cast<func::CallOp>(op))
    error << ": '" << call.getCallee()
          << "' has no body, calls itself or has several blocks";
  error << "; supported are calls of functions of this module that have one "
           "block and do not call themselves";
  return error;
}

/// What the rewrites below, upstream's among them, would get wrong or lose.
LogicalResult checkInput(func::FuncOp function, bool keepCalls) {
  WalkResult result = function.walk([&](Operation *op) {
    LogicalResult checked =
        TypeSwitch<Operation *, LogicalResult>(op)
            .Case<linalg::LinalgOp>([](linalg::LinalgOp linalg) {
              return success(succeeded(checkWindow(linalg)) &&
                             succeeded(checkLoops(linalg)));
            })
            .Case<tensor::PadOp>(checkPad)
            .Case<func::CallOp, func::CallIndirectOp>([&](Operation *call) {
              return keepCalls ? success() : refuseCall(call);
            })
            .Default([](Operation *) { return success(); });
    return failed(checked) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// What may be approximated is what docs/numerics.md says, and behind this pass
/// a flag means that a pass of Kiln has looked at the range of an op.
unsigned dropFastMathFlags(func::FuncOp function) {
  unsigned dropped = 0;
  function.walk([&](arith::ArithFastMathInterface op) {
    arith::FastMathFlagsAttr flags = op.getFastMathFlagsAttr();
    if (!flags || flags.getValue() == arith::FastMathFlags::none)
      return;
    op->setAttr(op.getFastMathAttrName(),
                arith::FastMathFlagsAttr::get(op.getContext(),
                                              arith::FastMathFlags::none));
    ++dropped;
  });
  return dropped;
}

struct Normalize : kiln::impl::KilnNormalizeBase<Normalize> {
  using KilnNormalizeBase::KilnNormalizeBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(checkInput(function, keepCalls)))
      return signalPassFailure();
    numAsserts += dropAsserts(function);
    numFlags += dropFastMathFlags(function);
    function.walk([](Operation *op) {
      if (isa<linalg::LinalgOp, linalg::AggregatedOpInterface>(op) &&
          !isa<linalg::GenericOp>(op))
        keepSourceName(op);
    });

    MLIRContext *context = &getContext();
    unsigned widened = 0;
    RewritePatternSet patterns(context);
    populateGeneralizePatterns(patterns);
    populateContractionPatterns(patterns, widened);
    populateSinkReshapePatterns(patterns);
    populateReshapePaddedPatterns(patterns);
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
