//===- LoopOperands.h - What a kernel of loops touches --------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_LOOPOPERANDS_H
#define KILN_LIB_SCHEDULING_LOOPOPERANDS_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// How the tensors of a kernel without a staged contraction lie along its axes.
struct LoopOperands {
  /// Taps along an axis of the results: neighbouring positions of it read
  /// elements next to each other.
  struct Window {
    int taps, positions; ///< axes
    bool overlaps;       ///< whether neighbours read the same elements
  };

  /// The axis along which the largest tensor lies contiguous in memory, and the
  /// bytes of its elements; `KernelSpace::kUnit` where all have one element.
  int innermost = KernelSpace::kUnit;
  int64_t elementBytes = 4;
  /// Another axis, along which a tensor as large lies contiguous.
  int turned = KernelSpace::kUnit;
  llvm::SmallVector<Window> windows;

  bool isTaps(int axis) const {
    return llvm::any_of(windows,
                        [&](const Window &w) { return w.taps == axis; });
  }
};

/// Follows the results and what reductions read to the kernel's arguments,
/// through padding and views.
LoopOperands readLoopOperands(const KernelSpace &space,
                              mlir::ValueRange results);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_LOOPOPERANDS_H
