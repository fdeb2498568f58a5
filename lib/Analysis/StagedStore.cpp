//===- StagedStore.cpp - Results through shared memory --------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Analysis/StagedStore.h"

#include "kiln/Analysis/Layouts.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace kiln;

namespace {
/// A bit of a layout that steps in one dimension.
struct Bit {
  int64_t dim, size;
  bool isRegister;
  bool isKept; ///< it tells elements of a slice apart
};
} // namespace

/// The bits of a layout in the order of row-major memory; nothing if one steps
/// in no dimension or in several, or two are alike.
static std::optional<SmallVector<Bit>> getBits(LayoutAttr layout) {
  SmallVector<Bit> bits;
  auto add = [&](ArrayRef<Basis> list, bool isRegister) {
    for (const Basis &basis : list) {
      Bit bit{-1, 0, isRegister, !isRegister};
      for (auto [dim, size] : llvm::enumerate(basis.values()))
        if (size != 0) {
          if (bit.dim >= 0 || !llvm::isPowerOf2_64(size))
            return false;
          bit.dim = dim;
          bit.size = size;
        }
      if (bit.dim < 0)
        return false;
      bits.push_back(bit);
    }
    return true;
  };
  if (!add(layout.getRegisters(), true) || !add(layout.getLanes(), false) ||
      !add(layout.getWarps(), false))
    return std::nullopt;
  llvm::sort(bits, [](const Bit &a, const Bit &b) {
    return std::pair(-a.dim, a.size) < std::pair(-b.dim, b.size);
  });
  for (size_t i = 1; i < bits.size(); ++i)
    if (bits[i].dim == bits[i - 1].dim && bits[i].size == bits[i - 1].size)
      return std::nullopt;
  return bits;
}

static SmallVector<Bit> getKept(ArrayRef<Bit> bits) {
  return llvm::filter_to_vector(bits, [](const Bit &b) { return b.isKept; });
}

/// Whether the first kept bits cover a box: of each dimension the lowest bits.
static bool coverBox(ArrayRef<Bit> kept, size_t count) {
  llvm::SmallDenseMap<int64_t, int64_t> next;
  for (const Bit &bit : kept.take_front(count)) {
    int64_t &size = next.try_emplace(bit.dim, 1).first->second;
    if (bit.size != size)
      return false;
    size *= 2;
  }
  return true;
}

/// The coordinates that any of `bits` add up to, the first bit fastest.
static SmallVector<SmallVector<int64_t>> getSums(ArrayRef<Bit> bits,
                                                 int64_t rank) {
  SmallVector<SmallVector<int64_t>> sums;
  for (int64_t i = 0; i < int64_t(1) << bits.size(); ++i) {
    auto &sum = sums.emplace_back(rank, 0);
    for (auto [number, bit] : llvm::enumerate(bits))
      if (i >> number & 1)
        sum[bit.dim] += bit.size;
  }
  return sums;
}

/// Kept bits one after the other; from bit `from` on everything is `pad`
/// elements farther apart. Nothing if a dimension has too many parts.
static std::optional<SharedLayoutAttr> makeBuffer(MLIRContext *context,
                                                  ArrayRef<Bit> bits,
                                                  int64_t rank, size_t from,
                                                  int64_t pad) {
  SmallVector<SmallVector<Mode::Part>> parts(rank);
  int64_t stride = 1;
  size_t number = 0;
  for (const Bit &bit : bits) {
    if (bit.isKept && number == from)
      stride += pad;
    Mode::Part part{2, bit.isKept ? stride : 0};
    auto &list = parts[bit.dim];
    if (!list.empty() && list.back().stride * list.back().size == part.stride)
      list.back().size *= 2;
    else
      list.push_back(part);
    if (bit.isKept) {
      stride *= 2;
      ++number;
    }
  }
  SmallVector<Mode> modes;
  for (auto &list : parts) {
    if (list.empty())
      list.push_back({1, 0});
    if (static_cast<int64_t>(list.size()) > Mode::kMaxParts)
      return std::nullopt;
    modes.push_back(Mode(list));
  }
  return SharedLayoutAttr::get(context, modes);
}

SmallVector<int64_t> kiln::getSharedUnit(LayoutAttr layout,
                                         SharedLayoutAttr shared,
                                         int64_t elementBytes) {
  auto getStep = [&](const Basis &basis) {
    return shared.getOffset(basis.values());
  };
  SmallVector<int64_t> unit;
  auto isUnit = [&](int64_t bit) { return llvm::is_contained(unit, bit); };
  auto isAligned = [&](int64_t size) {
    for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
      for (const Basis &basis : list)
        if (getStep(basis) % size != 0)
          return false;
    for (auto [bit, basis] : llvm::enumerate(layout.getRegisters()))
      if (!isUnit(bit) && getStep(basis) % size != 0)
        return false;
    return true;
  };
  for (int64_t size = 1; 2 * size * elementBytes <= 16; size *= 2) {
    ArrayRef<Basis> registers = layout.getRegisters();
    const Basis *next = llvm::find_if(
        registers, [&](const Basis &basis) { return getStep(basis) == size; });
    if (next == registers.end())
      break;
    unit.push_back(next - registers.begin());
  }
  while (!unit.empty() && !isAligned(int64_t(1) << unit.size()))
    unit.pop_back();
  return unit;
}

int64_t kiln::countWavefronts(LayoutAttr layout, SharedLayoutAttr shared,
                              int64_t elementBytes, int64_t vector) {
  int64_t words = std::max<int64_t>(1, vector * elementBytes / 4);
  int64_t group = 32 / words, wavefronts = 0;
  for (int64_t first = 0; first < 32; first += group) {
    SmallVector<int64_t> touched;
    for (int64_t lane = first; lane < first + group; ++lane) {
      int64_t start =
          shared.getOffset(layout.getCoordinate(0, lane, 0)) * elementBytes / 4;
      for (int64_t word = start; word < start + words; ++word)
        touched.push_back(word);
    }
    wavefronts += countWavefronts(touched);
  }
  return wavefronts;
}

std::optional<StagedStore>
kiln::planStagedStore(LayoutAttr held, int64_t elementBytes, int64_t vector) {
  std::optional<SmallVector<Bit>> bits = getBits(held);
  if (!bits)
    return std::nullopt;
  int64_t rank = held.getRank();
  size_t threadBits = held.getLanes().size() + held.getWarps().size();
  // The units of a piece are of neighbours in the last dimension.
  int64_t innerBits = llvm::count_if(
      *bits, [&](const Bit &bit) { return bit.dim == rank - 1; });
  size_t unitBits = std::min<size_t>(
      {llvm::Log2_64(vector), size_t(innerBits), held.getRegisters().size()});
  size_t pieceBits = unitBits + threadBits;

  // A slice has what threads tell apart, then of the registers the nearest in
  // memory: 16 elements a thread and more, until its first elements are a box.
  constexpr size_t kSliceBits = 4;
  for (Bit &bit : *bits) {
    SmallVector<Bit> kept = getKept(*bits);
    if (kept.size() >= threadBits + std::max(kSliceBits, unitBits) &&
        coverBox(kept, pieceBits))
      break;
    bit.isKept = true;
  }
  SmallVector<Bit> kept = getKept(*bits);
  if (!coverBox(kept, pieceBits))
    return std::nullopt;

  StagedStore plan;
  plan.vector = int64_t(1) << unitBits;
  auto toBasis = [&](const Bit &bit) {
    return Basis::unit(rank, bit.dim, bit.size);
  };
  ArrayRef<Bit> inPiece = ArrayRef(kept).take_front(pieceBits);
  plan.piece = LayoutAttr::get(
      held.getContext(),
      llvm::map_to_vector(inPiece.take_front(unitBits), toBasis),
      llvm::map_to_vector(inPiece.slice(unitBits, held.getLanes().size()),
                          toBasis),
      llvm::map_to_vector(inPiece.drop_front(unitBits + held.getLanes().size()),
                          toBasis));
  plan.pieces = getSums(ArrayRef(kept).drop_front(pieceBits), rank);
  plan.slices = getSums(
      llvm::filter_to_vector(*bits, [](const Bit &b) { return !b.isKept; }),
      rank);

  // Padding between two dimensions: where threads write and read with the
  // fewest wavefronts. The pattern repeats after 128 bytes.
  int64_t fewest = INT64_MAX;
  size_t leastFrom = llvm::Log2_64(16 / elementBytes);
  for (size_t from = kept.size(); from > leastFrom; --from) {
    bool isBoundary =
        from < kept.size() && kept[from].dim != kept[from - 1].dim;
    for (int64_t pad = 0; pad < (isBoundary ? 128 : 16); pad += 16) {
      if (pad == 0 && from != kept.size())
        continue;
      std::optional<SharedLayoutAttr> buffer =
          makeBuffer(held.getContext(), *bits, rank, from, pad / elementBytes);
      if (!buffer)
        continue;
      // A unit for each element of a slice, one way and the other.
      auto count = [&](LayoutAttr layout) {
        int64_t size = int64_t(1)
                       << getSharedUnit(layout, *buffer, elementBytes).size();
        return countWavefronts(layout, *buffer, elementBytes, size) * 16 / size;
      };
      int64_t wavefronts = count(held) + count(plan.piece);
      if (wavefronts < fewest) {
        fewest = wavefronts;
        plan.buffer = *buffer;
      }
    }
  }
  if (!plan.buffer)
    return std::nullopt;
  return plan;
}
