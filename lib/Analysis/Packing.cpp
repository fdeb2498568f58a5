//===- Packing.cpp - The rows of a packed filter --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/Packing.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

using namespace mlir;
using namespace kiln;

/// What packing kernels do to a word (see docs/numerics.md): round to nearest
/// in the bits, and keep the canonical NaN.
static uint32_t roundToTF32(uint32_t word) {
  return std::max(static_cast<int32_t>(word + 0x1000),
                  static_cast<int32_t>(word));
}

/// Where a coordinate of dimension `dim` moves an element of the packed filter,
/// for each coordinate; the place of an element is the sum over its dimensions.
static SmallVector<int64_t> getSteps(PackOp op, int64_t dim) {
  auto filter = cast<ShapedType>(op.getFilter().getType());
  SmallVector<int64_t> tile = op.getLayout().getShape();
  // Elements from one tile along `dim` to the next: a row for each tile along
  // the dimensions that vary faster.
  int64_t extent = filter.getDimSize(dim), size = extent, next = 0;
  if (auto it = llvm::find(op.getTileDims(), dim);
      it != op.getTileDims().end()) {
    size = tile[dim];
    next = op.getPacked().getType().getDimSize(1);
    for (int64_t faster : llvm::make_range(it + 1, op.getTileDims().end()))
      next *= llvm::divideCeil(filter.getDimSize(faster), tile[faster]);
  }
  SmallVector<int64_t> steps, coordinate(filter.getRank(), 0);
  for (int64_t i = 0; i < extent; ++i) {
    coordinate[dim] = i % size;
    steps.push_back(i / size * next + op.getLayout().getOffset(coordinate));
  }
  return steps;
}

/// Reads the filter from front to back and puts each element in its place.
template <typename Word>
static const char *scatter(const char *source, size_t advance, bool round,
                           ArrayRef<SmallVector<int64_t>> steps, char *target) {
  for (int64_t step : steps.front()) {
    char *place = target + step * sizeof(Word);
    if (steps.size() > 1) {
      source = scatter<Word>(source, advance, round, steps.drop_front(), place);
      continue;
    }
    Word word;
    std::memcpy(&word, source, sizeof(Word));
    if constexpr (std::is_same_v<Word, uint32_t>)
      word = round ? roundToTF32(word) : word;
    std::memcpy(place, &word, sizeof(Word));
    source += advance;
  }
  return source;
}

void kiln::evaluatePack(PackOp op, ArrayRef<char> filter,
                        MutableArrayRef<char> packed) {
  auto type = cast<ShapedType>(op.getFilter().getType());
  SmallVector<SmallVector<int64_t>> steps;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    steps.push_back(getSteps(op, dim));
  llvm::fill(packed, 0);
  size_t bytes = type.getElementTypeBitWidth() / 8;
  size_t advance = filter.size() == bytes ? 0 : bytes;
  auto run = [&](auto word) {
    scatter<decltype(word)>(filter.data(), advance, op.getRoundTf32(), steps,
                            packed.data());
  };
  switch (bytes) {
  case 1:
    return run(uint8_t());
  case 2:
    return run(uint16_t());
  case 4:
    return run(uint32_t());
  default:
    return run(uint64_t());
  }
}
