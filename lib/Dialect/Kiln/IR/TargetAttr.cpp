//===- TargetAttr.cpp - The facts of a card -------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace kiln;

LogicalResult TargetAttr::verify(
    function_ref<InFlightDiagnostic()> emitError, StringRef name,
    StringRef arch, int64_t sms, int64_t sharedPerBlock, int64_t sharedPerSm,
    int64_t registersPerSm, int64_t registersPerThread, int64_t threadsPerBlock,
    int64_t threadsPerSm, int64_t blocksPerSm, int64_t registerUnit,
    int64_t warpUnit, int64_t sharedUnit, int64_t sharedReserved,
    int64_t clockMhz, int64_t baseMhz, int64_t boostMhz, int64_t bandwidthGbs,
    int64_t copyGbs, int64_t l2Bytes, int64_t l2Bandwidth, int64_t l2Latency,
    int64_t dramLatency, int64_t sharedBandwidth, int64_t tf32Gflops,
    int64_t f16Gflops, int64_t halvedAccumulation, int64_t f32Lanes,
    int64_t sfuLanes) {
  if (name.empty())
    return emitError() << "a target needs a name";
  constexpr StringLiteral archs[] = {"sm_80", "sm_86", "sm_89", "sm_90"};
  if (!llvm::is_contained(archs, arch))
    return emitError() << "unsupported arch \"" << arch
                       << "\": the known ones are "
                       << llvm::join(std::begin(archs), std::end(archs), ", ");
  struct {
    StringRef field;
    int64_t value;
    int64_t least;
    int64_t most;
  } const facts[] = {{"sms", sms, 1, 1024},
                     {"shared_per_block", sharedPerBlock, 1, 1 << 20},
                     {"shared_per_sm", sharedPerSm, 1, 1 << 20},
                     {"registers_per_sm", registersPerSm, 1, 1 << 20},
                     {"registers_per_thread", registersPerThread, 1, 255},
                     {"threads_per_block", threadsPerBlock, 1, 1024},
                     {"threads_per_sm", threadsPerSm, 1, 2048},
                     {"blocks_per_sm", blocksPerSm, 1, 64},
                     {"register_unit", registerUnit, 1, 1 << 16},
                     {"warp_unit", warpUnit, 1, 8},
                     {"shared_unit", sharedUnit, 1, 1 << 16},
                     {"shared_reserved", sharedReserved, 0, 1 << 16},
                     {"clock_mhz", clockMhz, 1, 10'000},
                     {"base_mhz", baseMhz, 0, 10'000},
                     {"boost_mhz", boostMhz, 0, 10'000},
                     {"bandwidth_gbs", bandwidthGbs, 1, 100'000},
                     {"copy_gbs", copyGbs, 0, 100'000},
                     {"l2_bytes", l2Bytes, 1, int64_t(1) << 34},
                     {"l2_bandwidth", l2Bandwidth, 0, 1 << 20},
                     {"l2_latency", l2Latency, 1, 10'000},
                     {"dram_latency", dramLatency, 1, 10'000},
                     {"shared_bandwidth", sharedBandwidth, 1, 1024},
                     {"tf32_gflops", tf32Gflops, 1, 100'000'000},
                     {"f16_gflops", f16Gflops, 1, 100'000'000},
                     {"halved_accumulation", halvedAccumulation, 0, 1},
                     {"f32_lanes", f32Lanes, 1, 1024},
                     {"sfu_lanes", sfuLanes, 1, 1024}};
  for (auto &[field, value, least, most] : facts)
    if (least == 1 && value <= 0)
      return emitError() << field << " must be positive, not " << value;
  if (sharedPerBlock > sharedPerSm)
    return emitError() << "shared_per_block (" << sharedPerBlock
                       << ") exceeds shared_per_sm (" << sharedPerSm << ")";
  for (auto &[field, value, least, most] : facts)
    if (value < least || value > most)
      return emitError() << field << " must lie between " << least << " and "
                         << most << ", not " << value;
  if (threadsPerBlock > threadsPerSm)
    return emitError() << "threads_per_block (" << threadsPerBlock
                       << ") exceeds threads_per_sm (" << threadsPerSm << ")";
  if (threadsPerSm % 32)
    return emitError() << "threads_per_sm must be a multiple of 32, not "
                       << threadsPerSm;
  if (copyGbs > bandwidthGbs)
    return emitError() << "copy_gbs (" << copyGbs << ") exceeds bandwidth_gbs ("
                       << bandwidthGbs << ")";
  if (dramLatency < l2Latency)
    return emitError() << "dram_latency (" << dramLatency
                       << ") is below l2_latency (" << l2Latency << ")";
  return success();
}
