//===- Layouts.h - Layouts that a schedule asks for -----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The fragment layouts are those of the PTX ISA, section "Matrix fragments for
// mma.m16n8k8 / mma.m16n8k16". Output channels are the M dimension (the filter
// is A), positions the N dimension (the image is B).
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_LAYOUTS_H
#define KILN_ANALYSIS_LAYOUTS_H

#include "kiln/Analysis/ContractionView.h"

namespace kiln {

/// Register layouts of one multiply step (a chunk's slice of
/// `getInstructionK()` channels at one tap) in the dimensions of the filter,
/// the image and the output; the filter's kernel dimensions have extent 1.
struct OperandLayouts {
  LayoutAttr filter, image, out;
};
OperandLayouts getOperandLayouts(ScheduleAttr schedule,
                                 const ContractionView &conv);

/// Whether neighbouring taps lie in one column of the kernel, or in one row.
/// Plain fragments are rows of the image, which neighbouring kernel rows share;
/// even/odd fragments are pairs of columns, shared by kernel columns.
bool isKernelRowInner(ScheduleAttr schedule);

/// Fragment order of a chunk of the filter: [tap][k-step][the fragments of
/// `filter`, so that each lane's 16 bytes are contiguous], taps in the order in
/// which they are multiplied.
SharedLayoutAttr getPackedFilterLayout(ScheduleAttr schedule,
                                       const ContractionView &conv);

/// A chunk of the filter as it lies in memory, row-major.
SharedLayoutAttr getStridedFilterLayout(ScheduleAttr schedule,
                                        const ContractionView &conv);

/// Parts of a chunk of the packed filter that a ring stages one by one: the
/// outermost index of its taps, or of its k-steps where there is one tap.
int64_t getRingParts(ScheduleAttr schedule, const ContractionView &conv);

/// How a tile of the image is copied.
struct ImageCopy {
  /// Elements of a unit: what one copy moves, 16 bytes at most.
  int64_t vector = 1;
  /// Columns that are copied before the first that is wanted, so that padded
  /// rows start with a whole aligned unit. Fewer than `vector`.
  int64_t lead = 0;
};

/// The halo patch of a tile and chunk that fragments are loaded from, behind
/// `copy.lead` columns. Rows (or channels, where they are innermost) are padded
/// to whole copy units, and planes so that fragment loads meet the fewest bank
/// conflicts. A transposed patch has its channels innermost and rows of whole
/// matrices.
SharedLayoutAttr getImageLayout(ScheduleAttr schedule,
                                const ContractionView &conv, ImageCopy copy);

/// The patch before it is transposed: as it lies in memory, with planes apart
/// so that the rows of a matrix lie in different banks.
SharedLayoutAttr getUntransposedImageLayout(ScheduleAttr schedule,
                                            const ContractionView &conv,
                                            ImageCopy copy);

/// Wavefronts in which shared memory serves these 32-bit words at a time:
/// different words in one bank follow one another, the same word is read once.
int64_t countWavefronts(llvm::ArrayRef<int64_t> words);

/// Shared-memory wavefronts of one load of `registers`' first element by a
/// warp, in units of 32-bit words: 1 means no conflict.
int64_t getBankConflicts(LayoutAttr registers, SharedLayoutAttr shared,
                         int64_t elementBytes, llvm::ArrayRef<int64_t> strides);

/// The layout of a value that `map` (a projected permutation, constants
/// allowed) reads at the coordinates of `layout`; bits that add nothing are
/// dropped from the registers and kept as zero steps in lanes and warps.
LayoutAttr projectLayout(LayoutAttr layout, mlir::AffineMap map);

} // namespace kiln

#endif // KILN_ANALYSIS_LAYOUTS_H
