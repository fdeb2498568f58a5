//===- SharedUses.h - Uses of shared memory between barriers --*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_SHAREDUSES_H
#define KILN_LIB_DISTRIBUTION_SHAREDUSES_H

#include "kiln/Analysis/SharedPlacement.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/SetVector.h"

namespace kiln {

using BufferSet = llvm::SmallSetVector<mlir::Value, 8>;

/// Follows every path through a kernel. `visit` is told of each op that uses
/// shared memory, with the buffers that a thread may have used since it last
/// met the whole block; of ops in loops several times, with ever more of them.
void visitSharedUses(
    mlir::gpu::GPUFuncOp function,
    llvm::function_ref<void(mlir::Operation *op, const BufferSet &sinceBarrier)>
        visit);

/// Whether nothing but scratch users have the buffer: it holds nothing between
/// them.
bool isScratch(mlir::Value buffer);

/// Whether nothing but slices of results go through the buffer: it holds
/// nothing before the first or behind the last of them.
bool holdsSlices(mlir::Value buffer);

/// The buffers of a kernel, in their order.
llvm::SmallVector<AllocSharedOp> getAllocations(mlir::gpu::GPUFuncOp function);

/// The buffers of a kernel with the phases that they are used in: each op with
/// scratch memory is one, of its own buffers and of those that a thread may
/// have used since the last barrier. All others are in use throughout, but for
/// the phases of slices of results that begin when the last use of them lies
/// behind a barrier and in no loop around.
llvm::SmallVector<SharedBuffer>
findLifetimes(mlir::gpu::GPUFuncOp function,
              llvm::ArrayRef<AllocSharedOp> allocs);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_SHAREDUSES_H
