//===- GlobalMemory.h - Addresses in global memory ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_GLOBALMEMORY_H
#define KILN_LIB_DISTRIBUTION_GLOBALMEMORY_H

#include "DistributionContext.h"

namespace kiln {

/// The type of an element in memory: an i1 is a byte, 0 or 1.
mlir::Type getMemoryType(mlir::Type element);
/// An element as memory has it, and back; any other byte than 0 is true.
mlir::Value toMemory(mlir::OpBuilder &builder, mlir::Location loc,
                     mlir::Value element);
mlir::Value fromMemory(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::Type element);

/// Elements between neighbours in each dimension of a dense row-major tensor.
llvm::SmallVector<int64_t> getRowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// A box of a dense tensor in global memory.
struct GlobalBox {
  llvm::SmallVector<mlir::Value> offsets; ///< of its start, as the kernel has
                                          ///< them, less `moved`
  /// Of each dimension, whether no element lies outside of the tensor.
  llvm::ArrayRef<bool> inBounds;
  llvm::ArrayRef<int64_t> shape; ///< of the tensor
  /// Constants that are added to the offsets: boxes that lie a constant apart
  /// share an address, to which each register adds what is constant.
  llvm::SmallVector<int64_t> moved;

  /// Constants are taken off the offsets.
  static GlobalBox get(mlir::ValueRange offsets, llvm::ArrayRef<bool> inBounds,
                       llvm::ArrayRef<int64_t> shape);

  /// Element offset of its start, as i64.
  mlir::Value getLinearOffset(mlir::Location loc,
                              DistributionContext &context) const;
  /// Where a thread's part of it begins.
  mlir::Value getThreadBase(mlir::Location loc, mlir::Value tensor,
                            mlir::Type element, LayoutAttr layout,
                            DistributionContext &context) const;
  /// A thread's coordinate in the tensor, without its registers' part, in as
  /// many bits as it needs.
  mlir::Value getCoordinate(mlir::Location loc, int64_t dim, mlir::Value part,
                            DistributionContext &context) const;
  /// Whether the element at the start plus a thread's `coordinate` lies in the
  /// tensor; null where it always does.
  mlir::Value contains(mlir::Location loc,
                       llvm::function_ref<mlir::Value(int64_t dim)> coordinate,
                       DistributionContext &context) const;
  /// The element offset of register `reg` from the thread's base, and whether
  /// it lies in the tensor (null: always).
  std::pair<int64_t, mlir::Value>
  getRegisterPlace(mlir::Location loc, LayoutAttr layout, int64_t reg,
                   DistributionContext &context) const;
};

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_GLOBALMEMORY_H
