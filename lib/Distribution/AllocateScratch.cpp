//===- AllocateScratch.cpp - Memory that warps exchange values in ---------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SharedUses.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Distribution/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace kiln {
#define GEN_PASS_DEF_ALLOCATESCRATCH
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Behind the last allocation of the entry block, or at its start.
static OpBuilder makeAllocationBuilder(Block &entry) {
  for (Operation &op : llvm::reverse(entry))
    if (isa<AllocSharedOp>(op)) {
      OpBuilder builder(entry.getParentOp()->getContext());
      builder.setInsertionPointAfter(&op);
      return builder;
    }
  return OpBuilder::atBlockBegin(&entry);
}

namespace {
struct AllocateScratch
    : public kiln::impl::AllocateScratchBase<AllocateScratch> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      if (function.empty())
        continue;
      OpBuilder builder = makeAllocationBuilder(function.getBody().front());
      function.walk([&](ScratchUser op) {
        if (!op.getScratch().empty())
          return;
        SmallVector<Value> buffers;
        for (int64_t bytes : op.getScratchBytes()) {
          buffers.push_back(AllocSharedOp::create(
              builder, op.getLoc(), getScratchType(&getContext(), bytes)));
          ++numBuffers;
          numBytes += bytes;
        }
        op.getScratchMutable().assign(buffers);
      });
      guardUses(function, /*onlyRepeated=*/true);
      // Too much at once: each op uses the bytes of those before it.
      auto module = getOperation()->getParentOfType<ModuleOp>();
      auto target =
          module
              ? module->getAttrOfType<TargetAttr>(KilnDialect::kTargetAttrName)
              : TargetAttr();
      SmallVector<SharedBuffer> buffers =
          findLifetimes(function, getAllocations(function));
      if (target &&
          placeSharedBuffers(buffers).bytes > target.getSharedPerBlock())
        guardUses(function, /*onlyRepeated=*/false);
    }
  }

  /// A thread may come to an op while another one still reads what they
  /// exchanged the last time: in its own buffers, or, where the ops share
  /// bytes, in those of any other. Slices of a result that is stored before may
  /// lie where operands and scratch memory do: that is how schedules are
  /// counted, whatever the order of the results.
  void guardUses(gpu::GPUFuncOp function, bool onlyRepeated) {
    llvm::SetVector<Operation *> guarded;
    visitSharedUses(function, [&](Operation *op, const BufferSet &used) {
      auto user = dyn_cast<ScratchUser>(op);
      if (user && !user.getScratch().empty() &&
          llvm::any_of(used, [&](Value buffer) {
            return onlyRepeated
                       ? llvm::is_contained(user.getScratch(), buffer) ||
                             holdsSlices(buffer)
                       : isScratch(buffer);
          }))
        guarded.insert(op);
    });
    for (Operation *op : guarded) {
      OpBuilder builder(op);
      BarrierOp::create(builder, op->getLoc());
      ++numBarriers;
    }
  }
};
} // namespace
