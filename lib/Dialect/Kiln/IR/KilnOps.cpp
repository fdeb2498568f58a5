//===- KilnOps.cpp - The ops of the Kiln dialect ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/KernelNames.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace kiln;

#define GET_OP_CLASSES
#include "kiln/Dialect/Kiln/IR/KilnOps.cpp.inc"

void KilnDialect::registerOps() {
  addOperations<
#define GET_OP_LIST
#include "kiln/Dialect/Kiln/IR/KilnOps.cpp.inc"
      >();
}

LogicalResult KernelOp::verify() {
  if (!isKernelName(getKernelName()))
    return emitOpError("\"") << getKernelName()
                             << "\" is no name of a kernel: letters, digits "
                                "and _, no digit first";
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("block arguments must match the inputs in number and "
                       "type");
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield)
    return emitOpError("body must end in 'kiln.yield'");
  if (yield.getValues().getTypes() != getResultTypes())
    return yield.emitOpError("must yield the kernel's result types");
  if (getRole() != "compute" && getRole() != "pack")
    return emitOpError("role must be \"compute\" or \"pack\", not \"")
           << getRole() << "\"";
  return success();
}

LogicalResult LaunchOp::verify() {
  if (getGrid().size() != 3)
    return emitOpError("grid must have three expressions");
  if (getBlock().size() != 3 ||
      llvm::any_of(getBlock(), [](int64_t size) { return size < 1; }))
    return emitOpError("block must be three positive sizes");
  if (getSharedBytesAttr().getInt() < 0)
    return emitOpError("shared bytes must not be negative");
  return success();
}
