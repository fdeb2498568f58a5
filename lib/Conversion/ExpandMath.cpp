//===- ExpandMath.cpp - Math functions as f32 arithmetic ------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathBuilder.h"
#include "MathSupport.h"
#include "kiln/Conversion/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace kiln {
#define GEN_PASS_DEF_EXPANDMATH
#include "kiln/Conversion/Passes.h.inc"

namespace {
/// The expansion of `op` on f32 operands, or null where the op stays.
Value expand(Operation *op, ValueRange x, MathBuilder &emit) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<math::ExpOp>([&](auto) { return emit.exp(x[0]); })
      .Case<math::Exp2Op>([&](auto) { return emit.exp2(x[0]); })
      .Case<math::ExpM1Op>([&](auto) { return emit.expm1(x[0]); })
      .Case<math::LogOp>([&](auto) { return emit.log(x[0], 0); })
      .Case<math::Log2Op>([&](auto) { return emit.log(x[0], 2); })
      .Case<math::Log10Op>([&](auto) { return emit.log(x[0], 10); })
      .Case<math::Log1pOp>([&](auto) { return emit.log1p(x[0]); })
      .Case<math::TanhOp>([&](auto) { return emit.tanh(x[0]); })
      .Case<math::ErfOp>([&](auto) { return emit.erf(x[0]); })
      .Case<math::SinOp>([&](auto) { return emit.sin(x[0]); })
      .Case<math::CosOp>([&](auto) { return emit.cos(x[0]); })
      .Case<math::PowFOp>([&](auto) { return emit.pow(x[0], x[1]); })
      .Case<math::RsqrtOp>(
          [&](auto) -> Value { return math::RsqrtOp::create(emit.b, x[0]); })
      .Default([](Operation *) { return Value(); });
}

class ExpandMath : public impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::LogOp,
              math::Log2Op, math::Log10Op, math::Log1pOp, math::TanhOp,
              math::ErfOp, math::SinOp, math::CosOp, math::PowFOp,
              math::RsqrtOp>(op) &&
          !(getMathSupport(op) == MathSupport::Libdevice && getLibdevice(op)))
        ops.push_back(op);
    });
    // Users first: what they are may depend on what computed their operands.
    for (Operation *op : llvm::reverse(ops)) {
      Type type = op->getResult(0).getType();
      Type element = getElementTypeOrSelf(type);
      if (!element.isF32() && !element.isF16() && !element.isBF16()) {
        op->emitError("'") << op->getName() << "' on " << element
                           << " has no expansion; f16, bf16 and f32 have one";
        return signalPassFailure();
      }
      bool narrow = !element.isF32();
      if (!narrow && isa<math::Exp2Op, math::RsqrtOp>(op))
        continue; // an instruction
      OpBuilder builder(op);
      MathBuilder emit(op->getLoc(), builder, type);
      SmallVector<Value> operands(op->getOperands());
      if (narrow)
        for (Value &operand : operands)
          operand = arith::ExtFOp::create(
              emit.b, emit.like(emit.b.getF32Type()), operand);
      Value result = expand(op, operands, emit);
      if (narrow)
        result = arith::TruncFOp::create(emit.b, type, result);
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      ++numExpanded;
    }
  }
};
} // namespace
} // namespace kiln
