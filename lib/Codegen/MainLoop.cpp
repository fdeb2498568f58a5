//===- MainLoop.cpp - The loop that copies, loads and multiplies ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MainLoop.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace kiln;

FailureOr<MainLoop> MainLoop::find(gpu::GPUFuncOp function) {
  MainLoop main;
  function.walk([&](scf::ForOp loop) {
    auto copies = loop.getBody()->getOps<AsyncCopyOp>();
    auto dots = loop.getBody()->getOps<DotOp>();
    if (copies.empty() || dots.empty())
      return;
    main.loop = loop;
    main.copies.assign(copies.begin(), copies.end());
    main.dots.assign(dots.begin(), dots.end());
  });
  if (!main.loop)
    return failure();
  main.tiles = dyn_cast<scf::ForOp>(main.loop->getParentOp());
  if (main.tiles && main.tiles.getNumResults() != 0)
    return failure();
  return main;
}

int64_t MainLoop::getSlots() const {
  int64_t slots = std::numeric_limits<int64_t>::max();
  for (AsyncCopyOp copy : copies)
    slots = std::min(slots,
                     cast<SharedType>(copy.getBuffer().getType()).getSlots());
  return slots;
}

bool MainLoop::isChainOfDots() const {
  auto loop = this->loop;
  if (loop.getNumRegionIterArgs() != 1)
    return false;
  Value acc = loop.getRegionIterArg(0);
  for (DotOp dot : dots) {
    if (dot.getAcc() != acc || !dot.getA().getDefiningOp<LocalLoadOp>() ||
        !dot.getB().getDefiningOp<LocalLoadOp>())
      return false;
    acc = dot.getResult();
  }
  return loop.getBody()->getTerminator()->getOperand(0) == acc;
}

void MainLoop::hoistBounds() {
  if (!tiles)
    return;
  for (Value bound :
       {loop.getLowerBound(), loop.getUpperBound(), loop.getStep()})
    if (Operation *op = bound.getDefiningOp();
        op && op->getBlock() == tiles.getBody() && op->getNumOperands() == 0)
      op->moveBefore(tiles);
}

Value MainLoop::cloneIndex(OpBuilder &builder, Value value,
                           IRMapping &mapping) const {
  if (Value mapped = mapping.lookupOrNull(value))
    return mapped;
  Operation *op = value.getDefiningOp();
  scf::ForOp outermost = tiles ? tiles : loop;
  if (!op || !outermost->isProperAncestor(op))
    return value;
  for (Value operand : op->getOperands())
    cloneIndex(builder, operand, mapping);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}
