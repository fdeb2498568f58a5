//===- ThreadNumbers.h - What depends on a thread's number ----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_THREADNUMBERS_H
#define KILN_LIB_DISTRIBUTION_THREADNUMBERS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

#include <map>

namespace kiln {

/// An index as i32, made where `builder` stands.
mlir::Value toI32(mlir::OpBuilder &builder, mlir::Value index);

/// A thread's number in its block, and the sums of its bits that layouts ask
/// for. All of them stand in the entry block, so that each is made once and may
/// be used anywhere.
class ThreadNumbers {
public:
  /// Inserts before `end`, the terminator of the entry block.
  ThreadNumbers(mlir::Operation *end, mlir::Location loc);
  /// Nothing is made from here on.
  void finish();

  mlir::Value getId() const { return id; }     ///< in the block, i32
  mlir::Value getLane() const { return lane; } ///< in the warp, i32
  mlir::Value getWarp() const { return warp; } ///< of the thread, i32
  /// Inserts in the entry block, behind all that has been inserted so.
  mlir::OpBuilder &hoisted() { return builder; }

  /// An i32 constant at the start of the entry block.
  mlir::Value constant32(int64_t value);
  /// A constant index of a GEP, in as many bits as it needs.
  mlir::LLVM::GEPArg getConstantOffset(int64_t offset);
  /// A number of the thread times a constant, in i32, or `wide` in i64.
  mlir::Value scale(mlir::Location loc, mlir::Value number, int64_t factor,
                    bool wide);
  /// Sum over the thread's lane and warp bits that are set of these numbers, in
  /// i32, or `wide` in i64.
  mlir::Value getSum(llvm::ArrayRef<int64_t> laneBits,
                     llvm::ArrayRef<int64_t> warpBits, bool wide = false);
  /// A thread's coordinate in `dim`, without its registers' part.
  mlir::Value getCoordinate(LayoutAttr layout, int64_t dim);
  /// A thread's offset in memory with these strides, in units of them.
  mlir::Value getOffset(LayoutAttr layout, llvm::ArrayRef<int64_t> strides,
                        bool wide = false);
  /// True in the one thread of those with copies of a tile that stores it; null
  /// where no thread has a copy.
  mlir::Value isFirstCopy(LayoutAttr layout);

private:
  mlir::Location loc;
  mlir::OpBuilder builder;
  /// Stands behind what is hoisted, in front of all other ops.
  mlir::Operation *anchor;
  mlir::Value id, lane, warp;
  std::map<std::vector<int64_t>, mlir::Value> sums;
  llvm::DenseMap<int64_t, mlir::Value> constants;
};

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_THREADNUMBERS_H
