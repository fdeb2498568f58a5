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
  bool isTiled = yield.getValues().empty() && !block.getOps<OutputOp>().empty();
  if (!isTiled && yield.getValues().getTypes() != getResultTypes())
    return yield.emitOpError("must yield the kernel's result types");
  if (getRole() != "compute" && getRole() != "pack")
    return emitOpError("role must be \"compute\" or \"pack\", not \"")
           << getRole() << "\"";
  return success();
}

LogicalResult OutputOp::verify() {
  auto kernel = cast<KernelOp>((*this)->getParentOp());
  auto index = static_cast<int64_t>(getIndex());
  if (index < 0 || index >= static_cast<int64_t>(kernel.getNumResults()))
    return emitOpError("there is no result ")
           << index << " of a kernel with " << kernel.getNumResults();
  auto result = dyn_cast<ShapedType>(kernel.getResult(index).getType());
  auto memory = cast<ShapedType>(getMemory().getType());
  if (!result || result.getShape() != memory.getShape() ||
      result.getElementType() != memory.getElementType())
    return emitOpError("has type ")
           << getMemory().getType() << ", result " << index << " has type "
           << kernel.getResult(index).getType();
  return success();
}

LogicalResult LaunchOp::verify() {
  if (getGrid().size() != 3)
    return emitOpError("grid must have three expressions");
  if (getBlock().size() != 3 ||
      llvm::any_of(getBlock(), [](int64_t size) { return size < 1; }))
    return emitOpError("block must be three positive sizes");
  if (getNumWritten() < 1 || getNumWritten() > getArguments().size())
    return emitOpError("num_written must be from 1 to the number of "
                       "arguments, ")
           << getArguments().size() << ", not " << getNumWritten();
  if (getSharedBytesAttr().getInt() < 0)
    return emitOpError("shared bytes must not be negative");
  return success();
}
