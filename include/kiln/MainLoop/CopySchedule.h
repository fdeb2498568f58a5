//===- CopySchedule.h - When copies are issued and waited for -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MAINLOOP_COPYSCHEDULE_H
#define KILN_MAINLOOP_COPYSCHEDULE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace kiln {

/// Places the copies of a software-pipelined loop. An iteration has segments;
/// between two of them, and between the last one and the next iteration's
/// first, stands a sync: wait and barrier. Sync s is the one after segment s,
/// window s what follows it up to sync s + 1. A slot is refilled in the window
/// of the sync that frees it; what a window issues is one group. Copies go to
/// the slots of their buffer in turn.
struct CopySchedule {
  /// One of the copies that an iteration makes to a buffer. Syncs are numbered
  /// from those of its own iteration: -1 is the last one of the iteration
  /// before.
  struct Use {
    int64_t guard; ///< the sync after which it is read first
    int64_t freed; ///< the sync before which it is read last
  };
  struct Buffer {
    int64_t slots;
    llvm::SmallVector<Use> copies;
  };
  /// Copy number `copy` to a buffer, for the iteration that comes `distance`
  /// after the window's (in the prologue: for iteration `distance`).
  struct Item {
    int64_t buffer, copy, distance;
  };

  CopySchedule(int64_t segments, llvm::ArrayRef<Buffer> buffers);

  /// What each of an iteration's windows issues.
  llvm::SmallVector<llvm::SmallVector<Item>> windows;
  /// Groups that may be open after each sync; negative: nothing to wait for.
  llvm::SmallVector<int64_t> pending;

  /// The first window before iteration 0, counted backwards from it: -1 is the
  /// window of the last sync before the loop.
  int64_t getFirstWindow() const;
  /// What a window before iteration 0 issues.
  llvm::SmallVector<Item> getPrologue(int64_t window) const;

private:
  /// The window, counted from iteration 0, that issues a copy for an iteration.
  int64_t getWindow(int64_t buffer, int64_t copy, int64_t iteration) const;

  int64_t segments;
  llvm::SmallVector<Buffer> buffers;
};

} // namespace kiln

#endif // KILN_MAINLOOP_COPYSCHEDULE_H
