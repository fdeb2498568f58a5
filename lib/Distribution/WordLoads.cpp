//===- WordLoads.cpp - A thread's elements of a tensor by words -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "WordLoads.h"

#include "GlobalMemory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace kiln;

int64_t kiln::getThreadDivisor(LayoutAttr layout, ArrayRef<int64_t> factors) {
  int64_t divisor = 0;
  for (ArrayRef<Basis> bits : {layout.getLanes(), layout.getWarps()})
    for (const Basis &basis : bits) {
      int64_t step = 0;
      for (auto [a, b] : llvm::zip_equal(basis.values(), factors))
        step += a * b;
      divisor = std::gcd(divisor, step);
    }
  return divisor;
}

int64_t kiln::getWordElements(int64_t extent, ArrayRef<int64_t> divisors,
                              unsigned bits) {
  constexpr int64_t kWordBits = 128;
  int64_t most = extent;
  for (int64_t divisor : divisors)
    most = std::gcd(most, divisor);
  int64_t width = 1;
  while (2 * width * bits <= kWordBits && most % (2 * width) == 0)
    width *= 2;
  return width;
}

namespace {
/// The loads of one tile.
class WordLoader {
public:
  WordLoader(Location loc, const ThreadSource &source,
             ArrayRef<ThreadPlace> places, Value filler,
             DistributionContext &context)
      : loc(loc), source(source), shape(source.type.getShape()), places(places),
        filler(filler), context(context), builder(context.builder),
        element(source.type.getElementType()), stored(getMemoryType(element)),
        strides(getRowMajorStrides(shape)) {
    if (!shape.empty())
      width = getWordElements(shape.back(), places.back().divisor,
                              stored.getIntOrFloatBitWidth());
  }

  /// The word that an element lies in, and its place there.
  std::pair<SmallVector<int64_t>, int64_t>
  getWord(ArrayRef<int64_t> steps) const {
    SmallVector<int64_t> word(steps);
    int64_t within = 0;
    if (!word.empty()) {
      within = llvm::mod(word.back(), width);
      word.back() -= within;
    }
    return {word, within};
  }
  /// Loads elements `first` to `last` of a word.
  SmallVector<Value> load(ArrayRef<int64_t> word, int64_t first, int64_t last);

private:
  Value isInside(ArrayRef<int64_t> word);

  Location loc;
  ThreadSource source;
  ArrayRef<int64_t> shape;
  ArrayRef<ThreadPlace> places;
  Value filler;
  DistributionContext &context;
  OpBuilder &builder;
  Type element, stored;
  SmallVector<int64_t> strides;
  int64_t width = 1;
  Value part;
  /// By dimension and step.
  std::map<std::pair<size_t, int64_t>, Value> inside;
};
} // namespace

/// Null where the word always lies inside. Unsigned comparison covers both
/// ends.
Value WordLoader::isInside(ArrayRef<int64_t> word) {
  Value valid;
  for (auto [dim, place] : llvm::enumerate(places)) {
    if (place.inBounds)
      continue;
    Value &known = inside[{dim, word[dim]}];
    if (!known) {
      auto constant = [&, type = place.base.getType()](int64_t value) {
        return arith::ConstantOp::create(builder, loc,
                                         builder.getIntegerAttr(type, value));
      };
      Value at =
          arith::AddIOp::create(builder, loc, place.base, constant(word[dim]));
      known = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, at,
                                    constant(shape[dim]));
    }
    valid = valid
                ? arith::AndIOp::create(builder, loc, valid, known).getResult()
                : known;
  }
  return valid;
}

SmallVector<Value> WordLoader::load(ArrayRef<int64_t> word, int64_t first,
                                    int64_t last) {
  // The least aligned part that has them all.
  int64_t count = 1;
  while (first / count != last / count)
    count *= 2;
  first -= first % count;
  int64_t offset = first;
  for (auto [step, stride] : llvm::zip_equal(word, strides))
    offset += step * stride;
  Value valid = isInside(word);
  if (!part)
    part = source.makePart();
  Value address = LLVM::GEPOp::create(
      builder, loc, part.getType(), stored, part,
      ArrayRef<LLVM::GEPArg>{context.threads.getConstantOffset(offset)});
  // What is outside is read at the tensor's start and thrown away.
  if (valid)
    address =
        LLVM::SelectOp::create(builder, loc, valid, address, source.tensor);
  Type type = stored;
  if (count > 1)
    type = VectorType::get(count, stored);
  unsigned alignment = count * stored.getIntOrFloatBitWidth() / 8;
  Value loaded = LLVM::LoadOp::create(builder, loc, type, address, alignment);
  SmallVector<Value> values(first, Value());
  for (int64_t i = 0; i < count; ++i) {
    Value value = loaded;
    if (count > 1)
      value = LLVM::ExtractElementOp::create(builder, loc, loaded,
                                             context.threads.constant32(i));
    value = fromMemory(builder, loc, value, element);
    if (valid)
      value = arith::SelectOp::create(builder, loc, valid, value, filler);
    values.push_back(value);
  }
  return values;
}

SmallVector<Value> kiln::loadWords(Location loc, const ThreadSource &source,
                                   ArrayRef<ThreadPlace> places,
                                   ArrayRef<SmallVector<int64_t>> steps,
                                   Value filler, DistributionContext &context) {
  WordLoader loader(loc, source, places, filler, context);
  // Of each word, which of its elements are needed, from first to last.
  llvm::MapVector<ArrayRef<int64_t>, std::pair<int64_t, int64_t>> needed;
  SmallVector<std::pair<SmallVector<int64_t>, int64_t>> found;
  found.reserve(steps.size());
  for (ArrayRef<int64_t> step : steps) {
    auto &[word, within] = found.emplace_back(loader.getWord(step));
    auto [entry, isNew] = needed.try_emplace(word, within, within);
    entry->second.first = std::min(entry->second.first, within);
    entry->second.second = std::max(entry->second.second, within);
  }
  llvm::DenseMap<ArrayRef<int64_t>, SmallVector<Value>> loaded;
  for (auto &[word, range] : needed)
    loaded[word] = loader.load(word, range.first, range.second);
  return llvm::map_to_vector(found, [&](const auto &place) {
    return loaded[place.first][place.second];
  });
}
