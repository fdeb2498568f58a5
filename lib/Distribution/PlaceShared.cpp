//===- PlaceShared.cpp - Places of buffers in shared memory ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SharedUses.h"

#include "kiln/Analysis/SharedPlacement.h"
#include "kiln/Distribution/Passes.h"

#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_PLACESHARED
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Whether nothing but scratch users have the buffer: it holds nothing between
/// them.
static bool isScratch(Value buffer) {
  return llvm::all_of(buffer.getUses(), [](OpOperand &use) {
    auto user = dyn_cast<ScratchUser>(use.getOwner());
    return user && llvm::is_contained(user.getScratch(), use.get());
  });
}

/// The buffers of a kernel with the phases that they are used in: each op with
/// scratch memory is one, of its own buffers and of those that a thread may
/// have used since the last barrier.
static SmallVector<SharedBuffer> findLifetimes(gpu::GPUFuncOp function,
                                               ArrayRef<AllocSharedOp> allocs) {
  SmallVector<SharedBuffer> buffers;
  llvm::MapVector<Value, SharedBuffer *> scratch;
  for (AllocSharedOp alloc : allocs)
    buffers.push_back({alloc.getBuffer().getType().getBytes()});
  for (size_t i = 0; i < allocs.size(); ++i)
    if (Value buffer = allocs[i]->getResult(0); isScratch(buffer))
      scratch[buffer] = &buffers[i];
  int64_t phase = 0;
  visitSharedUses(function, [&](Operation *op, const BufferSet &sinceBarrier) {
    auto add = [&](Value buffer) {
      if (SharedBuffer *found = scratch.lookup(buffer))
        found->phases.push_back(phase);
    };
    llvm::for_each(sinceBarrier, add);
    llvm::for_each(op->getOperands(), add);
    ++phase;
  });
  return buffers;
}

namespace {
struct PlaceShared : public kiln::impl::PlaceSharedBase<PlaceShared> {
  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      SmallVector<AllocSharedOp> allocs;
      function.walk([&](AllocSharedOp alloc) { allocs.push_back(alloc); });
      if (allocs.empty())
        continue;
      SmallVector<SharedBuffer> buffers = findLifetimes(function, allocs);
      SharedPlacement placement = placeSharedBuffers(buffers);
      int64_t sum = 0;
      for (auto [alloc, offset, buffer] :
           llvm::zip_equal(allocs, placement.offsets, buffers)) {
        alloc.setOffsetAttr(builder.getI64IntegerAttr(offset));
        sum += llvm::alignTo(buffer.bytes, SharedType::kAlignment);
      }
      numBuffers += allocs.size();
      numBytes += placement.bytes;
      numSaved += sum - placement.bytes;
      remark::passed(function.getLoc(), remark::RemarkOpts::name("place-shared")
                                            .category("kiln-place-shared")
                                            .function(function.getName()))
          << remark::metric("Bytes", placement.bytes)
          << remark::metric("Buffers", allocs.size())
          << remark::metric("SharedBetweenBuffers", sum - placement.bytes);
    }
  }
};
} // namespace
