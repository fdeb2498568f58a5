//===- SharedMemory.h - Addresses in shared memory ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_SHAREDMEMORY_H
#define KILN_LIB_DISTRIBUTION_SHAREDMEMORY_H

#include "ThreadNumbers.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace kiln {

/// The dynamic shared memory of a block: where it starts, and where in it each
/// buffer lies.
class SharedMemory {
public:
  SharedMemory(mlir::OpBuilder &builder, ThreadNumbers &threads,
               mlir::gpu::GPUModuleOp module)
      : builder(builder), threads(threads), module(module) {}

  /// `buffer`, a `!kiln.shared`, starts at byte `offset`.
  void place(mlir::Value buffer, int64_t offset);
  /// Where a buffer starts, in bytes.
  int64_t getOffset(mlir::Value buffer) const { return offsets.lookup(buffer); }
  /// Bytes up to the end of the last buffer.
  int64_t getBytes() const { return bytes; }

  /// The address `byteOffset` (i32) from the start.
  mlir::Value getPointer(mlir::Location loc, mlir::Value byteOffset);
  /// Byte offset (i32) of a slot of `buffer`; `slot` is that of the thread.
  mlir::Value getSlotOffset(mlir::Location loc, mlir::Value buffer,
                            mlir::Value slot);

private:
  mlir::OpBuilder &builder;
  ThreadNumbers &threads;
  mlir::gpu::GPUModuleOp module;
  mlir::Value base;
  llvm::DenseMap<mlir::Value, int64_t> offsets;
  int64_t bytes = 0;
};

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_SHAREDMEMORY_H
