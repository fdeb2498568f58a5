//===- FakeScale.h - The program of the fake devices ------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// y[r, c] = x[r, c] * w * k for x of 4x20, in tiles of 1x8: a packing kernel
// copies the weight w to a workspace, k is a constant. The artifact is in
// test/tools/kiln-run/Inputs/scale. The kernel scale_both writes the transposed
// y besides, z[c, r] = y[r, c].
//
//===----------------------------------------------------------------------===//

#ifndef KILN_UNITTESTS_RUNTIME_FAKESCALE_H
#define KILN_UNITTESTS_RUNTIME_FAKESCALE_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

namespace fake {

constexpr int64_t rows = 4, columns = 20, tileColumns = 8;
constexpr int64_t tilesPerRow = (columns + tileColumns - 1) / tileColumns;

template <typename T>
T getArgument(void *const *arguments, size_t index) {
  T value;
  std::memcpy(&value, arguments[index], sizeof(T));
  return value;
}

/// Runs one block; store(address, value) writes a float. False for a kernel
/// that is not known.
template <typename Store>
bool runBlock(const std::string &kernel, void *const *arguments, int64_t block,
              int64_t gridSize, Store store) {
  auto pointer = [&](size_t index) {
    return reinterpret_cast<float *>(getArgument<uint64_t>(arguments, index));
  };
  if (kernel == "scale_pack") {
    store(pointer(1), *pointer(0));
    return true;
  }
  bool both = kernel == "scale_both";
  if (kernel != "scale_compute" && !both)
    return false;
  const float *x = pointer(0), *weight = pointer(1), *factor = pointer(2);
  float *y = pointer(3);
  int32_t numTiles = getArgument<int32_t>(arguments, both ? 5 : 4);
  for (int64_t tile = block; tile < numTiles; tile += gridSize) {
    int64_t row = tile / tilesPerRow;
    int64_t begin = tile % tilesPerRow * tileColumns;
    int64_t end = std::min(begin + tileColumns, columns);
    for (int64_t column = begin; column < end; ++column) {
      int64_t i = row * columns + column;
      float value = x[i] * *weight * *factor;
      store(&y[i], value);
      if (both)
        store(pointer(4) + column * rows + row, value);
    }
  }
  return true;
}

} // namespace fake

#endif // KILN_UNITTESTS_RUNTIME_FAKESCALE_H
