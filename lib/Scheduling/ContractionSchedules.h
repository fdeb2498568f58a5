//===- ContractionSchedules.h - Builds schedules of contractions -*- C++
//-*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// How a schedule is made of a few decisions. The rules and the search space
/// share it, so that a field that follows from others is the same in both.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_CONTRACTIONSCHEDULES_H
#define KILN_LIB_SCHEDULING_CONTRACTIONSCHEDULES_H

#include "kiln/Scheduling/Rules.h"

namespace kiln {

/// The fields of a #kiln.schedule that are decided; the others follow.
struct Decision {
  Contraction contraction;
  llvm::SmallVector<int64_t> tile;
  int64_t chunk;
  llvm::SmallVector<int64_t> warps;
  int64_t stages;
  bool persistent;
  Columns columns;
  int64_t ring;
  bool transpose;
  Stores stores = Stores::Direct;
  Channels channels = Channels::Plain;
};

/// The schedule of `decision`, with packed weights where they can be packed.
/// `ahead`: with two stages or more, fragments are loaded one k-step ahead and
/// copies are spread, by as much as pays. Null where a ring would not make the
/// staged filter smaller.
ScheduleAttr completeSchedule(const ContractionView &conv,
                              const Decision &decision, bool ahead = true);

/// What the rules decide before they look for a size that fits.
struct Choice {
  Contraction contraction;
  /// Whether every output is stored, and the stores are not short beside the
  /// main loop: they are staged, or channels lie so that lanes store whole
  /// units.
  bool stores;
  bool transpose;
  Columns columns;
  /// Columns of a warp, at least.
  int64_t warpColumns;
  /// Of the widest result.
  int64_t elementBytes;
  Channels channels = Channels::Plain;
};

Choice selectChoice(const ContractionView &conv, Contraction contraction,
                    int64_t elementBytes, bool stores);

/// For the kernel around `conv`.
mlir::FailureOr<Choice>
selectChoice(const ContractionView &conv, Precision precision,
             llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

/// The size of a schedule that is tried.
struct Attempt {
  int64_t filters, warpPositions, stages, chunk, warps = 8;
  int64_t columns = 32;     ///< of a tile, at most
  int64_t warpFilters = 64; ///< output channels of a warp, at most
  /// Columns of a warp, at least; 0: those of the choice.
  int64_t warpColumns = 0;
};

/// Positions that a warp owns, at most: of split operands a fragment takes
/// twice the registers, and each is multiplied three times, so that half the
/// accumulators still keep the loads short beside the multiplies.
int64_t getMostWarpPositions(Contraction contraction);

/// The schedule of `choice` and `attempt`; null where a ring does not pay.
ScheduleAttr buildSchedule(const ContractionView &conv, const Choice &choice,
                           const Attempt &attempt, int64_t ring);

/// Where tiles of the usual size, such as those of `usual`, do not fill the
/// card: of smaller tiles that do, and of more blocks for a kernel that
/// reduces, the schedule that the performance model expects to be the fastest.
/// Null where the usual tiles fill it, or none do.
ScheduleAttr selectForSmallGrid(const ContractionView &conv, TargetAttr target,
                                const Choice &choice, ScheduleAttr usual);

/// Whether a schedule computes `conv` on `target`.
bool fits(ScheduleAttr schedule, TargetAttr target,
          const ContractionView &conv);

/// What the rules try for `conv`, in their order, then what they would try if
/// the kernel stored where it reduces, or the other way round; empty where no
/// instruction takes its element types.
llvm::SmallVector<ScheduleAttr> getTried(const ContractionView &conv,
                                         Precision precision);

/// Output channels of the largest tile: up to 128 all of them, padded to a
/// power of two; beyond, 128 or 64, whichever pads less. Tiles of 256 have half
/// the positions, and with 3x3 kernels were 10 % slower than two of 128.
int64_t selectFilterTile(const ContractionView &conv);

/// The same for a result that keeps its channels, which any tile may split.
int64_t selectStoredFilterTile(const ContractionView &conv);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_CONTRACTIONSCHEDULES_H
