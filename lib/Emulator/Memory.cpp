//===- Memory.cpp - Checks of memory accesses -----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Memory.h"

#include "llvm/Support/MemAlloc.h"

#include <algorithm>
#include <atomic>
#include <cstring>

using namespace kiln::emulator;

static std::string str(uint64_t value) { return std::to_string(value); }

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

void BufferTable::add(const char *name, void *data, size_t bytes,
                      KilnBufferKind kind, bool withShadow, bool isVariable) {
  auto buffer = std::make_unique<Buffer>();
  buffer->name = name ? name : "";
  buffer->data = static_cast<uint8_t *>(data);
  buffer->bytes = bytes;
  buffer->kind = kind;
  buffer->isVariable = isVariable;
  if (withShadow && kind != KILN_BUFFER_INPUT && !isVariable) {
    buffer->written.assign(bytes, 0);
    buffer->storers.reset(static_cast<uint32_t *>(
        llvm::safe_calloc((bytes >> storeGranuleLog2) + 1, sizeof(uint32_t))));
  }
  remove(data);
  auto place = std::lower_bound(buffers.begin(), buffers.end(), buffer->data,
                                [](const auto &entry, uint8_t *address) {
                                  return entry->data < address;
                                });
  buffers.insert(place, std::move(buffer));
}

void BufferTable::remove(const void *data) {
  std::erase_if(buffers, [&](const auto &old) { return old->data == data; });
}

void BufferTable::setWritten(const void *data, size_t bytes) {
  Buffer *buffer = find(data);
  if (!buffer || buffer->written.empty())
    return;
  size_t offset = static_cast<const uint8_t *>(data) - buffer->data;
  // Any tag says that there is something.
  std::fill_n(buffer->written.begin() + offset,
              std::min(bytes, buffer->bytes - offset), uint8_t(1));
}

Buffer *BufferTable::findNearest(const void *address) const {
  auto after = std::upper_bound(
      buffers.begin(), buffers.end(), static_cast<const uint8_t *>(address),
      [](const uint8_t *key, const auto &entry) { return key < entry->data; });
  if (after == buffers.begin())
    return buffers.empty() ? nullptr : buffers.front().get();
  return std::prev(after)->get();
}

Buffer *BufferTable::find(const void *address) const {
  Buffer *buffer = findNearest(address);
  auto *byte = static_cast<const uint8_t *>(address);
  if (!buffer || byte < buffer->data || byte >= buffer->data + buffer->bytes)
    return nullptr;
  return buffer;
}

void BufferTable::beginLaunch() {
  if (++launchTag != 0)
    return;
  // All tags are used up: forget in which launch old bytes were stored.
  for (auto &buffer : buffers) {
    for (uint8_t &tag : buffer->written)
      tag = tag ? 1 : 0;
    if (buffer->storers)
      std::fill_n(buffer->storers.get(),
                  (buffer->bytes >> storeGranuleLog2) + 1, 0u);
  }
  launchTag = 2;
}

/// Notes the storer of each granule; false, and who it was, where one has been
/// stored in this launch before.
bool MemoryChecker::checkStoredOnce(const Request &request, Buffer &buffer,
                                    uint64_t offset, std::string &who) {
  bool once = true;
  for (uint64_t i = offset >> buffers.storeGranuleLog2,
                end = (offset + request.bytes - 1) >> buffers.storeGranuleLog2;
       i <= end; ++i) {
    std::atomic_ref<uint32_t> storer(buffer.storers[i]);
    uint32_t last = storer.exchange(uint32_t(buffers.launchTag) << 24 | block,
                                    std::memory_order_relaxed);
    if (last >> 24 != buffers.launchTag || !once)
      continue;
    once = false;
    uint32_t other = last & kLastBlock;
    if (other != block)
      who = describeBlock(other) + " stores too";
    else if (block != kLastBlock)
      who = "this block has stored before";
    else
      who = "this launch has stored before";
  }
  return once;
}

MemoryChecker::Verdict MemoryChecker::accessGlobal(const Request &request) {
  Verdict verdict;
  auto *address = reinterpret_cast<uint8_t *>(request.address);
  Buffer *buffer = lastBuffer;
  // Compared as offsets: an address near the end of the address space plus
  // its size would wrap around.
  auto holds = [&](const Buffer *candidate) {
    uint64_t offset = address - candidate->data;
    return offset < candidate->bytes &&
           request.bytes <= candidate->bytes - offset;
  };
  if (!buffer || !holds(buffer)) {
    buffer = buffers.find(address);
    lastBuffer = buffer;
  }
  auto fail = [&](FindingKind kind, std::string text, bool allowed) {
    verdict.faulty = true;
    verdict.allowed = allowed;
    verdict.kind = kind;
    verdict.text = std::move(text);
    return verdict;
  };
  if (!buffer || !holds(buffer)) {
    Buffer *near = buffers.findNearest(address);
    std::string text = "outside of every buffer";
    if (near)
      text += "; byte offset " +
              std::to_string(static_cast<int64_t>(
                  request.address - reinterpret_cast<uint64_t>(near->data))) +
              " of '" + near->name + "', which has " + str(near->bytes) +
              " bytes";
    return fail(FindingKind::OutOfBounds, text, false);
  }
  uint64_t offset = address - buffer->data;
  auto where = [&] {
    return "'" + buffer->name + "' at byte offset " + str(offset);
  };
  if (buffer->isVariable)
    return verdict;
  if (request.store && buffer->kind == KILN_BUFFER_INPUT)
    return fail(FindingKind::InputStore, "input buffer " + where(), false);
  if (buffer->kind == KILN_BUFFER_INPUT)
    return verdict;
  std::string who;
  if (request.store && !request.atomic &&
      !checkStoredOnce(request, *buffer, offset, who))
    fail(FindingKind::DoubleStore, where() + ", which " + who, true);
  for (uint64_t i = 0; i < request.bytes; ++i) {
    std::atomic_ref<uint8_t> tag(buffer->written[offset + i]);
    if ((!request.store || request.atomic) && !verdict.faulty &&
        !tag.load(std::memory_order_relaxed))
      fail(FindingKind::Uninitialised, where() + ", which nothing has stored",
           true);
    if (request.store)
      tag.store(buffers.launchTag, std::memory_order_relaxed);
  }
  return verdict;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void MemoryChecker::beginBlock(uint8_t *arena,
                               const std::array<uint32_t, 3> &blockDims,
                               const std::array<uint32_t, 3> &gridDims,
                               uint64_t linearBlock) {
  base = reinterpret_cast<uint64_t>(arena);
  if (!enabled)
    return;
  dims = blockDims;
  grid = gridDims;
  block = static_cast<uint32_t>(std::min<uint64_t>(linearBlock, kLastBlock));
  numWarps = (dims[0] * dims[1] * dims[2] + 31) / 32;
  state.assign(layout.totalBytes, 0);
  for (const SharedLayout::Variable &variable : layout.variables)
    std::fill_n(state.begin() + variable.offset, variable.bytes, 1);
  if (layout.totalBytes > layout.dynamicOffset)
    std::fill(state.begin() + layout.dynamicOffset, state.end(), 1);
  size_t numCells = (layout.totalBytes >> granule) + 1;
  cells.assign(numCells, Cell());
  reads.assign(numCells * numWarps, 0);
  clocks.assign(numWarps * numWarps, 0);
  dirty.assign(numWarps, 0);
  for (unsigned w = 0; w < numWarps; ++w)
    clocks[w * numWarps + w] = 1;
}

void MemoryChecker::joinWarps(const std::vector<unsigned> &warps) {
  std::vector<uint32_t> joined(numWarps, 0);
  for (unsigned w : warps)
    for (unsigned i = 0; i < numWarps; ++i)
      joined[i] = std::max(joined[i], clocks[w * numWarps + i]);
  for (unsigned w : warps) {
    std::copy(joined.begin(), joined.end(), clocks.begin() + w * numWarps);
    ++clocks[w * numWarps + w];
    dirty[w] = 0;
  }
}

std::string MemoryChecker::describeThread(uint32_t thread) const {
  return "thread (" + str(thread % dims[0]) + ", " +
         str(thread / dims[0] % dims[1]) + ", " +
         str(thread / (dims[0] * dims[1])) + ")";
}

std::string MemoryChecker::describeBlock(uint32_t linear) const {
  if (linear == kLastBlock)
    return "a block from number " + str(linear) + " on";
  return "block (" + str(linear % grid[0]) + ", " +
         str(linear / grid[0] % grid[1]) + ", " +
         str(linear / grid[0] / grid[1]) + ")";
}

std::string MemoryChecker::describeShared(uint64_t address) const {
  auto offset = static_cast<int64_t>(address - base);
  std::string text = "shared memory at byte offset " + std::to_string(offset);
  for (const SharedLayout::Variable &v : layout.variables)
    if (offset >= static_cast<int64_t>(v.offset) &&
        offset < static_cast<int64_t>(v.offset + v.bytes))
      return text + " ('" + v.name + "' + " + str(offset - v.offset) + ")";
  if (offset >= static_cast<int64_t>(layout.dynamicOffset))
    text += " (dynamic + " + str(offset - layout.dynamicOffset) + ")";
  return text;
}

bool MemoryChecker::isOrdered(const Cell &cell, uint32_t thread) const {
  if (cell.thread == thread)
    return true;
  unsigned mine = thread / 32, theirs = cell.thread / 32;
  uint32_t known = clocks[mine * numWarps + theirs];
  // Within a warp a collective must lie between, which advances the clock.
  return mine == theirs ? cell.epoch < known : cell.epoch <= known;
}

bool MemoryChecker::checkRace(const Request &request, Verdict &verdict) {
  uint64_t offset = request.address - base;
  unsigned mine = request.thread / 32;
  uint32_t now = clocks[mine * numWarps + mine];
  auto fail = [&](FindingKind kind, uint64_t cell, std::string text) {
    verdict.faulty = true;
    verdict.kind = kind;
    verdict.text =
        describeShared(std::max(base + (cell << granule), request.address)) +
        ", " + text;
    return false;
  };
  for (uint64_t i = offset >> granule,
                end = (offset + request.bytes - 1) >> granule;
       i <= end; ++i) {
    const Cell &cell = cells[i];
    if (cell.epoch) {
      if (cell.pending) {
        verdict.otherSite = cell.site;
        return fail(FindingKind::PendingCopy, i,
                    "which an asynchronous copy of " +
                        describeThread(cell.thread) +
                        " fills that no wait has completed");
      }
      if (!isOrdered(cell, request.thread) &&
          !(cell.atomic && request.atomic)) {
        verdict.otherSite = cell.site;
        return fail(FindingKind::Race, i,
                    "which " + describeThread(cell.thread) +
                        " writes without a barrier between");
      }
    }
    if (!request.store)
      continue;
    for (unsigned w = 0; w < numWarps; ++w) {
      uint32_t read = reads[i * numWarps + w];
      if (!read)
        continue;
      uint32_t epoch = read >> 6, lane = read >> 1 & 31;
      bool several = read & 1;
      bool race = w == mine
                      ? epoch == now && (several || lane != request.thread % 32)
                      : epoch > clocks[mine * numWarps + w];
      if (race)
        return fail(FindingKind::Race, i,
                    "which " +
                        (several && w == mine
                             ? "several lanes of warp " + str(w)
                             : describeThread(w * 32 + lane)) +
                        " reads without a barrier between");
    }
  }
  return true;
}

bool MemoryChecker::checkState(const Request &request, uint64_t offset,
                               Verdict &verdict) {
  const uint8_t *bytes = state.data() + offset;
  for (uint64_t i = 0; i < request.bytes; ++i) {
    if (bytes[i] == 2 || (bytes[i] == 1 && request.store && !request.atomic))
      continue;
    verdict.faulty = true;
    if (bytes[i] == 0) {
      verdict.allowed = false;
      verdict.kind = FindingKind::OutOfBounds;
      verdict.text = describeShared(request.address + i) +
                     ", which belongs to no variable";
    } else {
      verdict.kind = FindingKind::Uninitialised;
      verdict.text =
          describeShared(request.address + i) + ", which nothing has stored";
    }
    return false;
  }
  return true;
}

void MemoryChecker::noteWrite(const Request &request, bool pending) {
  uint64_t offset = request.address - base;
  unsigned warp = request.thread / 32;
  Cell cell;
  cell.epoch = clocks[warp * numWarps + warp];
  cell.site = request.site;
  cell.thread = static_cast<uint16_t>(request.thread);
  cell.pending = pending;
  cell.atomic = request.atomic;
  uint64_t first = offset >> granule,
           end = (offset + request.bytes - 1) >> granule;
  std::fill(cells.begin() + first, cells.begin() + end + 1, cell);
  // Reads so far are ordered before this write, so whoever is ordered behind
  // the write is ordered behind them.
  std::fill(reads.begin() + first * numWarps,
            reads.begin() + (end + 1) * numWarps, 0u);
  dirty[warp] = 1;
}

bool MemoryChecker::checkSharedBounds(const Request &request,
                                      Verdict &verdict) const {
  uint64_t offset = request.address - base;
  if (offset < layout.totalBytes && request.bytes <= layout.totalBytes - offset)
    return true;
  verdict.faulty = true;
  verdict.allowed = false;
  verdict.kind = FindingKind::OutOfBounds;
  verdict.text = describeShared(request.address) + " of " +
                 str(layout.totalBytes) + " bytes";
  return false;
}

MemoryChecker::Verdict MemoryChecker::accessShared(const Request &request) {
  Verdict verdict;
  if (!checkSharedBounds(request, verdict))
    return verdict;
  uint64_t offset = request.address - base;
  // A pending copy explains missing data better than "uninitialised" does.
  bool good = checkRace(request, verdict);
  if (good)
    checkState(request, offset, verdict);
  if (!verdict.allowed)
    return verdict;
  if (request.store) {
    std::fill_n(state.begin() + offset, request.bytes, 2);
    noteWrite(request, /*pending=*/false);
    return verdict;
  }
  unsigned warp = request.thread / 32, lane = request.thread % 32;
  uint32_t now = clocks[warp * numWarps + warp];
  dirty[warp] = 1;
  for (uint64_t i = offset >> granule,
                end = (offset + request.bytes - 1) >> granule;
       i <= end; ++i) {
    uint32_t &read = reads[i * numWarps + warp];
    uint32_t entry = now << 6 | lane << 1;
    if (read >> 6 == now)
      entry |= (read & 1) | ((read >> 1 & 31) != lane);
    read = entry;
  }
  return verdict;
}

MemoryChecker::Verdict MemoryChecker::beginCopy(const Request &request) {
  Verdict verdict;
  if (!checkSharedBounds(request, verdict))
    return verdict;
  if (checkRace(request, verdict))
    checkState(request, request.address - base, verdict);
  if (verdict.allowed)
    noteWrite(request, /*pending=*/true);
  return verdict;
}

void MemoryChecker::endCopy(const Request &request) {
  uint64_t offset = request.address - base;
  uint64_t first = offset >> granule,
           end = (offset + request.bytes - 1) >> granule;
  std::fill_n(state.begin() + offset, request.bytes, 2);
  unsigned warp = request.thread / 32;
  for (uint64_t i = first; i <= end; ++i) {
    Cell &cell = cells[i];
    if (!cell.pending || cell.thread != request.thread)
      continue; // Overwritten since, which has been reported.
    cell.pending = false;
    cell.epoch = clocks[warp * numWarps + warp];
  }
  dirty[warp] = 1;
}
