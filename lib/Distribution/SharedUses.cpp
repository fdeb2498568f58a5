//===- SharedUses.cpp - Uses of shared memory between barriers ------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SharedUses.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace kiln;

namespace {
class SharedUseVisitor {
public:
  explicit SharedUseVisitor(
      function_ref<void(Operation *, const BufferSet &)> visit)
      : visit(visit) {}

  /// `used` is what has been used since the last barrier: before the block,
  /// then behind it.
  void visitBlock(Block &block, BufferSet &used) {
    for (Operation &op : block)
      visitOp(op, used);
  }

private:
  void visitOp(Operation &op, BufferSet &used) {
    if (isa<BarrierOp>(op)) {
      used.clear();
      return;
    }
    auto isBuffer = [](Value operand) {
      return isa<SharedType>(operand.getType());
    };
    if (llvm::any_of(op.getOperands(), isBuffer)) {
      visit(&op, used);
      // What such an op wrote it reads behind its barrier.
      if (auto user = dyn_cast<ScratchUser>(op);
          user && !user.getScratch().empty() && user.meetsWholeBlock())
        used.clear();
      for (Value operand : llvm::make_filter_range(op.getOperands(), isBuffer))
        used.insert(operand);
    }
    if (op.getNumRegions() == 0 || isa<ReduceOp>(op))
      return;
    if (auto branch = dyn_cast<scf::IfOp>(op)) {
      BufferSet before = used;
      if (!branch.getElseRegion().empty())
        used.clear();
      visitRegions(op, before, used);
      return;
    }
    // A loop starts with what came before it or with what a turn of it leaves.
    BufferSet start = used, end;
    do
      visitRegions(op, start, end);
    while (add(start, end));
    used = runsAtLeastOnce(op) ? end : start;
  }

  /// Adds to `end` what each region leaves that starts with `start`.
  void visitRegions(Operation &op, const BufferSet &start, BufferSet &end) {
    for (Region &region : op.getRegions()) {
      if (region.empty())
        continue;
      BufferSet inside = start;
      visitBlock(region.front(), inside);
      add(end, inside);
    }
  }

  static bool runsAtLeastOnce(Operation &op) {
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      return false;
    auto lower = getConstantIntValue(loop.getLowerBound()),
         upper = getConstantIntValue(loop.getUpperBound());
    return lower && upper && *lower < *upper;
  }

  /// Whether anything was added.
  static bool add(BufferSet &to, const BufferSet &from) {
    size_t size = to.size();
    to.insert(from.begin(), from.end());
    return to.size() != size;
  }

  function_ref<void(Operation *, const BufferSet &)> visit;
};
} // namespace

void kiln::visitSharedUses(
    gpu::GPUFuncOp function,
    function_ref<void(Operation *, const BufferSet &)> visit) {
  BufferSet used;
  SharedUseVisitor(visit).visitBlock(function.getBody().front(), used);
}

SmallVector<AllocSharedOp> kiln::getAllocations(gpu::GPUFuncOp function) {
  SmallVector<AllocSharedOp> allocs;
  function.walk([&](AllocSharedOp alloc) { allocs.push_back(alloc); });
  return allocs;
}

bool kiln::isScratch(Value buffer) {
  return llvm::all_of(buffer.getUses(), [](OpOperand &use) {
    auto user = dyn_cast<ScratchUser>(use.getOwner());
    return user && llvm::is_contained(user.getScratch(), use.get());
  });
}

bool kiln::holdsSlices(Value buffer) {
  return llvm::all_of(buffer.getUsers(),
                      llvm::IsaPred<LocalWriteOp, LocalReadOp>);
}

SmallVector<SharedBuffer> kiln::findLifetimes(gpu::GPUFuncOp function,
                                              ArrayRef<AllocSharedOp> allocs) {
  Block &entry = function.getBody().front();
  SmallVector<SharedBuffer> buffers;
  // Scratch memory and slices are used where they are named; what is staged is
  // in use up to the op of the entry block that has its last use.
  llvm::MapVector<Value, SharedBuffer *> named;
  SmallVector<std::pair<SharedBuffer *, Operation *>> staged;
  bool anySlices = false;
  for (AllocSharedOp alloc : allocs)
    buffers.push_back({alloc.getBuffer().getType().getBytes()});
  for (size_t i = 0; i < allocs.size(); ++i) {
    Value buffer = allocs[i]->getResult(0);
    bool slices = holdsSlices(buffer);
    anySlices |= slices;
    if (slices || isScratch(buffer))
      named[buffer] = &buffers[i];
  }
  for (size_t i = 0; anySlices && i < allocs.size(); ++i) {
    Value buffer = allocs[i]->getResult(0);
    if (named.contains(buffer))
      continue;
    Operation *last = allocs[i];
    for (Operation *user : buffer.getUsers())
      if (Operation *op = entry.findAncestorOpInBlock(*user);
          last->isBeforeInBlock(op))
        last = op;
    staged.push_back({&buffers[i], last});
    named[buffer] = &buffers[i];
  }
  int64_t phase = 0;
  visitSharedUses(function, [&](Operation *op, const BufferSet &sinceBarrier) {
    auto add = [&](Value buffer) {
      if (SharedBuffer *found = named.lookup(buffer))
        found->phases.push_back(phase);
    };
    llvm::for_each(sinceBarrier, add);
    llvm::for_each(op->getOperands(), add);
    Operation *inEntry = entry.findAncestorOpInBlock(*op);
    for (auto [buffer, last] : staged)
      if (!isa<LocalWriteOp, LocalReadOp>(op) ||
          !last->isBeforeInBlock(inEntry))
        buffer->phases.push_back(phase);
    ++phase;
  });
  return buffers;
}
