//===- CopySchedule.h - When copies are issued and waited for -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_COPYSCHEDULE_H
#define KILN_LIB_CODEGEN_COPYSCHEDULE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace kiln {

/// Places the copies of a software-pipelined loop. An iteration has segments;
/// between two of them, and between the last one and the next iteration's
/// first, stands a sync: wait and barrier. Sync s is the one behind segment s.
/// A window is what follows a sync up to the next. A buffer's slot is refilled
/// in the window behind the sync that frees it; what a window issues is one
/// group.
struct CopySchedule {
  /// One of the copies that an iteration makes to a buffer. Syncs are numbered
  /// from those of its own iteration: -1 is the last one of the iteration
  /// before.
  struct Use {
    int64_t guard; ///< the sync behind which it is read first
    int64_t freed; ///< the sync in front of which it is read last
  };
  struct Buffer {
    int64_t slots;
    llvm::SmallVector<Use> copies;
  };
  /// Copy number `copy` to a buffer, for the iteration that lies `distance`
  /// behind the window's (in the prologue: for iteration `distance`).
  struct Item {
    int64_t buffer, copy, distance;
  };

  CopySchedule(int64_t segments, llvm::ArrayRef<Buffer> buffers);

  /// What each of an iteration's windows issues.
  llvm::SmallVector<llvm::SmallVector<Item>> windows;
  /// Groups that may be open behind each sync; negative: nothing to wait for.
  llvm::SmallVector<int64_t> pending;

  /// The first window in front of iteration 0, counted backwards from it: -1 is
  /// the window behind the last sync in front of the loop.
  int64_t getFirstWindow() const;
  /// What a window in front of iteration 0 issues.
  llvm::SmallVector<Item> getPrologue(int64_t window) const;

private:
  /// The window, counted from iteration 0, that issues a copy for an iteration.
  int64_t getWindow(int64_t buffer, int64_t copy, int64_t iteration) const;

  int64_t segments;
  llvm::SmallVector<Buffer> buffers;
};

/// Quotient and remainder of Euclidean division by a positive number.
inline int64_t floorDivide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
inline int64_t floorModulo(int64_t a, int64_t b) {
  return a - b * floorDivide(a, b);
}

} // namespace kiln

#endif // KILN_LIB_CODEGEN_COPYSCHEDULE_H
