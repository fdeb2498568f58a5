//===- ProposalsTest.cpp - From a diagnosis to a schedule -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProfilingTest.h"

using namespace kiln;
using namespace kiln::profiling;

namespace {
constexpr llvm::StringLiteral kSimple =
    "#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], "
    "chunk = 8, warps = [2, 2, 2], persistent = false>";
constexpr llvm::StringLiteral kLoops =
    "#kiln.loop_schedule<tile = [4, 64], threads = [[4:64], [64:1]], "
    "vector = [1, 1], block = 256>";

class ProposalsTest : public ProfilingTest {
protected:
  KernelFacts getScheduled(llvm::StringRef schedule) {
    KernelFacts facts = getFacts();
    facts.schedule = parse(schedule);
    return facts;
  }
  /// "stages 2 -> 3; ...", one a proposal.
  static std::string describe(const Diagnosis &diagnosis) {
    std::string text;
    for (const Proposal &proposal : diagnosis.proposals) {
      text += text.empty() ? "" : "; ";
      for (auto [i, change] : llvm::enumerate(proposal.changes))
        text += (i ? ", " : "") + change.field + " " + change.from + " -> " +
                change.to;
    }
    return text;
  }
  static KernelProfile getLatency(llvm::StringRef stall) {
    KernelProfile profile = make({{Metric::SmThroughput, 20},
                                  {Metric::DramThroughput, 10},
                                  {Metric::WarpsActive, 16.6}});
    if (!stall.empty())
      profile.stalls[stall.str()] = 1;
    return profile;
  }
};
} // namespace

TEST_F(ProposalsTest, NoneWithoutSchedule) {
  Diagnosis diagnosis = diagnose(getLatency(""), getFacts());
  EXPECT_TRUE(diagnosis.proposals.empty());
  EXPECT_FALSE(diagnosis.proposed);
}

TEST_F(ProposalsTest, LatencyByStall) {
  auto by = [&](llvm::StringRef stall) {
    return describe(diagnose(getLatency(stall), getScheduled(kSimple)));
  };
  EXPECT_EQ(by("long_scoreboard"), "stages 2 -> 3");
  EXPECT_EQ(by("short_scoreboard"),
            "lookahead 0 -> 1, early_barrier false -> true");
  EXPECT_EQ(by("barrier"), "lookahead 0 -> 1, early_barrier false -> true");
  EXPECT_EQ(by(""), "lookahead 0 -> 1, early_barrier false -> true; "
                    "stages 2 -> 3");
}

TEST_F(ProposalsTest, QueuesThatAreFull) {
  std::string ahead = kSimple.drop_back().str() +
                      ", lookahead = 1, early_barrier = true, spread = 2>";
  for (llvm::StringRef stall : {"mio_throttle", "lg_throttle"})
    EXPECT_EQ(describe(diagnose(getLatency(stall), getScheduled(ahead))),
              "spread 2 -> 3");
}

TEST_F(ProposalsTest, ProposedIsAllTogether) {
  Diagnosis diagnosis = diagnose(getLatency(""), getScheduled(kSimple));
  auto proposed = llvm::cast<ScheduleAttr>(diagnosis.proposed);
  EXPECT_EQ(proposed.getStages(), 3);
  EXPECT_EQ(proposed.getLookahead(), 1);
  EXPECT_TRUE(proposed.getEarlyBarrier());
}

TEST_F(ProposalsTest, WhatDoesNotFitIsNotProposed) {
  KernelFacts facts = getScheduled(kSimple);
  facts.check = [](KernelSchedule schedule) {
    return schedule.getNumStages() > 2 ? "too much shared memory" : "";
  };
  EXPECT_EQ(describe(diagnose(getLatency("long_scoreboard"), facts)), "");
}

// Of several steps with one purpose the one that the model expects to be
// fastest.
TEST_F(ProposalsTest, FastestStep) {
  KernelFacts facts = getScheduled(kSimple);
  KernelProfile profile = make({{Metric::L2Throughput, 90}});
  EXPECT_EQ(describe(diagnose(profile, facts)),
            "tile [128, 8, 32] -> [256, 8, 32]");
  facts.predict = [](KernelSchedule schedule) -> std::optional<double> {
    auto tile = llvm::cast<ScheduleAttr>(schedule).getTile();
    return tile[2] == 64 ? 1.9 : 2.0;
  };
  Diagnosis diagnosis = diagnose(profile, facts);
  EXPECT_EQ(describe(diagnosis), "tile [128, 8, 32] -> [128, 8, 64]");
  EXPECT_EQ(diagnosis.proposals.front().reason,
            "larger tiles read their operands less often; the model expects "
            "5.0 % less time");
}

// A prediction that asks for what the same model expects to be slower.
TEST_F(ProposalsTest, SlowerByItsOwnModel) {
  KernelFacts facts = getScheduled(kSimple);
  KernelProfile profile = make({{Metric::L2Throughput, 90}});
  double larger = 2.1;
  facts.predict = [&](KernelSchedule schedule) -> std::optional<double> {
    return schedule == facts.schedule ? 2.0 : larger;
  };
  EXPECT_NE(describe(diagnose(profile, facts)), "");
  facts.isPrediction = true;
  Diagnosis diagnosis = diagnose(profile, facts);
  EXPECT_EQ(describe(diagnosis), "");
  EXPECT_FALSE(diagnosis.proposed);
  larger = 2.0;
  EXPECT_NE(describe(diagnose(profile, facts)), "");
}

// A full tensor pipe is helped by no step, one that waits is.
TEST_F(ProposalsTest, TensorPipe) {
  EXPECT_EQ(describe(diagnose(make({{Metric::TensorPipe, 45.1}}),
                              getScheduled(kSimple))),
            "");
  EXPECT_EQ(describe(diagnose(make({{Metric::TensorPipe, 44.9}}),
                              getScheduled(kSimple))),
            "lookahead 0 -> 1, early_barrier false -> true; stages 2 -> 3");
}

TEST_F(ProposalsTest, OneBlockOfAMultiprocessor) {
  KernelProfile profile = getLatency("wait");
  profile.values[Metric::LimitRegisters] = 1;
  EXPECT_EQ(describe(diagnose(profile, getScheduled(kSimple))),
            "tile [128, 8, 32] -> [64, 8, 32], warps [2, 2, 2] -> [1, 2, 2]");
  profile.values[Metric::LimitRegisters] = 2;
  EXPECT_EQ(describe(diagnose(profile, getScheduled(kSimple))), "");
}

TEST_F(ProposalsTest, Spills) {
  KernelFacts facts = getScheduled(kSimple);
  facts.spillBytes = 24;
  EXPECT_EQ(describe(diagnose(getLatency("wait"), facts)),
            "tile [128, 8, 32] -> [64, 8, 32]");
}

TEST_F(ProposalsTest, SharedMemory) {
  KernelProfile profile = make({{Metric::SharedWavefronts, 85}});
  KernelFacts facts = getScheduled(kSimple);
  facts.registers = 129;
  EXPECT_EQ(describe(diagnose(profile, facts)), "columns plain -> even_odd");
  facts.registers = 128;
  EXPECT_EQ(describe(diagnose(profile, facts)),
            "columns plain -> even_odd; tile [128, 8, 32] -> [256, 8, 32]");
}

TEST_F(ProposalsTest, MemoryThatIsReadTwice) {
  KernelFacts facts = getScheduled(kSimple);
  facts.bytes = 1e9;
  KernelProfile profile = make({{Metric::DramThroughput, 90},
                                {Metric::DramBytes, 1.21e9},
                                {Metric::L2HitRate, 50}});
  Diagnosis diagnosis = diagnose(profile, facts);
  EXPECT_EQ(describe(diagnosis), "tile [128, 8, 32] -> [256, 8, 32]");
  EXPECT_EQ(diagnosis.proposals.front().reason,
            "larger tiles read their operands less often; 50.0 % of the "
            "sectors are found in L2");
  profile.values[Metric::DramBytes] = 1.2e9;
  EXPECT_EQ(describe(diagnose(profile, facts)), "");
}

TEST_F(ProposalsTest, TailAndFewBlocks) {
  KernelProfile tail = make({{Metric::GridSize, 130},
                             {Metric::LimitShared, 1},
                             {Metric::SmThroughput, 30}});
  EXPECT_EQ(describe(diagnose(tail, getScheduled(kSimple))),
            "tile [128, 8, 32] -> [64, 8, 32]");
  KernelProfile few = make({{Metric::GridSize, 4}});
  EXPECT_EQ(describe(diagnose(few, getScheduled(kSimple))),
            "tile [128, 8, 32] -> [64, 8, 32]");
  // A short kernel is not changed by its tile.
  KernelProfile brief = make({{Metric::DurationNs, 2000}});
  EXPECT_EQ(describe(diagnose(brief, getScheduled(kSimple))), "");
}

TEST_F(ProposalsTest, Loops) {
  EXPECT_EQ(describe(diagnose(make({{Metric::DramThroughput, 65}}),
                              getScheduled(kLoops))),
            "tile [4, 64] -> [8, 64], vector [1, 1] -> [2, 1]");
}
