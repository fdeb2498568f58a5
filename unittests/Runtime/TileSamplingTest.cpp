//===- TileSamplingTest.cpp - Tests of the choice of tiles ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/TileSampling.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace kiln::runtime;

static KernelInfo makeKernel(Shape grid, const char *expression) {
  KernelInfo kernel;
  kernel.name = "k";
  kernel.grid = {expression, "1", "1"};
  kernel.block = {32, 1, 1};
  TileInfo tiles;
  tiles.count = *getNumElements(grid);
  tiles.grid = grid;
  tiles.shape.assign(grid.size(), 1);
  for (size_t i = 0; i < grid.size(); ++i)
    tiles.outputDims.push_back(int64_t(i));
  kernel.tiles.emplace(0, tiles);
  return kernel;
}

/// Each element belongs to the region of one tile, the one that it names.
static void expectPartition(const TileInfo &tiles, const Shape &shape) {
  std::vector<int> seen(*getNumElements(shape));
  for (int64_t tile = 0; tile < tiles.count; ++tile) {
    Region region = getTileRegion(tiles, tile, shape);
    int64_t count = 0;
    forEachRun(region, shape, [&](int64_t offset, int64_t length) {
      count += length;
      for (int64_t i = offset; i < offset + length; ++i) {
        ++seen[i];
        EXPECT_EQ(getTileOf(tiles, getCoordinates(shape, i)), tile);
      }
    });
    EXPECT_EQ(count, region.numElements());
  }
  for (int count : seen)
    EXPECT_EQ(count, 1);
}

TEST(TileSampling, RegionsPartitionTheOutput) {
  TileInfo tiles{3 * 4, {3, 4}, {2, 3}, {0, 2}};
  Shape shape = {5, 2, 11};
  ASSERT_TRUE(tilesCover(tiles, shape));
  EXPECT_FALSE(tilesCover(tiles, {7, 2, 11}));
  EXPECT_FALSE(tilesCover(tiles, {5, 11}));
  expectPartition(tiles, shape);
}

TEST(TileSampling, TilesBelongToAnOutput) {
  Plan plan;
  plan.buffers = {{BufferKind::Input, 0},
                  {BufferKind::Output, 1},
                  {BufferKind::Workspace},
                  {BufferKind::Output, 0}};
  KernelInfo kernel;
  kernel.tiles = {{1, {2, {2}, {4}, {0}}}, {2, {2, {2}, {9}, {0}}}};
  EXPECT_EQ(findOutputTiles(plan, kernel, 0), nullptr);
  ASSERT_NE(findOutputTiles(plan, kernel, 1), nullptr);
  EXPECT_EQ(findOutputTiles(plan, kernel, 1)->shape, (Shape{4}));
}

// Channels of an NCHW output are numbered first, though they are dimension 1.
TEST(TileSampling, DimensionsComeInAnyOrder) {
  TileInfo tiles{2 * 2 * 3, {2, 2, 3}, {1, 4, 2}, {0, 2, 1}};
  Shape shape = {2, 5, 7};
  ASSERT_TRUE(tilesCover(tiles, shape));
  expectPartition(tiles, shape);
  Region second = getTileRegion(tiles, 1, shape);
  EXPECT_EQ(second.begin, (Shape{0, 2, 0}));
  EXPECT_EQ(second.end, (Shape{1, 4, 4}));
}

TEST(TileSampling, RunsAreAsLongAsTheyCanBe) {
  auto count = [](Region region, Shape shape) {
    int runs = 0;
    forEachRun(region, shape, [&](int64_t, int64_t) { ++runs; });
    return runs;
  };
  EXPECT_EQ(count(getWholeRegion({4, 5, 6}), {4, 5, 6}), 1);
  EXPECT_EQ(count({{1, 0, 0}, {3, 5, 6}}, {4, 5, 6}), 1);
  EXPECT_EQ(count({{0, 1, 0}, {4, 3, 6}}, {4, 5, 6}), 4);
  EXPECT_EQ(count({{0, 0, 1}, {4, 5, 2}}, {4, 5, 6}), 20);
  EXPECT_EQ(count({{}, {}}, {}), 1);
}

TEST(TileSampling, CornersAndEdgesComeFirst) {
  KernelInfo kernel = makeKernel({64, 32, 8}, "min(16384, sm_count)");
  std::vector<int64_t> chosen = chooseTiles(kernel.tiles.at(0), 30, 1);
  ASSERT_EQ(chosen.size(), 30u);
  EXPECT_EQ(chosen[0], 0);
  EXPECT_EQ(chosen[1], 16383);
  std::set<int64_t> first(chosen.begin(), chosen.begin() + 8);
  for (int64_t n : {0, 63})
    for (int64_t h : {0, 31})
      for (int64_t w : {0, 7})
        EXPECT_TRUE(first.count((n * 32 + h) * 8 + w));
  // The middle of an edge.
  EXPECT_TRUE(std::count(chosen.begin(), chosen.begin() + 20, 4));
  EXPECT_EQ(std::set<int64_t>(chosen.begin(), chosen.end()).size(), 30u);
  EXPECT_EQ(chosen, chooseTiles(kernel.tiles.at(0), 30, 1));
  EXPECT_NE(chosen, chooseTiles(kernel.tiles.at(0), 30, 2));
}

TEST(TileSampling, ChoosesAllOfASmallGrid) {
  KernelInfo kernel = makeKernel({2, 1, 3}, "min(6, sm_count)");
  std::vector<int64_t> chosen = chooseTiles(kernel.tiles.at(0), 100, 0);
  std::sort(chosen.begin(), chosen.end());
  EXPECT_EQ(chosen, (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(TileSampling, BlocksRunOneTwoAndThreeTiles) {
  KernelInfo kernel = makeKernel({64, 32, 8}, "min(16384, sm_count)");
  std::vector<int64_t> chosen = chooseTiles(kernel.tiles.at(0), 24, 5);
  auto launches = planTileLaunches(kernel, chosen);
  ASSERT_FALSE(launches.failed()) << launches.message();
  ASSERT_EQ(launches->size(), 3u);
  std::set<int64_t> computed, positions;
  for (const TileLaunch &launch : *launches) {
    EXPECT_LE(launch.grid[0], 16384);
    EXPECT_EQ(launch.grid[0],
              (16384 + launch.tilesPerBlock - 1) / launch.tilesPerBlock);
    std::set<int64_t> blocks(launch.blocks.begin(), launch.blocks.end());
    EXPECT_EQ(blocks.size(), launch.blocks.size());
    std::set<int64_t> tiles;
    for (int64_t block : launch.blocks)
      for (int64_t t = block; t < 16384; t += launch.grid[0])
        tiles.insert(t);
    EXPECT_EQ(tiles,
              std::set<int64_t>(launch.tiles.begin(), launch.tiles.end()));
    EXPECT_EQ(tiles.size(), launch.tiles.size());
    computed.insert(tiles.begin(), tiles.end());
  }
  for (int64_t tile : chosen)
    EXPECT_TRUE(computed.count(tile));
}

TEST(TileSampling, SmallCountsGiveValidGrids) {
  for (int64_t count = 1; count < 20; ++count) {
    KernelInfo kernel = makeKernel({count}, "min(100, sm_count)");
    auto launches =
        planTileLaunches(kernel, chooseTiles(kernel.tiles.at(0), count, 0));
    ASSERT_FALSE(launches.failed());
    for (const TileLaunch &launch : *launches) {
      EXPECT_GE(launch.grid[0], 1);
      EXPECT_LE(launch.grid[0], count);
      for (int64_t block : launch.blocks)
        EXPECT_LT(block, launch.grid[0]);
    }
  }
}

TEST(TileSampling, FixedGridsKeepTheirSize) {
  KernelInfo kernel = makeKernel({6}, "6");
  auto launches = planTileLaunches(kernel, {0, 5});
  ASSERT_FALSE(launches.failed());
  ASSERT_EQ(launches->size(), 1u);
  EXPECT_EQ((*launches)[0].grid[0], 6);
  kernel.grid[0] = "5";
  EXPECT_TRUE(planTileLaunches(kernel, {0}).failed());
}

TEST(TileSampling, FullRunsStepFromTileToTile) {
  EXPECT_EQ(chooseSmCount(makeKernel({100}, "min(100, sm_count)")), 4);
  EXPECT_EQ(chooseSmCount(makeKernel({9}, "min(9, sm_count)")), 3);
  EXPECT_EQ(chooseSmCount(makeKernel({12}, "min(12, sm_count * 2)")), 2);
  EXPECT_EQ(chooseSmCount(makeKernel({1}, "min(1, sm_count)")), 1);
}
