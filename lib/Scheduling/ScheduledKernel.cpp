//===- ScheduledKernel.cpp - What a schedule is chosen for ----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ScheduledKernel.h"

#include "kiln/Analysis/ScheduleFit.h"
#include "kiln/Dialect/Kiln/IR/SourceName.h"

using namespace mlir;
using namespace kiln;

FailureOr<ScheduledKernel> ScheduledKernel::analyze(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  ValueRange results = body.getTerminator()->getOperands();
  if (results.size() != kernel.getNumResults())
    return kernel.emitOpError("is cut into tiles already; a schedule is chosen "
                              "before kiln-tile-to-blocks");
  FailureOr<KernelSpace> space = KernelSpace::analyze(body, results);
  if (failed(space))
    return failure();
  ScheduledKernel analyzed{*space, SmallVector<Value>(results), std::nullopt};
  if (!space->getContraction())
    return analyzed;
  analyzed.view = space->getContraction();
  analyzed.view->needsAllFilters = space->needsAllChannels(results);
  if (failed(getPaddedImage(*analyzed.view)))
    return emitSourceError(
        analyzed.view->op,
        "not supported: padding must be a constant zero of static size, around "
        "rows and columns; pad batch and channels outside the program");
  return analyzed;
}
