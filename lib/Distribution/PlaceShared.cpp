//===- PlaceShared.cpp - Places of buffers in shared memory ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SharedUses.h"

#include "kiln/Distribution/Passes.h"

#include "mlir/IR/Remarks.h"

namespace kiln {
#define GEN_PASS_DEF_PLACESHARED
#include "kiln/Distribution/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct PlaceShared : public kiln::impl::PlaceSharedBase<PlaceShared> {
  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>()) {
      SmallVector<AllocSharedOp> allocs = getAllocations(function);
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
