//===- CopySchedule.cpp - When copies are issued and waited for -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/MainLoop/CopySchedule.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace kiln;
using llvm::ArrayRef;
using llvm::divideFloorSigned;
using llvm::mod;
using llvm::SmallVector;

int64_t CopySchedule::getWindow(int64_t buffer, int64_t copy,
                                int64_t iteration) const {
  // The copy that held the slot before: `slots` copies earlier.
  const Buffer &b = buffers[buffer];
  int64_t count = b.copies.size();
  int64_t number = iteration * count + copy - b.slots;
  return divideFloorSigned(number, count) * segments +
         b.copies[mod(number, count)].freed;
}

CopySchedule::CopySchedule(int64_t segments, ArrayRef<Buffer> list)
    : windows(segments), pending(segments, -1), segments(segments),
      buffers(list.begin(), list.end()) {
  auto forEachCopy = [&](auto fn) {
    for (size_t buffer = 0; buffer < buffers.size(); ++buffer)
      for (size_t copy = 0; copy < buffers[buffer].copies.size(); ++copy)
        fn(buffer, copy);
  };
  forEachCopy([&](int64_t buffer, int64_t copy) {
    int64_t window = getWindow(buffer, copy, 0);
    windows[mod(window, segments)].push_back(
        {buffer, copy, -divideFloorSigned(window, segments)});
  });
  // Windows without copies make no group.
  auto countGroups = [&](int64_t first, int64_t last) {
    int64_t groups = 0;
    for (int64_t window = first; window <= last; ++window)
      groups += !windows[mod(window, segments)].empty();
    return groups;
  };
  forEachCopy([&](int64_t buffer, int64_t copy) {
    int64_t guard = buffers[buffer].copies[copy].guard;
    int64_t open = countGroups(getWindow(buffer, copy, 0) + 1, guard - 1);
    int64_t &limit = pending[mod(guard, segments)];
    limit = limit < 0 ? open : std::min(limit, open);
  });
}

int64_t CopySchedule::getFirstWindow() const {
  int64_t first = -1;
  for (auto [index, buffer] : llvm::enumerate(buffers))
    for (size_t copy = 0; copy < buffer.copies.size(); ++copy)
      first = std::min(first, getWindow(index, copy, 0));
  return first;
}

SmallVector<CopySchedule::Item>
CopySchedule::getPrologue(int64_t window) const {
  int64_t iteration = divideFloorSigned(window, segments);
  SmallVector<Item> items;
  for (Item item : windows[mod(window, segments)]) {
    item.distance += iteration;
    if (item.distance >= 0)
      items.push_back(item);
  }
  return items;
}
