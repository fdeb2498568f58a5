//===- MainLoop.cpp - The loop that copies, loads and multiplies ----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MainLoop.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace kiln;

/// The segments of a body, or failure where something is read before it is
/// copied.
static LogicalResult findSegments(MainLoop &main) {
  auto bufferOf = [&](Value value) -> MainLoop::Buffer & {
    int64_t index = main.getBufferIndex(value);
    if (index < 0) {
      index = main.buffers.size();
      main.buffers.push_back({value, {}, {}, {}, {}});
    }
    return main.buffers[index];
  };
  main.segments.emplace_back();
  for (Operation &op : main.loop.getBody()->without_terminator()) {
    if (auto copy = dyn_cast<AsyncCopyOp>(op)) {
      // Slots, predicates and rounds are what pipelining decides.
      if (!matchPattern(copy.getSlot(), m_Zero()) || copy.getPredicate() ||
          copy.getRounds())
        return copy.emitOpError("must fill slot 0 as a whole in each "
                                "iteration; is the loop pipelined already?");
      if (!main.segments.back().ops.empty())
        main.segments.emplace_back();
      main.segments.back().copies.push_back(copy);
      MainLoop::Buffer &buffer = bufferOf(copy.getBuffer());
      buffer.copies.push_back(copy);
      buffer.segments.push_back(main.segments.size() - 1);
    } else if (auto local = dyn_cast<LocalCopyOp>(op)) {
      // Only what was copied as a whole at the start can be transposed ahead.
      if (main.segments.size() != 1 || !main.segments.back().ops.empty() ||
          main.getBufferIndex(local.getSource()) < 0)
        return local.emitOpError("must follow the copy to its source in the "
                                 "first segment of the main loop");
      main.segments.back().localCopies.push_back(local);
      bufferOf(local.getSource()).reader = local;
      bufferOf(local.getDest()).writer = local;
    } else if (!isa<AsyncCommitOp, AsyncWaitOp, BarrierOp>(op)) {
      // Indices of copies are computed anew for each of them.
      if (isPure(&op) && !isa<DotOp>(op) &&
          llvm::all_of(op.getResultTypes(), llvm::IsaPred<IndexType>))
        continue;
      main.segments.back().ops.push_back(&op);
      if (auto dot = dyn_cast<DotOp>(op))
        main.segments.back().dots.push_back(dot);
    }
  }
  for (auto [index, segment] : llvm::enumerate(main.segments))
    for (Operation *op : segment.ops)
      if (auto load = dyn_cast<LocalLoadOp>(op)) {
        SmallVector<Value> read{load.getBuffer()};
        llvm::append_range(read, load.getOthers());
        for (Value value : read) {
          int64_t buffer = main.getBufferIndex(value);
          if (buffer < 0 || main.getCopyRead(buffer, index) < 0)
            return load.emitOpError("reads a buffer that the main loop has not "
                                    "copied to");
        }
      }
  return success();
}

FailureOr<MainLoop> MainLoop::find(gpu::GPUFuncOp function) {
  MainLoop main;
  function.walk([&](scf::ForOp loop) {
    if (!loop.getBody()->getOps<AsyncCopyOp>().empty() &&
        !loop.getBody()->getOps<DotOp>().empty())
      main.loop = loop;
  });
  if (!main.loop)
    return main;
  if (failed(findSegments(main)))
    return failure();
  for (scf::ForOp loop = main.loop; loop;
       loop = dyn_cast<scf::ForOp>(loop->getParentOp()))
    main.nest.insert(main.nest.begin(), loop);
  return main;
}

int64_t MainLoop::getNumDots() const {
  int64_t dots = 0;
  for (const Segment &segment : segments)
    dots += segment.dots.size();
  return dots;
}

int64_t MainLoop::getFewestDots() const {
  int64_t dots = std::numeric_limits<int64_t>::max();
  for (const Segment &segment : segments)
    dots = std::min<int64_t>(dots, segment.dots.size());
  return dots;
}

int64_t MainLoop::getSlots() const {
  int64_t slots = std::numeric_limits<int64_t>::max();
  for (const Buffer &buffer : buffers)
    if (!buffer.reader)
      slots = std::min(slots, buffer.getSlots());
  return slots;
}

int64_t MainLoop::getBufferIndex(Value value) const {
  auto it = llvm::find_if(
      buffers, [&](const Buffer &buffer) { return buffer.value == value; });
  return it == buffers.end() ? -1 : it - buffers.begin();
}

int64_t MainLoop::getCopyRead(int64_t buffer, int64_t segment) const {
  if (buffers[buffer].writer)
    return 0;
  return llvm::count_if(buffers[buffer].segments,
                        [&](int64_t copied) { return copied <= segment; }) -
         1;
}

bool MainLoop::isChainOfDots() const {
  auto loop = this->loop;
  if (loop.getNumRegionIterArgs() != 1)
    return false;
  Value acc = loop.getRegionIterArg(0);
  for (const Segment &segment : segments) {
    for (DotOp dot : segment.dots) {
      if (dot.getAcc() != acc || !dot.getA().getDefiningOp<LocalLoadOp>() ||
          !dot.getB().getDefiningOp<LocalLoadOp>())
        return false;
      acc = dot.getResult();
    }
    auto isOther = [](Operation *op) {
      return !isa<DotOp, LocalLoadOp>(op) && !isPure(op);
    };
    if (segment.dots.empty() || llvm::any_of(segment.ops, isOther))
      return false;
  }
  return loop.getBody()->getTerminator()->getOperand(0) == acc;
}

void MainLoop::hoistBounds() {
  scf::ForOp outermost = nest.front();
  for (scf::ForOp inner : llvm::drop_begin(nest))
    for (Value bound :
         {inner.getLowerBound(), inner.getUpperBound(), inner.getStep()})
      if (Operation *op = bound.getDefiningOp();
          op && outermost->isProperAncestor(op) && op->getNumOperands() == 0)
        op->moveBefore(outermost);
}

Value MainLoop::cloneIndex(OpBuilder &builder, Value value,
                           IRMapping &mapping) const {
  if (Value mapped = mapping.lookupOrNull(value))
    return mapped;
  Operation *op = value.getDefiningOp();
  scf::ForOp outermost = nest.front();
  if (!op || !outermost->isProperAncestor(op))
    return value;
  for (Value operand : op->getOperands())
    cloneIndex(builder, operand, mapping);
  builder.clone(*op, mapping);
  return mapping.lookup(value);
}
