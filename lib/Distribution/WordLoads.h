//===- WordLoads.h - A thread's elements of a tensor by words -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_WORDLOADS_H
#define KILN_LIB_DISTRIBUTION_WORDLOADS_H

#include "DistributionContext.h"

namespace kiln {

/// Where a thread stands along a dimension of a tensor, before what a register
/// adds.
struct ThreadPlace {
  mlir::Value base;      ///< coordinate, of type index
  int64_t divisor = 1;   ///< known to divide it; 0 divides by anything
  bool inBounds = false; ///< whether no register lies outside
};

/// What is known to divide a thread's coordinate in a tile: the lanes' and
/// warps' steps, each dimension of the tile times its factor.
int64_t getThreadDivisor(LayoutAttr layout, llvm::ArrayRef<int64_t> factors);

/// The most elements of `bits` that one load or store may take at once: a power
/// of two that divides `extent`, the innermost dimension, and every number of
/// `divisors`; no more than 16 bytes.
int64_t getWordElements(int64_t extent, llvm::ArrayRef<int64_t> divisors,
                        unsigned bits);

/// A dense tensor, and what makes the pointer to where a thread's part of it
/// begins.
struct ThreadSource {
  mlir::Value tensor;
  llvm::function_ref<mlir::Value()> makePart;
  mlir::MemRefType type;
};

/// Loads the elements of a tensor that lie `steps[register]` behind a thread's
/// place, and gives them in the order of the registers; `filler`
/// stands for those outside. Registers at one place share a load, which is what
/// makes overlapping windows cheap. Neighbours in an aligned word of the
/// innermost dimension come in one load as well. Such a word lies inside or
/// outside as a whole, so that each coordinate is compared once.
llvm::SmallVector<mlir::Value>
loadWords(mlir::Location loc, const ThreadSource &source,
          llvm::ArrayRef<ThreadPlace> places,
          llvm::ArrayRef<llvm::SmallVector<int64_t>> steps, mlir::Value filler,
          DistributionContext &context);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_WORDLOADS_H
