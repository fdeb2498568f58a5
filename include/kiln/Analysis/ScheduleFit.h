//===- ScheduleFit.h - Does a schedule fit a program? ---------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_SCHEDULEFIT_H
#define KILN_ANALYSIS_SCHEDULEFIT_H

#include "kiln/Analysis/ContractionView.h"
#include "kiln/Analysis/Layouts.h"

namespace kiln {

/// The image before its zero padding, which belongs to the copy, and before
/// elementwise work, which belongs to the loads.
struct PaddedImage {
  mlir::Value source;
  /// Further tensors like it that the first op of the work reads.
  llvm::SmallVector<mlir::Value> others;
  llvm::SmallVector<int64_t> low; ///< leading padding of each dimension
  /// The work, the last op first. It is done on the zeros of the padding, too.
  llvm::SmallVector<mlir::linalg::LinalgOp> work;
  /// Work and padding, the last op first; `findChainFault` says whether the
  /// work keeps the zeros of padding behind it.
  llvm::SmallVector<mlir::Operation *> ops;
};
/// Looks through elementwise work and `tensor.pad`s by constant zeros along
/// rows and columns; failure for any other padding.
mlir::FailureOr<PaddedImage> getPaddedImage(const ContractionView &conv);

/// Elements of the widest copy unit, 16 bytes at most, that divides all of
/// `lengths`: row lengths and row offsets along the innermost dimension.
int64_t getCopyVector(mlir::Type element, llvm::ArrayRef<int64_t> lengths);

/// The widest copy of image rows whose length, and the distance of whose tiles,
/// is a multiple of `lengths`, with tiles that start `offset` elements behind
/// such a multiple: units start aligned and never straddle an edge.
ImageCopy getRowCopy(mlir::Type element, llvm::ArrayRef<int64_t> lengths,
                     int64_t offset);

/// The widest copy of the image.
ImageCopy getImageCopy(ScheduleAttr schedule, const ContractionView &conv);

/// The buffers that the image's tiles are staged in.
struct ImageBuffers {
  SharedType copied; ///< filled by asynchronous copies
  SharedType read;   ///< what fragments are loaded from; `copied` itself unless
                     ///< the schedule transposes
};
ImageBuffers getImageBuffers(ScheduleAttr schedule, const ContractionView &conv,
                             ImageCopy copy);

/// Bytes of dynamic shared memory of a block: the staged operands, what the
/// reductions around `conv` need to cross warps, and slices of staged results,
/// placed as kiln-place-shared places them. Changes of layout around it stay
/// within a warp (a halved result goes back to all lanes) and need none.
int64_t getSharedBytes(ScheduleAttr schedule, const ContractionView &conv);

/// The same, or the bytes of the image's patch where that alone is more than
/// `target` has; saturates.
uint64_t getSharedDemand(ScheduleAttr schedule, TargetAttr target,
                         const ContractionView &conv);

/// Whether a result can cross shared memory: it has all that the contraction
/// computes, in whole bytes, and no thread of the tile holds copies.
bool canStageStores(ScheduleAttr schedule, const ContractionView &conv);

/// Accumulators of a thread; saturates.
uint64_t countAccumulators(ScheduleAttr schedule);
/// As many leave room for addresses and fragments.
inline constexpr uint64_t kMostAccumulators = 128;

/// Tiles of the whole result; saturates.
uint64_t countTiles(ScheduleAttr schedule, const ContractionView &conv);

/// Blocks of a launch where they are not persistent: tiles, but for channels
/// that a block walks because the kernel reduces them; saturates.
uint64_t countBlocks(ScheduleAttr schedule, const ContractionView &conv);

/// Whether the filter is an argument of the kernel, or computed elementwise in
/// it, and nothing else reads it: a packed copy can take its place.
bool canPackFilter(const ContractionView &conv);

/// Succeeds if `schedule` computes `conv` within the limits of `target`;
/// otherwise says by name and value what does not fit.
mlir::LogicalResult
checkScheduleFits(ScheduleAttr schedule, TargetAttr target,
                  const ContractionView &conv,
                  llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace kiln

#endif // KILN_ANALYSIS_SCHEDULEFIT_H
