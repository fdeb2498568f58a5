//===- TileSampling.h - Which tiles to run, by which blocks -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TILESAMPLING_H
#define KILN_RUNTIME_TILESAMPLING_H

#include "kiln/Runtime/Artifact.h"

namespace kiln::runtime {

/// A box of an output: begin <= coordinate < end.
struct Region {
  Shape begin, end;
  int64_t numElements() const;
};

/// All of a tensor.
Region getWholeRegion(const Shape &shape);
/// What tile `tile` covers of an output of shape `shape`.
Region getTileRegion(const TileInfo &tiles, int64_t tile, const Shape &shape);
/// The tile that makes an element.
int64_t getTileOf(const TileInfo &tiles, const Shape &coordinates);
/// Whether the tiles cover each element of a tensor of this shape once.
bool tilesCover(const TileInfo &tiles, const Shape &shape);
/// How `kernel` cuts an output of the plan into tiles; null where that is not
/// described.
const TileInfo *findOutputTiles(const Plan &plan, const KernelInfo &kernel,
                                size_t output);

/// Calls run(offset, length) for each contiguous run of elements, in row-major
/// order.
void forEachRun(const Region &region, const Shape &shape,
                const std::function<void(int64_t, int64_t)> &run);

/// Chooses up to `count` tiles without repetition: the corners of the tile
/// grid, the middles of its edges, then pseudo-random ones.
std::vector<int64_t> chooseTiles(const TileInfo &tiles, int64_t count,
                                 uint64_t seed);

/// One launch of some blocks of a kernel.
struct TileLaunch {
  std::array<int64_t, 3> grid;
  int64_t tilesPerBlock; // at most
  std::vector<int64_t> blocks;
  std::vector<int64_t> tiles; // all that the blocks compute
};

/// Launches that compute the chosen tiles. The blocks of a persistent kernel
/// run 3, 2 or 1 tiles, so that the steps from tile to tile are exercised; the
/// other tiles of those blocks come along.
Result<std::vector<TileLaunch>>
planTileLaunches(const KernelInfo &kernel, const std::vector<int64_t> &chosen);

/// Multiprocessors to pretend for a full run: the most, up to 4, with which
/// some block runs at least 3 tiles.
int64_t chooseSmCount(const KernelInfo &kernel);

} // namespace kiln::runtime

#endif // KILN_RUNTIME_TILESAMPLING_H
