//===- Timeline.cpp - A block's work in time ------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The order is the schedule's: which copies, fragment loads and multiplies
/// wait for which. How long a piece takes follows from the card's rates: a
/// multiply of a warp from the rate of its instruction, a wavefront of shared
/// memory a cycle, a copy from the latency and a multiprocessor's share of the
/// L2 cache's bandwidth.
///
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include "kiln/Analysis/ScheduleFit.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;
using namespace kiln::explain;
using llvm::formatv;

StringRef kiln::explain::stringify(TimelineEvent::Lane lane) {
  static constexpr StringLiteral kNames[] = {"copies", "fragment loads",
                                             "multiplies", "stores"};
  return kNames[lane];
}

namespace {
/// Bytes and cycles of a contraction's pieces.
struct Pieces {
  int64_t chunks = 1, stepsOfChunk = 1;
  double imageBytes = 0, filterBytes = 0; ///< copied for a chunk
  double fragmentBytes = 0;               ///< loaded by a block in a k-step
  double outputBytes = 0;                 ///< stored for a tile
  double multiplyCycles = 0;              ///< of a k-step
  double fragmentCycles = 0;              ///< of a k-step
  double bytesPerCycle = 0;               ///< from L2, of a multiprocessor

  Pieces(const KernelContext &context, const KernelExplanation &kernel) {
    auto s = cast<ScheduleAttr>(context.schedule);
    const ContractionView &conv = *context.conv;
    TargetAttr target = context.target;
    ArrayRef<int64_t> tile = s.getTile(), warps = s.getWarps();
    chunks = llvm::divideCeil(conv.getChannels(), s.getChunk());
    int64_t taps = conv.getKernelRows() * conv.getKernelColumns();
    stepsOfChunk = taps * (s.getChunk() / s.getInstructionK());
    double element =
        conv.getImageType().getElementType().getIntOrFloatBitWidth() / 8.0;
    imageBytes = element * s.getChunk() * conv.getWindow(0, tile[1]) *
                 conv.getWindow(1, tile[2]);
    filterBytes = element * s.getChunk() * tile[0] * taps;
    double numWarps = s.getThreads() / 32.0;
    double positions = double(tile[1] / warps[1]) * double(tile[2] / warps[2]);
    fragmentBytes = numWarps * element * s.getInstructionK() *
                    (double(tile[0] / warps[0]) + positions);
    if (kernel.tiles)
      outputBytes = kernel.outputBytes / kernel.tiles;

    double flops = 2.0 * tile[0] * tile[1] * tile[2] * s.getInstructionK();
    double gflops = kernel.roofline.peakTflops * 1e3;
    double perCycle =
        gflops * 1e3 / (double(target.getSms()) * target.getClockMhz());
    // Warps that are fewer than the partitions leave some of those idle.
    perCycle *= std::min(1.0, numWarps / target.getWarpUnit());
    multiplyCycles = flops / perCycle;
    fragmentCycles = fragmentBytes / target.getSharedBandwidth();
    bytesPerCycle = target.getL2Bandwidth()
                        ? double(target.getL2Bandwidth()) / target.getSms()
                        : 64;
  }
};

class Simulator {
public:
  Simulator(const KernelContext &context, const Pieces &pieces)
      : s(cast<ScheduleAttr>(context.schedule)), pieces(pieces),
        latency(context.target.getL2Latency()) {}

  Timeline run(bool perStep) {
    copied.resize(pieces.chunks);
    // Before the loop: as many chunks as there are slots to run ahead.
    int64_t ahead = std::max<int64_t>(1, s.getStages() - 1);
    for (int64_t chunk = 0; chunk < std::min(ahead, pieces.chunks); ++chunk)
      copy(chunk, 0, 0);
    for (int64_t chunk = 0; chunk < pieces.chunks; ++chunk)
      runChunk(chunk, ahead, perStep);
    double end = multiplied;
    if (pieces.outputBytes > 0) {
      end += pieces.outputBytes / pieces.bytesPerCycle;
      add(TimelineEvent::Stores, "reduce and store the tile", multiplied, end);
    }
    timeline.cycles = end;
    timeline.multiplyShare = busy / end;
    llvm::stable_sort(
        timeline.events, [](const TimelineEvent &a, const TimelineEvent &b) {
          return std::pair(a.lane, a.begin) < std::pair(b.lane, b.begin);
        });
    return std::move(timeline);
  }

private:
  void add(TimelineEvent::Lane lane, std::string name, double begin,
           double end) {
    timeline.events.push_back({lane, std::move(name), begin, end});
  }

  /// The copies of a chunk, issued from `begin` on over `window` cycles.
  void copy(int64_t chunk, double begin, double window) {
    // The path from L2 serves one after the other.
    begin = std::max(begin, pathFree);
    double transfer =
        (pieces.imageBytes + pieces.filterBytes) / pieces.bytesPerCycle;
    double end = begin + std::max(window, transfer) + latency;
    pathFree = begin + std::max(window, transfer);
    copied[chunk] = end;
    add(TimelineEvent::Copies, formatv("copy chunk {0}", chunk), begin, end);
  }

  void runChunk(int64_t chunk, int64_t ahead, bool perStep) {
    double chunkBegin = 0, fragmentsBegin = 0, fragmentsEnd = 0;
    for (int64_t step = 0; step < pieces.stepsOfChunk; ++step) {
      // With lookahead fragments load while the step before multiplies; those
      // of a chunk's first step only if its barrier is early.
      bool overlaps = s.getLookahead() > 0 && (step > 0 || s.getEarlyBarrier());
      double load =
          overlaps ? std::max(begun, loaded) : std::max(multiplied, loaded);
      if (step == 0) {
        load = std::max(load, copied[chunk]);
        fragmentsBegin = load;
      }
      loaded = load + pieces.fragmentCycles;
      double multiply = std::max(loaded, multiplied);
      if (step == 0) {
        chunkBegin = multiply;
        // The slot of the chunk before is free: its refill is issued.
        int64_t next = chunk + ahead;
        if (s.getStages() > 1 && next < pieces.chunks)
          copy(next, load, s.getSpread() * pieces.multiplyCycles);
      }
      begun = multiply;
      multiplied = multiply + pieces.multiplyCycles;
      busy += pieces.multiplyCycles;
      fragmentsEnd = loaded;
      if (perStep) {
        add(TimelineEvent::Fragments,
            formatv("load fragments, chunk {0} k-step {1}", chunk, step), load,
            loaded);
        add(TimelineEvent::Multiplies,
            formatv("multiply, chunk {0} k-step {1}", chunk, step), multiply,
            multiplied);
      }
    }
    if (!perStep) {
      add(TimelineEvent::Fragments, formatv("load fragments, chunk {0}", chunk),
          fragmentsBegin, fragmentsEnd);
      add(TimelineEvent::Multiplies, formatv("multiply, chunk {0}", chunk),
          chunkBegin, multiplied);
    }
    if (s.getStages() == 1 && chunk + 1 < pieces.chunks)
      copy(chunk + 1, multiplied, 0);
  }

  ScheduleAttr s;
  const Pieces &pieces;
  double latency;
  Timeline timeline;
  std::vector<double> copied; ///< by chunk
  double pathFree = 0, begun = 0, loaded = 0, multiplied = 0, busy = 0;
};
} // namespace

Timeline kiln::explain::buildTimeline(const KernelContext &context,
                                      const KernelExplanation &kernel) {
  Timeline timeline;
  timeline.clockMhz = context.target.getClockMhz();
  if (!isa<ScheduleAttr>(context.schedule)) {
    timeline.note = "a kernel of loops reads, computes and stores tile by "
                    "tile: nothing is staged";
    return timeline;
  }
  if (!context.conv) {
    timeline.note = "not known without the source program "
                    "(kiln-compile --with-reference keeps it)";
    return timeline;
  }
  Pieces pieces(context, kernel);
  constexpr int64_t kMostSteps = 4096, kMostChunks = 4096;
  int64_t all = pieces.chunks;
  pieces.chunks = std::min(pieces.chunks, kMostChunks);
  bool perStep = pieces.chunks * pieces.stepsOfChunk <= kMostSteps;
  double clock = timeline.clockMhz;
  timeline = Simulator(context, pieces).run(perStep);
  timeline.clockMhz = clock;
  timeline.note = formatv(
      "one tile of one block, alone on its multiprocessor: {0} chunk{1} of {2} "
      "k-step{3}, {4:f0} cycles of multiplies and {5:f0} of fragment loads "
      "each; by the rates of {6}, not measured",
      pieces.chunks, pieces.chunks == 1 ? "" : "s", pieces.stepsOfChunk,
      pieces.stepsOfChunk == 1 ? "" : "s", pieces.multiplyCycles,
      pieces.fragmentCycles, context.target.getName());
  if (all > pieces.chunks)
    timeline.note += formatv("; the first of {0} chunks", all);
  return timeline;
}

std::vector<PathStep>
kiln::explain::buildPath(const KernelContext &context,
                         const KernelExplanation &kernel) {
  double tiles = kernel.tiles ? kernel.tiles : 0;
  if (!context.conv || !isa<ScheduleAttr>(context.schedule)) {
    double bytes = tiles ? kernel.facts.bytes / tiles : 0;
    double stored = tiles ? kernel.outputBytes / tiles : 0;
    return {{"device memory", "operands, through L2 and L1",
             std::max(0.0, bytes - stored)},
            {"registers", "results", stored},
            {"device memory", "", 0}};
  }
  Pieces pieces(context, kernel);
  double chunks = pieces.chunks;
  auto s = cast<ScheduleAttr>(context.schedule);
  return {{"device memory", "the image's patch and the filter, through L2",
           chunks * (pieces.imageBytes + pieces.filterBytes)},
          {"shared memory",
           formatv("fragments, each warp its own ({0} k-steps)",
                   pieces.chunks * pieces.stepsOfChunk),
           chunks * pieces.stepsOfChunk * pieces.fragmentBytes},
          {s.usesTensorCores() ? "tensor cores" : "CUDA cores",
           "accumulators, in f32",
           4.0 * s.getTile()[0] * s.getTile()[1] * s.getTile()[2]},
          {"registers", "results, reduced and stored", pieces.outputBytes},
          {"device memory", "", 0}};
}
