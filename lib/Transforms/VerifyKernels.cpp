//===- VerifyKernels.cpp - kiln-verify-kernels ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "KernelGroup.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"
#include "kiln/Transforms/Passes.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace kiln {
#define GEN_PASS_DEF_KILNVERIFYKERNELS
#include "kiln/Transforms/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {

/// Empty when `type` can be compiled, otherwise what is wrong with it.
StringRef findFault(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return {};
  if (!shaped.hasRank())
    return "is an unranked tensor, which is not supported";
  if (!shaped.hasStaticShape())
    return "has a dynamic shape, which is not supported";
  if (llvm::is_contained(shaped.getShape(), 0))
    return "has a dimension of size 0: there is nothing to compute";
  return {};
}

/// Ops that only move data: they are reported when nothing else is.
bool onlyMoves(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return isa<tensor::PadOp, tensor::ExtractSliceOp>(op) ||
         (generic && llvm::hasSingleElement(*generic.getBody()));
}

/// Whether `op` runs nothing on the device as it stands.
bool isHarmless(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>() ||
         isa<tensor::EmptyOp, linalg::FillOp>(op) || isView(op) ||
         isa<KernelOp, func::ReturnOp>(op);
}

std::string getReason(Operation *op) {
  if (llvm::any_of(op->getOperandTypes(),
                   [](Type type) { return !findFault(type).empty(); }))
    return "one of its operands has a dynamic or empty shape";
  if (auto reason = op->getAttrOfType<StringAttr>(kNotFusedAttrName))
    return reason.str();
  if (isSeed(op))
    return "a program is one kernel, which computes one contraction at most";
  if (isa<linalg::LinalgOp>(op))
    return "a kernel around a contraction computes that and what reads its "
           "result, and before it elementwise work alone";
  return "supported are linalg ops on tensors, tensor.pad, slices at constant "
         "places and reshapes of arguments and results";
}

/// The op that a user knows the kernel by: its contraction, else its first op.
Operation *getMainOp(KernelOp kernel) {
  auto ops = kernel.getBody().front().getOps<linalg::LinalgOp>();
  for (linalg::LinalgOp op : ops)
    if (isSeed(op))
      return op;
  return ops.empty() ? kernel : (*ops.begin()).getOperation();
}

bool isKernelResult(Value value) {
  while (isView(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value.getDefiningOp<KernelOp>();
}

/// An op in the body of a linalg op that reads a tensor by itself: what is read
/// at affine positions became an operand before.
Operation *findGather(KernelOp kernel) {
  Operation *found = nullptr;
  kernel.walk([&](linalg::LinalgOp op) {
    op->walk([&](Operation *inner) {
      if (inner == op.getOperation() ||
          llvm::none_of(inner->getOperandTypes(), llvm::IsaPred<ShapedType>))
        return WalkResult::advance();
      found = inner;
      return WalkResult::interrupt();
    });
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

struct VerifyKernels : kiln::impl::KilnVerifyKernelsBase<VerifyKernels> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.isExternal() && failed(verify(function)))
      signalPassFailure();
  }

  static LogicalResult verify(func::FuncOp function) {
    FunctionType type = function.getFunctionType();
    for (auto [number, input] : llvm::enumerate(type.getInputs()))
      if (StringRef fault = findFault(input); !fault.empty())
        return emitError(function.getLoc())
               << "argument #" << number << " of type " << input << " "
               << fault;
    for (auto [number, result] : llvm::enumerate(type.getResults()))
      if (StringRef fault = findFault(result); !fault.empty())
        return emitError(function.getLoc())
               << "result #" << number << " of type " << result << " " << fault;
    if (!function.getBody().hasOneBlock())
      return emitError(function.getLoc(),
                       "control flow is not supported: the function "
                       "must be one block");

    SmallVector<Operation *> work;
    SmallVector<KernelOp> kernels;
    for (Operation &op : function.getBody().front()) {
      if (auto kernel = dyn_cast<KernelOp>(op))
        kernels.push_back(kernel);
      else if (!isHarmless(&op))
        work.push_back(&op);
    }
    if (!work.empty()) {
      auto culprit = llvm::find_if_not(work, onlyMoves);
      Operation *op = culprit == work.end() ? work.front() : *culprit;
      InFlightDiagnostic error =
          emitError(op->getLoc())
          << "unsupported: '" << getSourceName(op)
          << "' does not run in the program's kernel: " << getReason(op);
      // Several may have been one op of the source, a softmax.
      llvm::SmallDenseSet<Location> places;
      for (Operation *other : work)
        places.insert(other->getLoc());
      if (places.size() > 1)
        error.attachNote(function.getLoc())
            << places.size() - 1 << " more op(s) of '" << function.getName()
            << "' are outside of a kernel";
      return error;
    }
    if (kernels.empty())
      return emitError(function.getLoc())
             << "unsupported: '" << function.getName() << "' computes nothing";
    for (KernelOp kernel : kernels)
      if (Operation *gather = findGather(kernel))
        return emitError(gather->getLoc())
               << "unsupported: '" << gather->getName()
               << "' reads a tensor at a position that is computed; positions "
                  "may be sums of the loops' indices, times constants, that "
                  "stay within the tensor";
    if (kernels.size() > 1) {
      Operation *op = getMainOp(kernels[1]);
      InFlightDiagnostic error =
          emitError(op->getLoc())
          << "unsupported: '" << getSourceName(op)
          << "' needs a second kernel; a program is one kernel, which computes "
             "one contraction at most";
      error.attachNote(getMainOp(kernels[0])->getLoc())
          << "the first kernel computes this";
      return error;
    }
    for (OpOperand &result :
         function.getBody().front().getTerminator()->getOpOperands())
      if (!isKernelResult(result.get()))
        return emitError(result.getOwner()->getLoc())
               << "unsupported: result #" << result.getOperandNumber()
               << " is not computed by a kernel: it is a constant, or returned "
                  "as it came in; leave it out";
    return success();
  }
};

} // namespace
