//===- AsyncCopy.cpp - cp.async and its groups ----------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Late: the bytes are read and land at the wait that completes their group.
// Early: they land at once. In both orders the checks take them as pending
// until that wait, and as a write of the issuing thread at the wait.
//
//===----------------------------------------------------------------------===//

#include "Runtime.h"

#include <algorithm>
#include <cstring>

using namespace kiln::emulator;

static void move(const Copy &copy) {
  auto *to = reinterpret_cast<uint8_t *>(copy.shared);
  std::memcpy(to, copy.global, copy.sourceBytes);
  std::memset(to + copy.sourceBytes, 0, copy.bytes - copy.sourceBytes);
}

void Block::issueCopy(Thread &thread, const Operation &op,
                      const uint32_t *operands) {
  auto pointer = [&](unsigned word) {
    return operands[word] | static_cast<uint64_t>(operands[word + 1]) << 32;
  };
  Copy copy;
  copy.shared = pointer(0);
  copy.global = reinterpret_cast<const uint8_t *>(pointer(2));
  copy.bytes = op.bytes;
  copy.sourceBytes = op.hasSize ? operands[4] : op.bytes;
  copy.site = op.site;
  copy.valid = true;
  if (copy.sourceBytes > copy.bytes) {
    report(thread, FindingKind::Collective, op.site,
           "asynchronous copy of " + std::to_string(copy.bytes) +
               " bytes with a source size of " +
               std::to_string(copy.sourceBytes));
    copy.sourceBytes = copy.bytes;
  }
  if (memory.isEnabled()) {
    auto fault = [&](const MemoryChecker::Verdict &verdict) {
      report(thread, verdict.kind, op.site,
             "asynchronous copy of " + std::to_string(copy.bytes) +
                 " bytes: " + verdict.text + describeSite(verdict.otherSite));
      copy.valid &= verdict.allowed;
    };
    MemoryChecker::Request to{thread.linear,  copy.shared,      copy.bytes,
                              /*store=*/true, /*atomic=*/false, op.site};
    MemoryChecker::Request from = to;
    from.address = pointer(2);
    from.bytes = copy.sourceBytes;
    from.store = false;
    uint64_t sharedOffset = copy.shared - reinterpret_cast<uint64_t>(arena);
    uint64_t globalOffset = from.address;
    if (Buffer *buffer = memory.findBuffer(copy.global))
      globalOffset -= reinterpret_cast<uint64_t>(buffer->data);
    if ((sharedOffset | (copy.sourceBytes ? globalOffset : 0)) % copy.bytes) {
      MemoryChecker::Verdict verdict;
      verdict.kind = FindingKind::Misaligned;
      verdict.allowed = false;
      verdict.text = "shared byte offset " + std::to_string(sharedOffset) +
                     " or global byte offset " + std::to_string(globalOffset) +
                     " is not a multiple of the size";
      fault(verdict);
    } else {
      if (copy.sourceBytes) // Zero filling does not touch the source.
        if (auto verdict = memory.accessGlobal(from); verdict.faulty)
          fault(verdict);
      if (auto verdict = memory.beginCopy(to); verdict.faulty)
        fault(verdict);
    }
  }
  if (config.copiesEarly && copy.valid)
    move(copy);
  thread.open.push_back(copy);
}

void Block::land(Thread &thread, const std::vector<Copy> &group) {
  for (const Copy &copy : group) {
    if (!copy.valid)
      continue;
    if (!config.copiesEarly)
      move(copy);
    if (memory.isEnabled())
      memory.endCopy(
          {thread.linear, copy.shared, copy.bytes, true, false, copy.site});
  }
}

void Block::waitGroups(Thread &thread, uint32_t pending) {
  while (thread.groups.size() > pending) {
    land(thread, thread.groups.front());
    thread.groups.pop_front();
  }
}
