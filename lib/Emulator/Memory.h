//===- Memory.h - Checks of memory accesses ---------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Buffers in global memory with a shadow of stored bytes and of who stored
// them, and shared memory with a shadow of initialised bytes, pending
// asynchronous copies and the last accesses of each granule.
//
// Global memory: blocks run in no order and on several CPU threads, so the
// storer of a granule is exchanged atomically: of two stores to it in one
// launch exactly one sees the other, whether one block makes both or two do.
//
// Races: each warp has a vector clock over the warps of its block. A warp's own
// entry advances after each collective of the warp, so accesses of two lanes of
// one warp are ordered when a collective lies between them. A block or named
// barrier joins the clocks of the warps that take part (of whole warps, also
// where only some lanes do). Every access must be ordered behind the last write
// of its granule, a write also behind the last reads.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_EMULATOR_MEMORY_H
#define KILN_LIB_EMULATOR_MEMORY_H

#include "Findings.h"
#include "kiln-c/Emulator.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace kiln::emulator {

struct Buffer {
  std::string name;
  uint8_t *data = nullptr;
  size_t bytes = 0;
  KilnBufferKind kind = KILN_BUFFER_INPUT;
  bool isVariable = false; // A variable of the module, initialised, writable.
  /// 0, or the tag of the launch that stored the byte last (1 to 255).
  std::vector<uint8_t> written;
  /// Who stored each granule last: launch tag << 24 | linear block, or 0. From
  /// calloc(), so that what no sampled block stores takes no memory.
  std::unique_ptr<uint32_t[], decltype(&std::free)> storers{nullptr,
                                                            &std::free};
};

/// Buffers of an emulator, shared by all workers.
struct BufferTable {
  std::vector<std::unique_ptr<Buffer>> buffers; // Sorted by address.
  uint8_t launchTag = 0;
  /// All stores of the module to global memory are multiples of this, in
  /// size and place; so no two of them share a granule in part.
  unsigned storeGranuleLog2 = 0;

  void add(const char *name, void *data, size_t bytes, KilnBufferKind kind,
           bool withShadow, bool isVariable = false);
  /// Forgets the buffer that starts at `data`.
  void remove(const void *data);
  /// The host has stored these bytes, as far as a buffer holds them.
  void setWritten(const void *data, size_t bytes);
  Buffer *find(const void *address) const;
  /// The nearest buffer below or around, for the text of a report.
  Buffer *findNearest(const void *address) const;
  void beginLaunch();
};

/// The layout of shared memory in one launch.
struct SharedLayout {
  struct Variable {
    std::string name;
    uint64_t offset, bytes;
  };
  std::vector<Variable> variables;
  uint64_t staticBytes = 0;   // End of the static variables.
  uint64_t dynamicOffset = 0; // Start of dynamic shared memory.
  uint64_t totalBytes = 0;    // With dynamic memory.
};

struct AccessFault {
  FindingKind kind;
  std::string text;
};

class MemoryChecker {
public:
  MemoryChecker(const BufferTable &buffers, const SharedLayout &layout,
                unsigned granuleLog2, bool enabled)
      : buffers(buffers), layout(layout), granule(granuleLog2),
        enabled(enabled) {}

  bool isEnabled() const { return enabled; }
  void beginBlock(uint8_t *arena, const std::array<uint32_t, 3> &blockDims,
                  const std::array<uint32_t, 3> &gridDims,
                  uint64_t linearBlock);

  /// Where the text of a fault would not be used, `wantText` is false. Each
  /// returns whether the access may be carried out; `fault.kind` is set when
  /// there is a finding (which some accesses survive).
  struct Request {
    uint32_t thread;
    uint64_t address;
    uint64_t bytes;
    bool store, atomic;
    uint32_t site;
  };
  struct Verdict {
    bool allowed = true, faulty = false;
    FindingKind kind = FindingKind::OutOfBounds;
    std::string text;
    uint32_t otherSite = 0;
  };
  bool isShared(uint64_t address) const {
    return address - base < layout.totalBytes;
  }
  bool isNearShared(uint64_t address) const {
    return address - base + kRedZone < layout.totalBytes + 2 * kRedZone;
  }
  Buffer *findBuffer(const void *address) const {
    return buffers.find(address);
  }
  Verdict accessShared(const Request &request);
  Verdict accessGlobal(const Request &request);
  /// A copy has been issued: a write that is ordered only once it has landed.
  Verdict beginCopy(const Request &request);
  void endCopy(const Request &request);

  // Synchronisation.
  void advance(unsigned warp) {
    if (!dirty[warp])
      return;
    dirty[warp] = 0;
    ++clocks[warp * numWarps + warp];
  }
  void joinWarps(const std::vector<unsigned> &warps);

  static constexpr uint64_t kRedZone = 1 << 16;
  /// Stands for all blocks from this one on, which are not told apart.
  static constexpr uint32_t kLastBlock = (1 << 24) - 1;

private:
  struct Cell {
    uint32_t epoch = 0; // 0: never written.
    uint32_t site = 0;
    uint16_t thread = 0;
    bool pending = false, atomic = false;
  };
  bool isOrdered(const Cell &cell, uint32_t thread) const;
  bool checkSharedBounds(const Request &request, Verdict &verdict) const;
  bool checkRace(const Request &request, Verdict &verdict);
  bool checkState(const Request &request, uint64_t offset, Verdict &verdict);
  std::string describeShared(uint64_t address) const;
  std::string describeThread(uint32_t thread) const;
  std::string describeBlock(uint32_t linear) const;
  bool checkStoredOnce(const Request &request, Buffer &buffer, uint64_t offset,
                       std::string &who);
  void noteWrite(const Request &request, bool pending);

  const BufferTable &buffers;
  const SharedLayout &layout;
  unsigned granule;
  bool enabled;
  uint64_t base = 0;
  unsigned numWarps = 0;
  std::array<uint32_t, 3> dims{}, grid{};
  uint32_t block = 0;         // Linear, cut to kLastBlock.
  std::vector<uint8_t> state; // 0: no variable, 1: uninitialised, 2: good.
  std::vector<Cell> cells;
  /// Last read of each granule by each warp: epoch << 6 | lane << 1 | several.
  std::vector<uint32_t> reads;
  std::vector<uint32_t> clocks; // numWarps * numWarps
  std::vector<uint8_t> dirty;
  Buffer *lastBuffer = nullptr;
};

} // namespace kiln::emulator

#endif // KILN_LIB_EMULATOR_MEMORY_H
