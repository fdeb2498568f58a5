//===- Predict.cpp - Predicted time and metrics of a kernel ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A multiprocessor has four partitions. The customers of the model are the
// resident warps of one partition; each goes round between the multiply pipe
// and the issue of its other instructions, with delays in which it waits for
// nobody. Copies that run ahead go round in a second network, through the
// slowest of level 1, level 2 and device memory. The slower network and the
// busiest part bound the rate. docs/model.md has the reasons and sources.
//
//===----------------------------------------------------------------------===//

#include "kiln/Scheduling/Model/Model.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace kiln;

namespace {
/// From sm_80 to sm_90: partitions of a multiprocessor, each with a scheduler
/// that issues one instruction a cycle (whitepapers).
constexpr double kPartitions = 4;
/// Cycles of a warp's instruction on the integer pipe: 16 lanes a partition
/// (CUDA C++ Programming Guide, throughput of arithmetic instructions: 64 a
/// cycle and multiprocessor).
constexpr double kAluCycles = 2;
/// Cycles from a barrier to the first multiply of a step: the first fragments
/// come from shared memory, 30 cycles (Luo et al., arXiv 2402.13499), as long
/// again for the barrier and the wait before it.
constexpr double kStepLatency = 60;
/// Bytes a cycle between a multiprocessor and the level 2 cache (A100
/// whitepaper: 5120 bytes a cycle for 108, with reserve; 64 by the width of the
/// level 1 cache's port).
constexpr double kPortBytes = 64;
/// The rate of writes into the level 2 cache, of that of reads: 1820 to 2155
/// and 3735 bytes a cycle on an H100 (bench/probe_l2_writes.cu, probe_l2.cu).
constexpr double kWriteShare = 0.55;
/// Microseconds of a launch that has nothing to do, start to end on the card
/// (a profiler's time of an empty kernel).
constexpr double kLaunchMicroseconds = 1.5;
/// A streaming kernel's share of the public bandwidth, where the target does
/// not say: copies on an RTX 4090, an H100 and an H200 reach 91, 90 and 89 %.
constexpr double kCopyShare = 0.91;
/// Below this nothing is called the bound.
constexpr double kBusy = 70; // percent

/// What one tile takes of each part, in cycles of a multiprocessor.
struct Demand {
  double tensor, fma, issue, alu, special, shared, l2, dram;
};

class Model {
public:
  Model(const KernelDescription &kernel, TargetAttr target, Clock clock)
      : kernel(kernel), target(target), isTimed(clock == Clock::Boost) {
    int64_t mhz =
        clock == Clock::Profiler ? target.getBaseMhz() : target.getBoostMhz();
    hertz = (mhz ? mhz : target.getClockMhz()) * 1e6;
    copyRate = target.getCopyGbs()
                   ? target.getCopyGbs() * 1e9
                   : target.getBandwidthGbs() * 1e9 * kCopyShare;
    l2Rate = target.getL2Bandwidth() ? target.getL2Bandwidth()
                                     : kPortBytes * target.getSms();
  }

  Prediction run();

private:
  Demand computeDemand() const;
  /// Tiles of a warp of each partition a cycle, of `customers` warps there;
  /// `epilogue` instructions of each are overlapped with others' multiplies.
  double computeMainLoop(double customers, double epilogue) const;
  /// Cycles of `blocks` blocks beside each other on a multiprocessor.
  double computeRound(double blocks) const;
  void fillMetrics(Prediction &result, double cycles) const;

  const KernelDescription &kernel;
  TargetAttr target;
  bool isTimed;
  double hertz, copyRate, l2Rate;
  Traffic traffic;
  Demand demand;
};
} // namespace

Demand Model::computeDemand() const {
  Demand d = {};
  double flops = kernel.steps * kernel.flops;
  double clock = target.getClockMhz() * 1e6;
  if (usesTensorCores(kernel.multiply)) {
    double gflops = multipliesTF32(kernel.multiply) ? target.getTf32Gflops()
                                                    : target.getF16Gflops();
    d.tensor = flops * getNumProducts(kernel.multiply) /
               (gflops * 1e9 / clock / target.getSms());
  } else if (kernel.multiply == Multiply::Fma) {
    d.fma = flops / 2 / target.getF32Lanes();
  }
  double warps = kernel.warps;
  d.issue = (kernel.steps * (kernel.instructions + kernel.fragments) +
             kernel.epilogueInstructions) *
            warps / kPartitions;
  d.alu = kernel.steps * kernel.alu * warps / kPartitions * kAluCycles;
  d.special = kernel.specialFunctions / target.getSfuLanes();
  d.shared =
      kernel.steps * (kernel.l1Wavefronts + kernel.sharedWavefronts * 128. /
                                                target.getSharedBandwidth());
  double perTile = target.getSms() / double(kernel.tiles);
  d.l2 = (traffic.l2Read + traffic.l2Write / kWriteShare) / l2Rate * perTile;
  d.dram = (traffic.dramRead + traffic.dramWrite) / copyRate * hertz * perTile;
  return d;
}

double Model::computeMainLoop(double customers, double epilogue) const {
  // A block's work on a part of the multiprocessor, as one warp's of each
  // partition.
  double warps = kPartitions / kernel.warps;
  double steps = kernel.steps;

  // The first network. Multiplies of a warp and its fragment loads overlap
  // where it looks ahead. A lone warp takes `cyclesAlone` for each of the other
  // instructions, of which the pipe is busy for one or two.
  double multiply = (demand.tensor + demand.fma) * warps;
  double fragments = steps * kernel.fragments;
  if (kernel.lookahead)
    multiply = std::max(multiply, fragments);
  else
    multiply += fragments;
  double issue =
      std::max(steps * kernel.instructions, demand.alu * warps) + epilogue;
  // Shared memory serves the warps of all partitions.
  // With one slot nobody loads fragments while copies land.
  double wavefronts =
      std::max(0., kernel.sharedWavefronts - kernel.hiddenWavefronts) * 128. /
          target.getSharedBandwidth() +
      (kernel.slots > 1 ? kernel.l1Wavefronts : 0);
  double shared = steps * wavefronts * warps;
  double alone = (steps * kernel.instructions + epilogue) * kernel.cyclesAlone;
  double delay = steps * kStepLatency + std::max(0., alone - issue);

  // The second network: reads. Writes are posted, nothing waits for them.
  double perTile = target.getSms() / double(kernel.tiles);
  // A step's copies are many requests, which pass the levels side by side: the
  // slowest level serves them, the others are latency.
  double copies =
      warps *
      std::max({steps * kernel.l1Wavefronts, traffic.l2Read / l2Rate * perTile,
                traffic.dramRead / copyRate * hertz * perTile});
  double missShare = traffic.l2Read > 0 ? traffic.dramRead / traffic.l2Read : 0;
  // A step waits for the slowest of its lines.
  double lines = std::max(1., kernel.l1Wavefronts);
  double latency = target.getL2Latency() +
                   std::min(1., missShare * lines) *
                       (target.getDramLatency() - target.getL2Latency());

  if (kernel.slots <= 1) {
    // Nothing runs ahead: the copies leave while their addresses are computed,
    // the rest of them and their latency are waited for.
    delay += steps * kernel.waits * latency + std::max(0., copies - alone);
    return computeThroughput({multiply, issue, shared}, delay, customers);
  }
  // The first fill, unless the tile before it did that.
  if (!kernel.persistent)
    delay += latency + copies / steps;
  return std::min(
      computeThroughput({multiply, issue, shared}, delay, customers),
      computeThroughput({copies}, steps * latency,
                        customers * (kernel.slots - 1)));
}

double Model::computeRound(double blocks) const {
  double warpsOfBlock = kernel.warps / kPartitions;
  double customers = blocks * warpsOfBlock;
  double rate = computeMainLoop(customers, kernel.epilogueInstructions);
  for (double part : {demand.tensor, demand.fma, demand.issue, demand.alu,
                      demand.special, demand.shared, demand.l2, demand.dram})
    if (part > 0)
      rate = std::min(rate, warpsOfBlock / part);
  // The warps of a block meet at barriers, so none of them stores while another
  // multiplies: only other blocks fill the pipe meanwhile, and no block is done
  // before its main loop and then its epilogue. Multiprocessors start together
  // and stay so, so each gets its share of the cache's rate.
  double epilogue = std::max(kernel.epilogueInstructions *
                                 std::max(kernel.cyclesAlone, warpsOfBlock),
                             kernel.l2WriteBytes / kernel.tiles /
                                 (l2Rate * kWriteShare / target.getSms()));
  double alone = warpsOfBlock / computeMainLoop(warpsOfBlock, 0) + epilogue;
  return std::max(customers / rate, alone);
}

void Model::fillMetrics(Prediction &result, double cycles) const {
  double tiles = kernel.tiles / double(target.getSms());
  auto percent = [&](double part) { return 100 * part * tiles / cycles; };
  Utilisation &u = result.utilisation;
  u = {percent(demand.tensor),  percent(demand.issue),
       percent(demand.alu),     percent(demand.fma),
       percent(demand.special), percent(demand.shared),
       percent(demand.l2),      0};
  double seconds = cycles / hertz;
  u.dram = 100 * (traffic.dramRead + traffic.dramWrite) /
           (seconds * target.getBandwidthGbs() * 1e9);
  result.dramThroughput = u.dram;
  result.tensorPipe = u.tensor / (target.getHalvedAccumulation() ? 2 : 1);
  result.smThroughput =
      std::max({result.tensorPipe, u.issue, u.alu, u.fma, u.special});
  double l2 = traffic.l2Read + traffic.l2Write;
  result.l2HitRate = l2 > 0 ? 100 * (1 - traffic.dramRead / l2) : 100;
  result.dramReadBytes = traffic.dramRead;
  result.dramWriteBytes = traffic.dramWrite;
  result.l2Bytes = l2;
}

Prediction Model::run() {
  Prediction result;
  result.clockMhz = hertz / 1e6;
  result.occupancy = computeOccupancy(
      target, {kernel.warps * 32, kernel.registers, kernel.sharedBytes});
  int64_t resident = result.occupancy.blocksPerSm;
  if (!resident)
    return result;
  if (kernel.persistent)
    resident = 1;
  int64_t sms = target.getSms(), atATime = resident * sms;
  traffic = computeTraffic(kernel, target.getL2Bytes(),
                           std::min<double>(atATime, kernel.tiles));
  // Timed runs follow each other: what one leaves in the cache, the next one
  // writes back. A profiler flushes.
  if (isTimed)
    traffic.dramWrite = std::max(traffic.dramWrite, kernel.writeBytes);
  demand = computeDemand();

  result.grid =
      kernel.persistent ? std::min(atATime, kernel.tiles) : kernel.tiles;
  result.waves = llvm::divideCeil(kernel.tiles, atATime);
  // Full waves, then what is left spread over the multiprocessors.
  int64_t full = kernel.tiles / atATime, left = kernel.tiles % atATime;
  double cycles = 0, blockCycles = 0, tail = 0;
  if (full) {
    cycles = full * computeRound(resident);
    blockCycles = cycles * resident;
  }
  if (left) {
    int64_t blocks = llvm::divideCeil(left, sms);
    tail = computeRound(blocks);
    cycles += tail;
    blockCycles += tail * left / std::min(left, sms);
  }
  result.warpsActive = 100 * blockCycles / cycles * kernel.warps /
                       double(target.getWarpsPerSm());
  double fixed =
      kLaunchMicroseconds * 1e-6 * hertz + 2. * target.getDramLatency();
  double working = cycles;
  cycles = (cycles + fixed) * kernel.launches;
  fillMetrics(result, cycles);
  result.milliseconds = cycles / hertz * 1e3;
  result.tailShare = left < atATime * 0.9 ? tail / working : 0;

  struct {
    llvm::StringRef name;
    double busy;
  } const parts[] = {
      {"tensor pipe", result.utilisation.tensor},
      {"DRAM",
       result.utilisation.dram * target.getBandwidthGbs() * 1e9 / copyRate},
      {"L2", result.utilisation.l2},
      {"issue", std::max(result.utilisation.issue, result.utilisation.alu)},
      {"shared memory", result.utilisation.shared},
      {"fma", result.utilisation.fma},
      {"special functions", result.utilisation.special}};
  auto *busiest = llvm::max_element(
      parts, [](auto &a, auto &b) { return a.busy < b.busy; });
  if (fixed > working)
    result.bound = "launch";
  else if (result.tailShare > 1. / 3)
    result.bound = "tail";
  else
    result.bound = busiest->busy < kBusy ? "latency" : busiest->name;
  return result;
}

Prediction kiln::predict(const KernelDescription &kernel, TargetAttr target,
                         Clock clock) {
  return Model(kernel, target, clock).run();
}
