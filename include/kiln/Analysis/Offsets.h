//===- Offsets.h - How far the elements of a tile lie apart -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_OFFSETS_H
#define KILN_ANALYSIS_OFFSETS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace kiln {

/// Elements from the first to the last of a tile of shape `tile` in a dense
/// row-major tensor of shape `tensor`, which may be smaller than the tile;
/// UINT64_MAX where 64 bits do not hold them.
uint64_t getTileSpan(llvm::ArrayRef<int64_t> tile,
                     llvm::ArrayRef<int64_t> tensor);

/// Whether offsets of elements within that tile need 64 bits.
bool needsWideOffsets(llvm::ArrayRef<int64_t> tile,
                      llvm::ArrayRef<int64_t> tensor);

} // namespace kiln

#endif // KILN_ANALYSIS_OFFSETS_H
