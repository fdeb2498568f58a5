//===- StagedStore.h - Results through shared memory ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// How a tile leaves a block where `stores = staged`: it is cut into slices,
/// sets of registers that every thread has; a slice is written to shared
/// memory, and pieces of it are read back in the order of memory, so that
/// neighbouring lanes hold neighbouring elements. Both ways are linear layouts,
/// and a slice is a choice of register bits (Zhou et al., "Linear Layouts",
/// arXiv 2505.23819).
///
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_STAGEDSTORE_H
#define KILN_ANALYSIS_STAGEDSTORE_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include <optional>

namespace kiln {

/// Whether elements are whole bytes in memory: only such tiles are staged.
inline bool hasWholeBytes(mlir::Type element) {
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
}

struct StagedStore {
  /// Place of each element of the tile; slices share places.
  SharedLayoutAttr buffer;
  /// Who holds which element of a piece, a box of the tile: units of `vector`
  /// elements, lane after lane along the rows of the tile.
  LayoutAttr piece;
  int64_t vector;
  /// Coordinates in the tile at which slices start, and from there those at
  /// which pieces start.
  llvm::SmallVector<llvm::SmallVector<int64_t>> slices, pieces;
};

/// For a tile that is held so, in row-major memory, of elements of so many
/// bytes that may be stored in units of `vector`. Nothing where threads hold
/// copies, or more than a step a bit: such a tile is stored as it is held.
std::optional<StagedStore>
planStagedStore(LayoutAttr held, int64_t elementBytes, int64_t vector);

/// Shared-memory wavefronts of a warp that loads or stores registers of
/// `layout` in units of `vector` elements: 16 bytes take a fourth of the lanes
/// at a time, 8 bytes half of them. `unit` are the register bits of a unit.
int64_t countWavefronts(LayoutAttr layout, SharedLayoutAttr shared,
                        int64_t elementBytes, int64_t vector);

/// Elements that a thread moves at once between registers of `layout` and
/// `shared`, as numbers of its register bits from the first neighbour's: up to
/// 16 bytes that lie next to one another and start aligned in every thread.
llvm::SmallVector<int64_t>
getSharedUnit(LayoutAttr layout, SharedLayoutAttr shared, int64_t elementBytes);

} // namespace kiln

#endif // KILN_ANALYSIS_STAGEDSTORE_H
