//===- KilnOps.cpp - The ops of the Kiln dialect ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Grid.h"
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

/// An entry of `tiles` for each written argument that agrees with its type.
static LogicalResult verifyTiles(LaunchOp launch, ArrayAttr tiles) {
  if (tiles.size() != launch.getNumWritten())
    return launch.emitOpError("tiles must have an entry for each of ")
           << launch.getNumWritten() << " written arguments, not "
           << tiles.size();
  TilesAttr first;
  for (auto [index, written] : llvm::enumerate(launch.getWritten())) {
    if (isa<UnitAttr>(tiles[index]))
      continue;
    TilesAttr entry = launch.getTilesOf(index);
    if (!entry)
      return launch.emitOpError("tiles holds ")
             << tiles[index] << "; an entry is #kiln.tiles or unit";
    auto type = dyn_cast<MemRefType>(written.getType());
    if (!type || !type.hasStaticShape() || !entry.cover(type.getShape()))
      return launch.emitOpError("tiles ")
             << entry << " do not cover each element of a written argument of "
             << "type " << written.getType() << " once";
    if (!first)
      first = entry;
    if (entry.getGrid() != first.getGrid())
      return launch.emitOpError("tiles of all written arguments must have the "
                                "same grid: a block computes a tile of each");
  }
  return success();
}

LogicalResult LaunchOp::verify() {
  if (failed(verifyGrid([&] { return emitOpError(); }, getGrid())))
    return failure();
  if (getBlock().size() != 3 ||
      llvm::any_of(getBlock(), [](int64_t size) { return size < 1; }))
    return emitOpError("block must be three positive sizes");
  if (getNumWritten() < 1 || getNumWritten() > getArguments().size())
    return emitOpError("num_written must be from 1 to the number of "
                       "arguments, ")
           << getArguments().size() << ", not " << getNumWritten();
  if (getSharedBytesAttr().getInt() < 0)
    return emitOpError("shared bytes must not be negative");
  if (ArrayAttr tiles = getTilesAttr())
    return verifyTiles(*this, tiles);
  return success();
}
