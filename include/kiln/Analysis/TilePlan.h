//===- TilePlan.h - How a schedule cuts a kernel's space ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_TILEPLAN_H
#define KILN_ANALYSIS_TILEPLAN_H

#include "kiln/Analysis/KernelSpace.h"

namespace kiln {

/// What a block does along one axis.
struct AxisTile {
  enum class Kind {
    Blocks, ///< blocks lie along it, each has one tile
    Held,   ///< the block's tile holds all of it
    Walked, ///< the block loops over its tiles
  };
  Kind kind = Kind::Walked;
  int64_t extent = 1;
  int64_t tile = 1;

  bool isPadded() const { return extent % tile != 0; }
};

struct TilePlan {
  /// By the axis' number in the space.
  llvm::SmallVector<AxisTile> axes;
  /// Those that blocks lie along, in the order in which tiles are numbered, the
  /// fastest last.
  llvm::SmallVector<int> blocks;
};

/// How `schedule` lays tiles over `space`, whose kernel has these results; says
/// what does not match otherwise. A loop schedule is for a space that was not
/// analyzed around a contraction.
mlir::FailureOr<TilePlan>
getTilePlan(KernelSchedule schedule, const KernelSpace &space,
            mlir::ValueRange results,
            llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The layout of a tile in a kernel with a loop schedule; `axes` has that of
/// each of its dimensions, or `KernelSpace::kUnit`. A value over fewer axes is
/// held in copies by the threads that differ along the others.
LayoutAttr getLoopLayout(LoopScheduleAttr schedule, const KernelSpace &space,
                         llvm::ArrayRef<int> axes);

} // namespace kiln

#endif // KILN_ANALYSIS_TILEPLAN_H
