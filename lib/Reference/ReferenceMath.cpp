//===- ReferenceMath.cpp - Math functions in float64 ----------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The conversion of GPU ops to NVVM makes each math op a call of libdevice,
// which is not there; LLVM's intrinsics below have instructions.
//
//===----------------------------------------------------------------------===//

#include "ReferenceMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

/// The intrinsic with an instruction in f64; empty if there is none.
static StringRef getIntrinsic(Operation *op) {
  return llvm::StringSwitch<StringRef>(op->getName().getStringRef())
      .Case("math.sqrt", "llvm.sqrt.f64")
      .Case("math.absf", "llvm.fabs.f64")
      .Case("math.ceil", "llvm.ceil.f64")
      .Case("math.floor", "llvm.floor.f64")
      .Case("math.trunc", "llvm.trunc.f64")
      .Case("math.round", "llvm.round.f64")
      .Case("math.roundeven", "llvm.roundeven.f64")
      .Case("math.copysign", "llvm.copysign.f64")
      .Case("math.fma", "llvm.fma.f64")
      .Default("");
}

static bool isMath(Operation *op) {
  return isa_and_nonnull<math::MathDialect>(op->getDialect());
}

bool kiln::isSupportedInReference(Operation *op) {
  if (isa<arith::RemFOp>(op))
    return false;
  return !isMath(op) || !getIntrinsic(op).empty() ||
         isa<math::RsqrtOp, math::ClampFOp, math::AbsIOp, math::IsNaNOp,
             math::IsInfOp, math::IsFiniteOp>(op) ||
         isa<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::TanhOp,
             math::LogOp, math::Log2Op, math::Log10Op, math::Log1pOp,
             math::ErfOp, math::ErfcOp>(op);
}

static Value callIntrinsic(OpBuilder &builder, Location loc, StringRef name,
                           ValueRange arguments) {
  return LLVM::CallIntrinsicOp::create(builder, loc, builder.getF64Type(),
                                       builder.getStringAttr(name), arguments)
      .getResult(0);
}

LogicalResult kiln::lowerReferenceMath(Operation *root) {
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isMath(op) || !isSupportedInReference(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    if (!isSupportedInReference(op))
      return op->emitOpError("has no lowering in float64 without a vendor's "
                             "library");
    OpBuilder builder(op);
    Location loc = op->getLoc();
    Value result;
    if (StringRef name = getIntrinsic(op); !name.empty()) {
      result = callIntrinsic(builder, loc, name, op->getOperands());
    } else if (isa<math::RsqrtOp>(op)) {
      Value root =
          callIntrinsic(builder, loc, "llvm.sqrt.f64", op->getOperands());
      Value one =
          arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(1));
      result = arith::DivFOp::create(builder, loc, one, root);
    } else if (auto clamp = dyn_cast<math::ClampFOp>(op)) {
      result = arith::MaximumFOp::create(builder, loc, clamp.getValue(),
                                         clamp.getMin());
      result = arith::MinimumFOp::create(builder, loc, result, clamp.getMax());
    } else if (Value function = kiln::emitReferenceFunction(builder, op)) {
      result = function;
    } else {
      continue; // has a conversion of its own
    }
    op->getResult(0).replaceAllUsesWith(result);
    op->erase();
  }
  return success();
}
