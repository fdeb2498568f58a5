//===- DiagnosisTest.cpp - What bounds a kernel ---------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ProfilingTest.h"

using namespace kiln;
using namespace kiln::profiling;

namespace {
class DiagnosisTest : public ProfilingTest {
protected:
  /// Of the kernels that were profiled on an RTX 4090.
  static std::map<Metric, double> measured(double grid, double sm, double warps,
                                           double dram, double l2) {
    return {{Metric::GridSize, grid},
            {Metric::SmThroughput, sm},
            {Metric::WarpsActive, warps},
            {Metric::DramThroughput, dram},
            {Metric::L2HitRate, l2}};
  }
  /// A convolution 64x64x256x256 by 128x64x3x3 and the minimum over channels.
  KernelFacts getConv() {
    KernelFacts facts = getFacts();
    facts.instruction = Contraction::TF32;
    facts.flops = 608.849e9;
    facts.bytes = 1.09e9;
    return facts;
  }
  /// A product of 4096x4096 matrices.
  KernelFacts getGemm() {
    KernelFacts facts = getFacts();
    facts.instruction = Contraction::TF32;
    facts.flops = 2.0 * 4096 * 4096 * 4096;
    facts.bytes = 3.0 * 4096 * 4096 * 4;
    return facts;
  }
};
} // namespace

// The two cases that read nearly the same: 83 TFLOP/s, and 29 with two warps
// for a scheduler.
TEST_F(DiagnosisTest, FullTensorPipeReadsHalf) {
  Diagnosis gemm = diagnose(make([&] {
                              auto values =
                                  measured(1024, 46.39, 16.66, 30.52, 87.49);
                              values[Metric::DurationNs] = 2.0e6;
                              return values;
                            }()),
                            getGemm());
  EXPECT_EQ(gemm.bound, Bound::TensorPipe);
  EXPECT_TRUE(gemm.proposals.empty());
}

TEST_F(DiagnosisTest, FortyNinePercentIsNotTensorWork) {
  Diagnosis conv =
      diagnose(make(measured(32258, 49.12, 16.63, 4.39, 95.37)), getConv());
  EXPECT_EQ(conv.bound, Bound::Latency);
  EXPECT_EQ(conv.evidence.front().metric, "work rate");
  EXPECT_NEAR(conv.evidence.front().value, 36, 1);
  // With a time it is certain.
  auto values = measured(32258, 49.12, 16.63, 4.39, 95.37);
  values[Metric::DurationNs] = 24.6e6;
  EXPECT_EQ(getBound(values, getConv()), Bound::Latency);
}

TEST_F(DiagnosisTest, HalfIsOpenWithoutWork) {
  Diagnosis open =
      diagnose(make(measured(32258, 49.12, 16.63, 4.39, 95.37)), getFacts());
  EXPECT_EQ(open.bound, Bound::Unknown);
  ASSERT_FALSE(open.missing.empty());
  EXPECT_EQ(open.missing.front(),
            "sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active");
  // Warps that wait for the pipe tell.
  KernelProfile throttled = make(measured(1024, 46.39, 16.66, 30.52, 87.49));
  throttled.stalls = {{"math_pipe_throttle", 2}, {"barrier", 0.5}};
  EXPECT_EQ(diagnose(throttled, getFacts()).bound, Bound::TensorPipe);
  // No tensor cores, no question.
  KernelFacts fma = getFacts();
  fma.instruction = Contraction::FMA;
  EXPECT_EQ(getBound(measured(1024, 46.39, 16.66, 30.52, 87.49), fma),
            Bound::Latency);
}

TEST_F(DiagnosisTest, BandOfTensorPipe) {
  auto with = [&](double sm) {
    auto values = measured(1024, sm, 16.66, 20, 87);
    values[Metric::DurationNs] = 2.0e6;
    Diagnosis found = diagnose(make(values), getGemm());
    return std::pair(found.bound, found.isFull);
  };
  EXPECT_EQ(with(29.9), std::pair(Bound::Latency, false));
  EXPECT_EQ(with(30.1), std::pair(Bound::TensorPipe, false)); // the busiest
  EXPECT_EQ(with(44.9), std::pair(Bound::TensorPipe, false));
  EXPECT_EQ(with(45.1), std::pair(Bound::TensorPipe, true));
  EXPECT_EQ(with(50.4), std::pair(Bound::TensorPipe, true));
  // The pipe cannot read more.
  EXPECT_EQ(with(50.6), std::pair(Bound::Latency, false));
  // 47 of 50 at 80 %: 75.2 % of 73.26 TFLOP/s, the rate at the profiler's
  // clock, are 2.4947 ms.
  auto within = [&](double ms) {
    auto values = measured(1024, 47, 16.66, 30, 87);
    values[Metric::DurationNs] = ms * 1e6;
    return getBound(values, getGemm());
  };
  EXPECT_EQ(within(2.49), Bound::TensorPipe);
  EXPECT_EQ(within(2.50), Bound::Latency);
}

// Without a time the bytes may refute; where they do not, a kernel that is
// known to multiply on tensor cores is taken to do so, and the metric that
// would prove it is named.
TEST_F(DiagnosisTest, WorkThatIsNotRefuted) {
  Diagnosis gemm =
      diagnose(make(measured(1024, 46.39, 16.66, 30.52, 87.49)), getGemm());
  EXPECT_EQ(gemm.bound, Bound::TensorPipe);
  ASSERT_EQ(gemm.missing.size(), 1u);
  EXPECT_EQ(gemm.missing.front(),
            "sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active");
  // Nor by stalls.
  KernelProfile stalled = make(measured(1024, 46.39, 16.66, 30.52, 87.49));
  stalled.stalls = {{"long_scoreboard", 2}, {"math_pipe_throttle", 1}};
  EXPECT_EQ(diagnose(stalled, getGemm()).bound, Bound::Latency);
  stalled.stalls["math_pipe_throttle"] = 3;
  EXPECT_EQ(diagnose(stalled, getGemm()).bound, Bound::TensorPipe);
  KernelFacts unknown = getGemm();
  unknown.instruction.reset();
  EXPECT_EQ(getBound(measured(1024, 46.39, 16.66, 30.52, 87.49), unknown),
            Bound::Unknown);
  // As far as 94.4 % of 50 at 80 %: 75.5 % of the rate takes 11.0 ms.
  KernelFacts conv = getConv();
  auto with = [&](double dram) {
    return getBound(measured(32258, 47.2, 16.63, dram, 95), conv);
  };
  EXPECT_EQ(with(9.0), Bound::Latency);
  EXPECT_EQ(with(9.3), Bound::TensorPipe);
}

TEST_F(DiagnosisTest, TensorPipeMetric) {
  auto with = [&](double pipe, llvm::StringRef card) {
    return getBound({{Metric::TensorPipe, pipe},
                     {Metric::SmThroughput, pipe},
                     {Metric::DramThroughput, 10}},
                    getFacts(card));
  };
  EXPECT_EQ(with(45.1, "rtx4090"), Bound::TensorPipe);
  EXPECT_EQ(with(29.9, "rtx4090"), Bound::Latency);
  EXPECT_EQ(with(30.1, "rtx4090"), Bound::TensorPipe); // the busiest
  EXPECT_EQ(with(46, "h100"), Bound::Latency);
  EXPECT_EQ(with(90.1, "h100"), Bound::TensorPipe);
  auto summary = [&](double pipe) {
    return diagnose(make({{Metric::TensorPipe, pipe}}), getFacts()).summary;
  };
  EXPECT_EQ(summary(45.1), "the tensor pipe multiplies all the time");
  EXPECT_EQ(summary(44.9),
            "the tensor pipe is the busiest unit, though not full");
}

TEST_F(DiagnosisTest, FullUnits) {
  auto with = [&](Metric metric, double value) {
    std::map<Metric, double> values = {{Metric::SmThroughput, 30},
                                       {Metric::DramThroughput, 30}};
    values[metric] = value;
    return diagnose(make(values), getFacts());
  };
  struct Case {
    Metric metric;
    Bound bound;
  };
  for (Case c : {Case{Metric::DramThroughput, Bound::Dram},
                 Case{Metric::L2Throughput, Bound::L2},
                 Case{Metric::SharedWavefronts, Bound::SharedMemory},
                 Case{Metric::L1Throughput, Bound::SharedMemory},
                 Case{Metric::IssueActive, Bound::Issue},
                 Case{Metric::SmThroughput, Bound::Issue}}) {
    EXPECT_EQ(with(c.metric, 59.9).bound, Bound::Latency)
        << getName(c.metric).str();
    EXPECT_EQ(with(c.metric, 60).bound, c.bound) << getName(c.metric).str();
    EXPECT_EQ(with(c.metric, 79.9).evidence.front().threshold, kIdle);
    EXPECT_EQ(with(c.metric, 80).evidence.front().threshold, kFull);
    EXPECT_EQ(with(c.metric, 80).bound, c.bound) << getName(c.metric).str();
  }
}

TEST_F(DiagnosisTest, FewBlocks) {
  // 80 % of 128 multiprocessors are 102.4.
  EXPECT_EQ(getBound(measured(102, 20, 8, 10, 90), getFacts()), Bound::Launch);
  EXPECT_EQ(getBound(measured(103, 20, 8, 10, 90), getFacts()), Bound::Latency);
}

TEST_F(DiagnosisTest, ShortKernels) {
  auto with = [&](double us) {
    auto values = measured(1024, 20, 8, 10, 90);
    values[Metric::DurationNs] = us * 1e3;
    return getBound(values, getFacts());
  };
  EXPECT_EQ(with(4.9), Bound::Launch);
  EXPECT_EQ(with(5.1), Bound::Latency);
}

TEST_F(DiagnosisTest, LastWave) {
  auto with = [&](double grid) {
    auto values = measured(grid, 40, 16, 10, 90);
    values[Metric::LimitRegisters] = 2; // 256 blocks a wave
    return getBound(values, getFacts());
  };
  EXPECT_EQ(with(409), Bound::Tail); // 79.9 % of two waves
  EXPECT_EQ(with(410), Bound::Latency);
  EXPECT_EQ(with(256), Bound::Latency);
  EXPECT_EQ(with(128), Bound::Latency); // each multiprocessor has one
  // Persistent blocks: 128 of them deal out tiles.
  KernelFacts facts = getFacts();
  facts.grid = 128;
  facts.tiles = 204;
  EXPECT_EQ(getBound(measured(128, 40, 16, 10, 90), facts), Bound::Tail);
  facts.tiles = 205;
  EXPECT_EQ(getBound(measured(128, 40, 16, 10, 90), facts), Bound::Latency);
}

TEST_F(DiagnosisTest, MainStall) {
  KernelProfile profile = make(measured(1024, 20, 16, 10, 90));
  profile.stalls = {{"barrier", 0.31},
                    {"wait", 0.3},
                    {"mio_throttle", 0.3},
                    {"selected", 9},
                    {"drain", 0.09}};
  EXPECT_EQ(diagnose(profile, getFacts()).mainStall, "barrier");
  profile.stalls["drain"] = 0.16;
  EXPECT_EQ(diagnose(profile, getFacts()).mainStall, "");
}

TEST_F(DiagnosisTest, NothingIsKnown) {
  Diagnosis diagnosis = diagnose(make({{Metric::L2HitRate, 90}}), getFacts());
  EXPECT_EQ(diagnosis.bound, Bound::Unknown);
  EXPECT_EQ(diagnosis.missing.size(), 3u);
}

// Kernels of others that were profiled on an RTX 4090, by their figures.
TEST_F(DiagnosisTest, Records) {
  // conv1x1_fwd_kernel: reads and writes at full bandwidth.
  EXPECT_EQ(getBound(measured(131072, 14.24, 16.57, 90.88, 75), getFacts()),
            Bound::Dram);
  // conv3d_implicit_gemm_kernel: addresses, at 11 % of the tensor rate.
  EXPECT_EQ(getBound(measured(52948, 82.8, 16.56, 8.54, 97.81), getFacts()),
            Bound::Issue);
  // conv2d_nchw_kernel with spills.
  EXPECT_EQ(getBound(measured(64008, 10.76, 16.62, 1.4, 99.79), getFacts()),
            Bound::Latency);
  // tril_matmul_kernel: 136 blocks on 128 multiprocessors, one each.
  auto tril = measured(136, 18.72, 16.66, 7.46, 90.85);
  tril[Metric::LimitRegisters] = 1;
  EXPECT_EQ(getBound(tril, getFacts()), Bound::Tail);
}
