//===- Offsets.cpp - How far the elements of a tile lie apart -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Offsets.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

uint64_t kiln::getTileSpan(llvm::ArrayRef<int64_t> tile,
                           llvm::ArrayRef<int64_t> tensor) {
  assert(tile.size() == tensor.size());
  uint64_t span = 0, stride = 1;
  for (size_t dim = tensor.size(); dim-- > 0;) {
    uint64_t steps = std::max<int64_t>(tile[dim] - 1, 0);
    span = llvm::SaturatingMultiplyAdd(steps, stride, span);
    stride = llvm::SaturatingMultiply(stride, uint64_t(tensor[dim]));
  }
  return span;
}

bool kiln::needsWideOffsets(llvm::ArrayRef<int64_t> tile,
                            llvm::ArrayRef<int64_t> tensor) {
  return getTileSpan(tile, tensor) > uint64_t(INT32_MAX);
}
