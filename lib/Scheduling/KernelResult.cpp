//===- KernelResult.cpp - What leaves a kernel ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/KernelResult.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

KernelResult kiln::describeResult(const ContractionView &conv) {
  Region *body = conv.op->getParentRegion();
  KernelResult result{/*keepsChannels=*/true, /*elementBytes=*/1};
  body->walk([&](linalg::LinalgOp op) {
    if (op != conv.op && op.getNumReductionLoops() > 0)
      result.keepsChannels = false;
  });
  for (Value stored : body->front().getTerminator()->getOperands()) {
    Type element = getElementTypeOrSelf(stored.getType());
    if (element.isIntOrFloat())
      result.elementBytes = std::max<int64_t>(
          result.elementBytes,
          llvm::divideCeil(element.getIntOrFloatBitWidth(), 8u));
  }
  return result;
}
