//===- SearchSpaceTest.cpp - The schedules to choose from -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "SchedulingTest.h"

#include "kiln/Scheduling/SearchSpace.h"

#include "llvm/ADT/DenseSet.h"

#include <set>

using namespace mlir;
using namespace kiln;

namespace {

class SearchSpaceTest : public SchedulingTest {
protected:
  SearchSpace create(KernelOp kernel) {
    FailureOr<SearchSpace> space =
        SearchSpace::create(kernel, getTarget(), Precision::TF32);
    if (failed(space))
      llvm::report_fatal_error("the test's kernel has no space");
    return *space;
  }

  void expectStable(KernelOp kernel) {
    SearchSpace space = create(kernel);
    SmallVector<Candidate> list = space.enumerate();
    EXPECT_EQ(list.size(), size_t(SearchSpace::kDefaultLimit));
    EXPECT_EQ(list[0].schedule, space.getChoice());
    EXPECT_EQ(list[1].schedule, space.getBaseline());
    DenseSet<KernelSchedule> seen;
    for (const Candidate &candidate : list)
      EXPECT_TRUE(seen.insert(candidate.schedule).second);
    FailureOr<SmallVector<Candidate>> again =
        SearchSpace::enumerate(kernel, getTarget(), Precision::TF32, 100);
    ASSERT_TRUE(succeeded(again));
    ASSERT_EQ(again->size(), 100u);
    for (auto [left, right] :
         llvm::zip_equal(*again, ArrayRef(list).take_front(100))) {
      EXPECT_EQ(left.schedule, right.schedule);
      EXPECT_EQ(left.pruned, right.pruned);
    }
  }

  /// Whoever is a neighbour has the origin as one.
  void expectSymmetric(const SearchSpace &space) {
    int64_t count = 0;
    for (const Candidate &candidate : space.enumerate(60))
      for (KernelSchedule neighbour : space.getNeighbours(candidate.schedule)) {
        ++count;
        std::string text;
        llvm::raw_string_ostream(text)
            << candidate.schedule << " -> " << neighbour;
        EXPECT_TRUE(llvm::is_contained(space.getNeighbours(neighbour),
                                       candidate.schedule))
            << text;
      }
    EXPECT_GT(count, 500);
  }
};

TEST_F(SearchSpaceTest, OrderIsStableAndLimitIsAPrefix) {
  expectStable(parseConv());
  expectStable(parseRowSums());
}

TEST_F(SearchSpaceTest, NeighboursKnowEachOther) {
  expectSymmetric(create(parseConv()));
  expectSymmetric(create(parseRowSums()));
}

TEST_F(SearchSpaceTest, CoversWhatIsDeclared) {
  std::set<int64_t> warps, stages, ring, channels, rows, columns, chunk;
  std::set<int64_t> persistent, evenOdd, lookahead;
  for (const Candidate &candidate : create(parseConv()).enumerate()) {
    if (!candidate.fits())
      continue;
    auto schedule = cast<ScheduleAttr>(candidate.schedule);
    warps.insert(schedule.getThreads() / 32);
    stages.insert(schedule.getStages());
    ring.insert(schedule.getRing());
    channels.insert(schedule.getTile()[0]);
    rows.insert(schedule.getTile()[1]);
    columns.insert(schedule.getTile()[2]);
    chunk.insert(schedule.getChunk());
    persistent.insert(schedule.getPersistent());
    evenOdd.insert(schedule.getColumns() == Columns::EvenOdd);
    lookahead.insert(schedule.getLookahead());
    // The four fields that hide latency go together.
    EXPECT_EQ(schedule.getLookahead() > 0, schedule.getEarlyBarrier());
    if (schedule.getLookahead() == 0) {
      EXPECT_EQ(schedule.getSpread(), 1);
      EXPECT_FALSE(schedule.getPeel());
    }
  }
  using Set = std::set<int64_t>;
  auto includes = [](const Set &set, const Set &part) {
    return std::includes(set.begin(), set.end(), part.begin(), part.end());
  };
  EXPECT_TRUE(includes(warps, {2, 4, 8}));
  EXPECT_EQ(stages, (Set{1, 2, 3}));
  EXPECT_TRUE(includes(ring, {0, 2, 3, 4}));
  EXPECT_TRUE(includes(channels, {32, 64, 128}));
  EXPECT_TRUE(includes(rows, {1, 2, 4, 8}));
  EXPECT_TRUE(includes(columns, {16, 32, 64}));
  EXPECT_TRUE(includes(chunk, {8, 16}));
  for (const Set &field : {persistent, evenOdd, lookahead})
    EXPECT_EQ(field, (Set{0, 1}));
}

// Threads go from axis to axis, and the block grows and shrinks with them.
TEST_F(SearchSpaceTest, CoversLoops) {
  std::set<int64_t> blocks, threads, tiles, vectors;
  for (const Candidate &candidate : create(parseRowSums()).enumerate()) {
    if (!candidate.fits())
      continue;
    auto schedule = cast<LoopScheduleAttr>(candidate.schedule);
    blocks.insert(schedule.getBlock());
    threads.insert(schedule.getThreadsOf(0).size);
    tiles.insert(schedule.getTile()[1]);
    vectors.insert(schedule.getVector()[1]);
  }
  EXPECT_EQ(blocks, (std::set<int64_t>{32, 64, 128, 256, 512}));
  EXPECT_GT(threads.size(), 3u);
  EXPECT_GT(tiles.size(), 3u);
  EXPECT_EQ(vectors, (std::set<int64_t>{1, 2, 4, 8}));
}

TEST_F(SearchSpaceTest, PrunesByNameAndValue) {
  SearchSpace space = create(parseConv());
  EXPECT_EQ(space.check(parseSchedule(
                "#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, "
                "8, 32], chunk = 8, warps = [2, 1, 2], halving = true, "
                "paired_stores = true>")),
            "tile = [128, 8, 32] needs 256 accumulators a thread, at most 128 "
            "fit");
  EXPECT_EQ(space.check(space.getChoice()), "");
  EXPECT_EQ(create(parseRowSums())
                .check(parseSchedule(
                    "#kiln.loop_schedule<tile = [64, 64], threads = [[4:64], "
                    "[64:1]], vector = [1, 1], block = 256>")),
            "");
}

} // namespace
