//===- CheckProfileTest.cpp - Whether a profile can be of a kernel --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProfilingTest.h"

using namespace kiln::profiling;

namespace {
class CheckProfile : public ProfilingTest {
protected:
  std::string check(std::map<Metric, double> values, const KernelFacts &facts) {
    return toString(checkProfile(make(std::move(values)), facts));
  }
};
} // namespace

TEST_F(CheckProfile, GridAndBlockAreExact) {
  KernelFacts facts = getFacts();
  facts.grid = 128;
  facts.threads = 256;
  EXPECT_EQ(check({{Metric::GridSize, 128}, {Metric::BlockSize, 256}}, facts),
            "");
  EXPECT_EQ(check({{Metric::GridSize, 127}}, facts),
            "p:1: launch__grid_size is 127, but kernel 'f' has 128: the "
            "profile is of another kernel, schedule or card");
  EXPECT_EQ(check({{Metric::BlockSize, 128}}, facts),
            "p:1: launch__block_size is 128, but kernel 'f' has 256: the "
            "profile is of another kernel, schedule or card");
}

TEST_F(CheckProfile, RegistersOfBlock) {
  EXPECT_EQ(
      check({{Metric::Registers, 64}, {Metric::BlockSize, 1024}}, getFacts()),
      "");
  EXPECT_EQ(
      check({{Metric::Registers, 65}, {Metric::BlockSize, 1024}}, getFacts()),
      "p:1: 1024 threads of 65 registers do not fit the 65536 of a "
      "multiprocessor of rtx4090");
}

TEST_F(CheckProfile, WarpsActiveUpToTheLimit) {
  // Two blocks of four warps are 16.67 % of 48.
  std::map<Metric, double> values = {{Metric::LimitRegisters, 2},
                                     {Metric::LimitShared, 3},
                                     {Metric::BlockSize, 128},
                                     {Metric::WarpsActive, 17.1}};
  EXPECT_EQ(check(values, getFacts()), "");
  values[Metric::WarpsActive] = 17.2;
  EXPECT_EQ(check(values, getFacts()),
            "p:1: sm__warps_active is 17.20 %, but 2 blocks of 128 threads are "
            "at most 16.67 % of the warps of rtx4090");
}

// Without limits in the profile those of ptxas hold, if the driver's compiler
// gave as many registers.
TEST_F(CheckProfile, WarpsActiveByPtxas) {
  KernelFacts facts = getFacts();
  facts.threads = 256;
  facts.registers = 234;
  facts.blocksPerSm = 1;
  std::map<Metric, double> values = {{Metric::WarpsActive, 33}};
  EXPECT_EQ(check(values, facts),
            "p:1: sm__warps_active is 33.00 %, but 1 block of 256 threads is "
            "at most 16.67 % of the warps of rtx4090");
  values[Metric::Registers] = 234;
  EXPECT_NE(check(values, facts), "");
  values[Metric::Registers] = 128;
  EXPECT_EQ(check(values, facts), "");
}

TEST_F(CheckProfile, Bandwidth) {
  // 1.05 times 1008 GB/s for a millisecond.
  EXPECT_EQ(check({{Metric::DramBytes, 1.058e9}, {Metric::DurationNs, 1e6}},
                  getFacts()),
            "");
  EXPECT_EQ(check({{Metric::DramBytes, 1.059e9}, {Metric::DurationNs, 1e6}},
                  getFacts()),
            "p:1: 1059 GB/s, by dram__bytes and gpu__time_duration, are more "
            "than the 1008 of rtx4090");
}
