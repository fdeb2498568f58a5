//===- DotOp.cpp - Verifier of kiln.dot -----------------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A thread computes with what it has in registers, wherever that lies in the
// tiles. So the layouts of a dot's operands must bring together what belongs
// together; that is checked bit by bit.
//
//===----------------------------------------------------------------------===//

#include "TileVerifiers.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

namespace {
/// A coordinate step in the iteration space of a dot.
using Step = SmallVector<int64_t>;

/// The layouts of a dot's operands and accumulator, in its iteration space.
class DotLayouts {
public:
  explicit DotLayouts(DotOp op);
  LogicalResult verify();

private:
  struct Tile {
    StringRef name;
    AffineMap map;
    ArrayRef<int64_t> shape;
    SmallVector<Step> registers, lanes, warps;

    bool has(int64_t dim) const {
      return map.getResultPosition(getAffineDimExpr(dim, map.getContext()))
          .has_value();
    }
    /// The part of a step that this tile has dimensions for.
    Step restrict(Step step) const;
    /// A step in the dimensions of the tile, as its layout would write it.
    std::string print(const Step &step) const;
  };

  LogicalResult verifyDims();
  LogicalResult verifyFragments();
  LogicalResult verifyFragment(const Tile &operand, LayoutAttr fragment,
                               int64_t summedDim, bool isA);
  LogicalResult verifyThreads(const Tile &operand, bool lanes);
  LogicalResult verifyRegisters(const Tile &operand, int64_t first,
                                int64_t firstAcc, int64_t firstK);
  InFlightDiagnostic emit(const Tile &tile, StringRef list, size_t bit);

  DotOp op;
  int64_t loops;
  int64_t summed = -1; ///< the dimension that is summed over, if any
  Tile a, b, acc;
  /// The accumulator's steps along m and n, by their size in the instruction.
  llvm::SmallDenseMap<int64_t, Step> mSteps, nSteps;
};
} // namespace

DotLayouts::DotLayouts(DotOp op) : op(op) {
  Value values[] = {op.getA(), op.getB(), op.getAcc()};
  Tile *tiles[] = {&a, &b, &acc};
  StringRef names[] = {"a", "b", "the accumulator"};
  for (auto [value, tile, name, attr] :
       llvm::zip_equal(values, tiles, names, op.getMaps())) {
    auto type = cast<RankedTensorType>(value.getType());
    auto layout = cast<LayoutAttr>(type.getEncoding());
    AffineMap map = cast<AffineMapAttr>(attr).getValue();
    loops = map.getNumDims();
    auto toStep = [&](const Basis &basis) {
      Step step(loops, 0);
      for (auto [expr, size] :
           llvm::zip_equal(map.getResults(), basis.values()))
        if (auto dim = dyn_cast<AffineDimExpr>(expr))
          step[dim.getPosition()] = size;
      return step;
    };
    *tile = {name,
             map,
             type.getShape(),
             llvm::map_to_vector(layout.getRegisters(), toStep),
             llvm::map_to_vector(layout.getLanes(), toStep),
             llvm::map_to_vector(layout.getWarps(), toStep)};
  }
  // Warps beyond a layout's bits hold copies.
  size_t warpBits =
      std::max({a.warps.size(), b.warps.size(), acc.warps.size()});
  for (Tile *tile : tiles)
    tile->warps.resize(warpBits, Step(loops, 0));
}

Step DotLayouts::Tile::restrict(Step step) const {
  for (auto [dim, size] : llvm::enumerate(step))
    if (!has(dim))
      size = 0;
  return step;
}

std::string DotLayouts::Tile::print(const Step &step) const {
  SmallVector<int64_t> sizes =
      llvm::map_to_vector(map.getResults(), [&](AffineExpr expr) {
        auto dim = dyn_cast<AffineDimExpr>(expr);
        return dim ? step[dim.getPosition()] : 0;
      });
  return llvm::formatv("[{0:$[, ]}]",
                       llvm::make_range(sizes.begin(), sizes.end()));
}

InFlightDiagnostic DotLayouts::emit(const Tile &tile, StringRef list,
                                    size_t bit) {
  const SmallVector<Step> &steps = list == "register" ? tile.registers
                                   : list == "lane"   ? tile.lanes
                                                      : tile.warps;
  return op.emitOpError() << list << " bit " << bit << " of " << tile.name
                          << " steps by " << tile.print(steps[bit]);
}

/// Extents agree, and one dimension at most is summed over, which both operands
/// have.
LogicalResult DotLayouts::verifyDims() {
  const Tile *tiles[] = {&a, &b, &acc};
  SmallVector<int64_t> extents(loops, -1);
  for (const Tile *tile : tiles)
    for (auto [position, expr] : llvm::enumerate(tile->map.getResults())) {
      int64_t extent = tile->shape[position];
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim) {
        if (extent != 1)
          return op.emitOpError("takes ")
                 << tile->name << " at 0 of dimension " << position
                 << ", which must have extent 1, not " << extent;
        continue;
      }
      int64_t &known = extents[dim.getPosition()];
      if (known >= 0 && known != extent)
        return op.emitOpError("d")
               << dim.getPosition() << " has extent " << extent << " in "
               << tile->name << ", but " << known << " in another operand";
      known = extent;
    }
  for (int64_t dim = 0; dim < loops; ++dim) {
    if (acc.has(dim) || (!a.has(dim) && !b.has(dim)))
      continue;
    if (!a.has(dim) || !b.has(dim))
      return op.emitOpError("sums over d")
             << dim << ", which only " << (a.has(dim) ? "a" : "b") << " has";
    if (summed >= 0)
      return op.emitOpError("sums over d")
             << summed << " and d" << dim << "; one dimension is supported";
    summed = dim;
  }
  return success();
}

/// Whether `step` is a sum of some of `bits`. No two bits of a layout share a
/// step, so that each bit is in the sum or not by itself.
static bool isSumOf(Step step, ArrayRef<Step> bits) {
  for (const Step &bit : bits) {
    auto pairs = llvm::zip_equal(step, bit);
    if (llvm::all_of(pairs, [](auto pair) {
          auto [rest, size] = pair;
          return (rest & size) == size;
        }))
      for (auto [rest, size] : pairs)
        rest -= size;
  }
  return llvm::all_of(step, [](int64_t rest) { return rest == 0; });
}

/// The registers of an operand, from bit `first` on, hold what those of the
/// accumulator, from `firstAcc` on, and all steps of the summed dimension from
/// `firstK` on ask for.
LogicalResult DotLayouts::verifyRegisters(const Tile &operand, int64_t first,
                                          int64_t firstAcc, int64_t firstK) {
  ArrayRef<Step> held = ArrayRef(operand.registers).drop_front(first);
  for (size_t bit = firstAcc; bit < acc.registers.size(); ++bit) {
    Step wanted = operand.restrict(acc.registers[bit]);
    if (!isSumOf(wanted, held))
      return emit(acc, "register", bit)
             << ", but no register bits of " << operand.name << " from bit "
             << first << " on add up to " << operand.print(wanted);
  }
  if (summed < 0)
    return success();
  auto position = operand.map.getResultPosition(
      getAffineDimExpr(summed, operand.map.getContext()));
  for (int64_t size = firstK; size < operand.shape[*position]; size *= 2) {
    Step wanted(loops, 0);
    wanted[summed] = size;
    if (!isSumOf(wanted, held))
      return op.emitOpError("sums over d")
             << summed << " in each thread, but no register bit of "
             << operand.name << " from bit " << first << " on steps by "
             << operand.print(wanted);
  }
  return success();
}

/// Lanes (or warps) hold the part of an operand that belongs to their part of
/// the accumulator.
LogicalResult DotLayouts::verifyThreads(const Tile &operand, bool lanes) {
  StringRef list = lanes ? "lane" : "warp";
  ArrayRef<Step> actual = lanes ? operand.lanes : operand.warps,
                 wanted = lanes ? acc.lanes : acc.warps;
  for (size_t bit = 0; bit < actual.size(); ++bit)
    if (Step step = operand.restrict(wanted[bit]); actual[bit] != step)
      return emit(operand, list, bit)
             << "; the accumulator's needs " << operand.print(step);
  return success();
}

/// The lowest register bits and the lanes of an operand are the fragment of the
/// instruction, with the accumulator's steps along m and n.
LogicalResult DotLayouts::verifyFragment(const Tile &operand,
                                         LayoutAttr fragment, int64_t summedDim,
                                         bool isA) {
  auto check = [&](StringRef list, ArrayRef<Basis> bits,
                   ArrayRef<Step> actual) -> LogicalResult {
    if (actual.size() < bits.size())
      return op.emitOpError(operand.name)
             << " has " << actual.size() << " register bits, "
             << stringifyContraction(op.getContraction()) << " needs "
             << bits.size();
    for (auto [bit, basis] : llvm::enumerate(bits)) {
      int64_t k = basis.values()[summedDim];
      Step wanted(loops, 0);
      if (k != 0)
        wanted[summed] = k;
      else
        wanted = (isA ? mSteps : nSteps).lookup(basis.values()[1 - summedDim]);
      if (actual[bit] != wanted)
        return emit(operand, list, bit)
               << "; " << stringifyContraction(op.getContraction()) << " needs "
               << operand.print(wanted)
               << (k ? " there" : " there, as the accumulator has it");
    }
    return success();
  };
  return success(succeeded(check("register", fragment.getRegisters(),
                                 operand.registers)) &&
                 succeeded(check("lane", fragment.getLanes(), operand.lanes)));
}

LogicalResult DotLayouts::verifyFragments() {
  InstructionAttr instruction = op.getContractionAttr();
  StringRef name = stringifyContraction(op.getContraction());
  if (summed < 0)
    return op.emitOpError("sums over no dimension, ") << name << " needs one";
  // The accumulator decides what the bits of m and n step by: columns may
  // alternate. A bit of m steps in dimensions that only a shares with it.
  LayoutAttr fragment = instruction.getAccLayout();
  auto checkAcc = [&](StringRef list, ArrayRef<Basis> bits,
                      ArrayRef<Step> actual) -> LogicalResult {
    if (actual.size() < bits.size())
      return op.emitOpError("the accumulator has ")
             << actual.size() << " register bits, " << name << " needs "
             << bits.size();
    for (auto [bit, basis] : llvm::enumerate(bits)) {
      int64_t m = basis.values()[0], n = basis.values()[1];
      const Tile &with = m ? a : b, &without = m ? b : a;
      int64_t along = 0, other = 0;
      for (auto [dim, size] : llvm::enumerate(actual[bit]))
        (with.has(dim) && !without.has(dim) ? along : other) += size;
      if (along == 0 || other != 0)
        return emit(acc, list, bit)
               << "; " << name << " needs a step along " << (m ? "m" : "n")
               << " there, in a dimension that only " << with.name
               << " shares with it";
      if (m)
        mSteps[m] = actual[bit];
      else
        nSteps[n] = actual[bit];
    }
    return success();
  };
  LayoutAttr aLayout = instruction.getALayout(),
             bLayout = instruction.getBLayout();
  if (failed(checkAcc("register", fragment.getRegisters(), acc.registers)) ||
      failed(checkAcc("lane", fragment.getLanes(), acc.lanes)) ||
      failed(verifyFragment(a, aLayout, /*summedDim=*/1, /*isA=*/true)) ||
      failed(verifyFragment(b, bLayout, /*summedDim=*/0, /*isA=*/false)))
    return failure();
  int64_t accBits = fragment.getRegisters().size();
  int64_t k = instruction.getShape().k;
  return success(
      succeeded(
          verifyRegisters(a, aLayout.getRegisters().size(), accBits, k)) &&
      succeeded(verifyRegisters(b, bLayout.getRegisters().size(), accBits, k)));
}

LogicalResult DotLayouts::verify() {
  if (failed(verifyDims()))
    return failure();
  if (op.getContractionAttr().usesTensorCores()) {
    if (failed(verifyFragments()))
      return failure();
  } else {
    for (const Tile *operand : {&a, &b})
      if (failed(verifyThreads(*operand, /*lanes=*/true)) ||
          failed(verifyRegisters(*operand, 0, 0, /*firstK=*/1)))
        return failure();
  }
  return success(succeeded(verifyThreads(a, /*lanes=*/false)) &&
                 succeeded(verifyThreads(b, /*lanes=*/false)));
}

LogicalResult DotOp::verify() {
  if (getMaps().size() != 3)
    return emitOpError("needs three maps, for a, b and the accumulator");
  Value operands[] = {getA(), getB(), getAcc()};
  unsigned loops = cast<AffineMapAttr>(getMaps()[0]).getValue().getNumDims();
  for (auto [value, attr] : llvm::zip_equal(operands, getMaps())) {
    auto type = cast<RankedTensorType>(value.getType());
    AffineMap map = cast<AffineMapAttr>(attr).getValue();
    if (!isa_and_nonnull<LayoutAttr>(type.getEncoding()))
      return emitOpError("operands need #kiln.layout encodings");
    if (map.getNumResults() != static_cast<unsigned>(type.getRank()))
      return emitOpError("each map must have its operand's rank");
    if (map.getNumDims() != loops || map.getNumSymbols() != 0 ||
        !map.isProjectedPermutation(/*allowZeroInResults=*/true))
      return emitOpError("maps must take the same iteration dimensions to "
                         "different dimensions of their operands, not ")
             << attr;
    if (failed(verifyTileEncoding(*this, type)))
      return failure();
  }
  InstructionAttr instruction = getContractionAttr();
  Type wanted = instruction.getOperandType();
  for (Value operand : {getA(), getB()}) {
    Type element = cast<RankedTensorType>(operand.getType()).getElementType();
    if (wanted ? element != wanted : !isa<FloatType>(element))
      return emitOpError() << stringifyContraction(getContraction())
                           << " does not multiply " << element;
  }
  Type sum = cast<RankedTensorType>(getAcc().getType()).getElementType();
  Type wantedSum = instruction.getAccumulatorType();
  if (wantedSum ? sum != wantedSum : !isa<FloatType>(sum))
    return emitOpError() << stringifyContraction(getContraction())
                         << " does not accumulate in " << sum;
  return DotLayouts(*this).verify();
}
