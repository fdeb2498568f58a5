//===- TileSampling.cpp - Which tiles to run, by which blocks ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/TileSampling.h"

#include "kiln/Runtime/RandomData.h"

#include <algorithm>
#include <set>

namespace kiln::runtime {

int64_t Region::numElements() const {
  int64_t count = 1;
  for (size_t i = 0; i < begin.size(); ++i)
    count *= end[i] - begin[i];
  return count;
}

Region getWholeRegion(const Shape &shape) {
  return Region{Shape(shape.size(), 0), shape};
}

Region getTileRegion(const TileInfo &tiles, int64_t tile, const Shape &shape) {
  Region region = getWholeRegion(shape);
  Shape index = getCoordinates(tiles.grid, tile);
  for (size_t i = 0; i < index.size(); ++i) {
    int64_t dim = tiles.outputDims[i];
    region.begin[dim] = index[i] * tiles.shape[i];
    region.end[dim] = std::min(shape[dim], region.begin[dim] + tiles.shape[i]);
  }
  return region;
}

int64_t getTileOf(const TileInfo &tiles, const Shape &coordinates) {
  int64_t tile = 0;
  for (size_t i = 0; i < tiles.grid.size(); ++i)
    tile = tile * tiles.grid[i] +
           coordinates[tiles.outputDims[i]] / tiles.shape[i];
  return tile;
}

bool tilesCover(const TileInfo &tiles, const Shape &shape) {
  for (size_t i = 0; i < tiles.grid.size(); ++i) {
    int64_t dim = tiles.outputDims[i];
    if (dim >= int64_t(shape.size()))
      return false;
    int64_t size = shape[dim];
    if (size / tiles.shape[i] + (size % tiles.shape[i] != 0) != tiles.grid[i])
      return false;
  }
  return true;
}

const TileInfo *findOutputTiles(const Plan &plan, const KernelInfo &kernel,
                                size_t output) {
  for (const auto &[buffer, tiles] : kernel.tiles)
    if (plan.buffers[buffer].kind == BufferKind::Output &&
        plan.buffers[buffer].index == output)
      return &tiles;
  return nullptr;
}

void forEachRun(const Region &region, const Shape &shape,
                const std::function<void(int64_t, int64_t)> &run) {
  if (region.numElements() == 0)
    return;
  // Inner dimensions that are covered whole join the run.
  size_t outer = shape.size();
  int64_t length = 1;
  while (outer > 0) {
    --outer;
    length *= region.end[outer] - region.begin[outer];
    if (region.begin[outer] != 0 || region.end[outer] != shape[outer])
      break;
  }
  Shape index = region.begin;
  for (;;) {
    int64_t offset = 0;
    for (size_t i = 0; i < shape.size(); ++i)
      offset = offset * shape[i] + index[i];
    run(offset, length);
    size_t dim = outer;
    while (dim > 0) {
      --dim;
      if (++index[dim] < region.end[dim])
        break;
      index[dim] = region.begin[dim];
      if (dim == 0)
        return;
    }
    if (outer == 0)
      return;
  }
}

/// The row-major number of a tile index.
static int64_t linearize(const Shape &grid, const Shape &index) {
  int64_t tile = 0;
  for (size_t i = 0; i < grid.size(); ++i)
    tile = tile * grid[i] + index[i];
  return tile;
}

std::vector<int64_t> chooseTiles(const TileInfo &tiles, int64_t count,
                                 uint64_t seed) {
  count = std::min(count, tiles.count);
  std::vector<int64_t> chosen;
  std::set<int64_t> seen;
  auto add = [&](int64_t tile) {
    if (int64_t(chosen.size()) < count && seen.insert(tile).second)
      chosen.push_back(tile);
  };
  // Opposite corners first: few tiles then already touch every border.
  size_t rank = tiles.grid.size();
  int64_t corners = int64_t(1) << std::min<size_t>(rank, 8);
  auto getCorner = [&](int64_t bits) {
    Shape index(rank);
    for (size_t i = 0; i < rank; ++i)
      index[i] = (bits >> std::min<size_t>(i, 62)) & 1 ? tiles.grid[i] - 1 : 0;
    return index;
  };
  for (int64_t bits = 0; bits < (corners + 1) / 2; ++bits) {
    add(linearize(tiles.grid, getCorner(bits)));
    add(linearize(tiles.grid, getCorner(corners - 1 - bits)));
  }
  for (size_t dim = 0; dim < rank; ++dim)
    for (int64_t bits = 0; bits < corners; ++bits) {
      Shape index = getCorner(bits);
      index[dim] = tiles.grid[dim] / 2;
      add(linearize(tiles.grid, index));
    }
  // A stream of its own, apart from those of the inputs.
  constexpr uint64_t stream = ~uint64_t(0);
  for (int64_t i = 0; int64_t(chosen.size()) < count && i / 64 < count; ++i)
    add(randomBelow(seed, stream, i, tiles.count));
  // When nearly all tiles are wanted, chance finds the last ones too slowly.
  for (int64_t tile = 0; int64_t(chosen.size()) < count; ++tile)
    add(tile);
  return chosen;
}

Result<std::vector<TileLaunch>>
planTileLaunches(const KernelInfo &kernel, const std::vector<int64_t> &chosen) {
  int64_t count = kernel.numTiles();
  auto grid = kernel.evaluateGrid(1);
  if (grid.failed())
    return grid.error();
  if (!kernel.isPersistent()) {
    if ((*grid)[0] * (*grid)[1] * (*grid)[2] != count)
      return makeError("kernel ", kernel.name, " has ", count,
                       " tiles, but a grid of ",
                       toString(Shape(grid->begin(), grid->end())),
                       " blocks: its tiles cannot be run alone");
    return std::vector<TileLaunch>{TileLaunch{*grid, 1, chosen, chosen}};
  }
  if ((*grid)[1] != 1 || (*grid)[2] != 1)
    return makeError("kernel ", kernel.name,
                     " is persistent, but its grid has "
                     "more than one dimension");
  std::vector<TileLaunch> launches;
  for (int64_t perBlock : {3, 2, 1}) {
    int64_t blocks = (count + perBlock - 1) / perBlock;
    bool repeated = false;
    for (const TileLaunch &launch : launches)
      repeated |= launch.grid[0] == blocks;
    if (!repeated)
      launches.push_back(
          TileLaunch{{blocks, 1, 1}, (count + blocks - 1) / blocks, {}, {}});
  }
  std::set<int64_t> computed;
  size_t next = 0;
  for (int64_t tile : chosen) {
    if (computed.count(tile))
      continue;
    // A block is run in one launch once; its tiles may repeat in another.
    TileLaunch &launch = launches[next++ % launches.size()];
    int64_t block = tile % launch.grid[0];
    launch.blocks.push_back(block);
    for (int64_t t = block; t < count; t += launch.grid[0]) {
      launch.tiles.push_back(t);
      computed.insert(t);
    }
  }
  std::erase_if(launches,
                [](const TileLaunch &launch) { return launch.blocks.empty(); });
  return launches;
}

int64_t chooseSmCount(const KernelInfo &kernel) {
  if (kernel.tiles.empty())
    return 4;
  for (int64_t smCount = 4; smCount > 1; --smCount) {
    auto grid = kernel.evaluateGrid(smCount);
    if (!grid.failed() && (*grid)[0] * 3 <= kernel.numTiles())
      return smCount;
  }
  return 1;
}

} // namespace kiln::runtime
