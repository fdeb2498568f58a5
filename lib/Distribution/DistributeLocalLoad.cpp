//===- DistributeLocalLoad.cpp - Fragments from shared memory -------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TF32Words.h"
#include "TilePattern.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace kiln;

namespace {
struct DistributeLocalLoad : TilePattern<LocalLoadOp> {
  LogicalResult distribute(LocalLoadOp op,
                           DistributionContext &context) const override;
};
struct DistributeAllocShared : TilePattern<AllocSharedOp> {
  LogicalResult distribute(AllocSharedOp op,
                           DistributionContext &context) const override {
    if (!op.getOffset())
      return op.emitOpError("has no place in shared memory; run "
                            "kiln-place-shared first");
    context.shared.place(op.getBuffer(), *op.getOffset());
    return success();
  }
};
} // namespace

/// The sum of the steps' offsets is the offset of the sum as long as no
/// coordinate carries from one part of a dimension into the next.
static bool isAdditive(LocalLoadOp op) {
  SharedType buffer = op.getBuffer().getType();
  for (auto [dim, mode] : llvm::enumerate(buffer.getLayout().getModes())) {
    int64_t boundary = 1;
    for (const Mode::Part &part : mode.parts().drop_back()) {
      boundary *= part.size;
      // Offsets must be multiples of the boundary or the whole box within one
      // part.
      int64_t first = op.getOffsets()[dim];
      int64_t last = first + (op.getFragments().getType().getDimSize(dim) - 1) *
                                 op.getStrides()[dim];
      if (first / boundary != last / boundary &&
          (first % boundary != 0 || op.getStrides()[dim] != 1))
        return false;
    }
  }
  return true;
}

/// Vector loads of up to 16 bytes; a vector may bring words that a later load
/// wants, but never reaches beyond the slot.
static void loadWords(LocalLoadOp op, LoadedWords::Words &words,
                      ArrayRef<int64_t> missing, DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  LayoutAttr layout = getTileLayout(op.getFragments());
  // What every thread's part of the address is a multiple of.
  int64_t alignment = 16;
  for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
    for (const Basis &basis : list)
      if (int64_t step = getStepBytes(op, basis))
        while (step % alignment != 0)
          alignment /= 2;
  SharedType buffer = op.getBuffer().getType();
  int64_t end = buffer.getLayout().getCosize() *
                buffer.getElementType().getIntOrFloatBitWidth() / 8;
  llvm::SmallSet<int64_t, 32> wanted(missing.begin(), missing.end());
  int64_t farthest = 0;
  for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
    for (const Basis &basis : list)
      farthest += getStepBytes(op, basis);
  for (int64_t offset : missing) {
    if (words.raw.contains(offset))
      continue;
    // The widest aligned vector around this word whose words are all wanted;
    // a pair also if it stays within the slot.
    int64_t width = std::max<int64_t>(alignment, 4);
    int64_t start = offset;
    for (; width > 4; width /= 2) {
      start = offset / width * width;
      bool useful = true;
      for (int64_t word = start; word < start + width; word += 4)
        useful &=
            !words.raw.contains(word) &&
            (wanted.contains(word) ||
             (width == 8 && word + farthest + 4 <= end && context.schedule &&
              context.schedule.getColumns() == Columns::EvenOdd));
      if (useful)
        break;
    }
    if (width <= 4) {
      width = 4;
      start = offset;
    }
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), words.base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(start)});
    Type i32 = builder.getI32Type();
    Type type = width == 4 ? i32 : Type(VectorType::get({width / 4}, i32));
    Value vector = LLVM::LoadOp::create(builder, loc, type, address, width);
    ++context.statistics.loads;
    for (int64_t word = 0; word < width / 4; ++word)
      words.raw[start + 4 * word] =
          width == 4 ? vector
                     : vector::ExtractOp::create(builder, loc, vector, word)
                           .getResult();
  }
}

/// ldmatrix where four lanes hold 16 contiguous bytes, a row, and eight rows
/// make a matrix: words are pairs of 16-bit elements, or 32-bit elements.
static bool loadMatrices(LocalLoadOp op, Value from, LoadedWords::Words &words,
                         ArrayRef<int64_t> missing,
                         DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  LayoutAttr layout = getTileLayout(op.getFragments());
  SharedType buffer = op.getBuffer().getType();
  ArrayRef<Basis> registers = layout.getRegisters();
  if (buffer.getElementType().getIntOrFloatBitWidth() == 16) {
    if (registers.empty() || getStepBytes(op, registers[0]) != 2)
      return false;
    registers = registers.drop_front();
  }
  if (getStepBytes(op, layout.getLanes()[0]) != 4 ||
      getStepBytes(op, layout.getLanes()[1]) != 8)
    return false;
  for (ArrayRef<Basis> list :
       {registers, layout.getLanes().drop_front(2), layout.getWarps()})
    for (const Basis &basis : list)
      if (getStepBytes(op, basis) % 16 != 0)
        return false;
  // Where lanes hold copies of a row, a plain load broadcasts it.
  for (const Basis &basis : layout.getLanes().drop_front(2))
    if (getStepBytes(op, basis) == 0)
      return false;
  for (int64_t offset : missing)
    if (offset % 16 != 0)
      return false;

  Location loc = op.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  SmallVector<int64_t> pending(missing);
  // Distances between words that a fourth of the lanes can be moved by.
  SmallVector<int64_t> steps;
  for (const Basis &basis : registers)
    steps.push_back(getStepBytes(op, basis));
  auto isPending = [&](int64_t offset) {
    return llvm::is_contained(pending, offset);
  };
  Value slotOffset =
      context.shared.getSlotOffset(loc, from, context.lookup(op.getSlot()));
  while (!pending.empty()) {
    int64_t first = pending.front();
    SmallVector<int64_t> group{first};
    int64_t delta[2] = {0, 0};
    int matrices = 1;
    for (int64_t step : steps) {
      bool fits = llvm::all_of(
          group, [&](int64_t offset) { return isPending(offset + step); });
      if (!fits || matrices == 4)
        continue;
      delta[matrices == 1 ? 0 : 1] = step;
      for (size_t i = 0, n = group.size(); i < n; ++i)
        group.push_back(group[i] + step);
      matrices *= 2;
    }
    // Lane l points at row l % 8 of matrix l / 8.
    SmallVector<int64_t> laneBits;
    for (int bit = 2; bit < 5; ++bit)
      laneBits.push_back(getStepBytes(op, layout.getLanes()[bit]));
    laneBits.append({delta[0], delta[1]});
    SmallVector<int64_t> warpBits =
        llvm::map_to_vector(layout.getWarps(), [&](const Basis &basis) {
          return getStepBytes(op, basis);
        });
    Value base = context.shared.getPointer(
        loc, arith::AddIOp::create(builder, loc, slotOffset,
                                   threads.getSum(laneBits, warpBits)));
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(first)});
    Type i32 = builder.getI32Type();
    Type type = matrices == 1
                    ? i32
                    : Type(LLVM::LLVMStructType::getLiteral(
                          op.getContext(), SmallVector<Type>(matrices, i32)));
    Value loadedMatrices = NVVM::LdMatrixOp::create(
        builder, loc, type, address, builder.getI32IntegerAttr(matrices),
        NVVM::MMALayoutAttr::get(op.getContext(), NVVM::MMALayout::row),
        NVVM::LdStMatrixShapeAttr::get(op.getContext(), 8, 8),
        NVVM::LdStMatrixEltTypeAttr::get(op.getContext(),
                                         NVVM::LdStMatrixEltType::B16));
    ++context.statistics.loads;
    for (auto [i, offset] : llvm::enumerate(group)) {
      words.raw[offset] =
          matrices == 1
              ? loadedMatrices
              : LLVM::ExtractValueOp::create(builder, loc, loadedMatrices, i)
                    .getResult();
      llvm::erase(pending, offset);
    }
  }
  return true;
}

/// What the load computes of elements of the same place.
static Value computeElement(LocalLoadOp op, ValueRange elements,
                            DistributionContext &context) {
  Block &block = op.getComputing().front();
  IRMapping mapping;
  mapping.map(block.getArguments(), elements);
  for (Operation &inner : block.without_terminator())
    context.builder.clone(inner, mapping);
  return mapping.lookup(cast<ComputeYieldOp>(block.back()).getValue());
}

/// What the load computes of words, of one or two elements each.
static Value computeWord(LocalLoadOp op, ArrayRef<Value> words,
                         DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  Type element = op.getBuffer().getType().getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  Type part = builder.getIntegerType(bits), i32 = builder.getI32Type();
  Value made;
  for (unsigned shift = 0; shift < 32; shift += bits) {
    SmallVector<Value> elements;
    for (Value value : words) {
      if (shift != 0)
        value = arith::ShRUIOp::create(builder, loc, value,
                                       context.threads.constant32(shift));
      if (bits != 32)
        value = arith::TruncIOp::create(builder, loc, part, value);
      elements.push_back(
          arith::BitcastOp::create(builder, loc, element, value));
    }
    Value value = computeElement(op, elements, context);
    value = arith::BitcastOp::create(builder, loc, part, value);
    if (bits != 32)
      value = arith::ExtUIOp::create(builder, loc, i32, value);
    if (shift != 0)
      value = arith::ShLIOp::create(builder, loc, value,
                                    context.threads.constant32(shift));
    made = made ? arith::OrIOp::create(builder, loc, made, value).getResult()
                : value;
  }
  return made;
}

/// Loads the words of `missing` as they lie in `buffer`.
static LogicalResult loadRaw(LocalLoadOp op, Value buffer,
                             LoadedWords::Words &words,
                             ArrayRef<int64_t> missing,
                             DistributionContext &context) {
  OpBuilder &builder = context.builder;
  Location loc = op.getLoc();
  LayoutAttr layout = getTileLayout(op.getFragments());
  int64_t bits =
      op.getBuffer().getType().getElementType().getIntOrFloatBitWidth();
  if (missing.empty())
    return success();
  // 16-bit neighbours in k that do not share a word are read one by one.
  bool pairs = bits == 32 || (!layout.getRegisters().empty() &&
                              getStepBytes(op, layout.getRegisters()[0]) == 2);
  if (pairs) {
    if (!loadMatrices(op, buffer, words, missing, context))
      loadWords(op, words, missing, context);
    return success();
  }
  if (layout.getRegisters().empty())
    return op.emitOpError("16-bit fragments need two elements a register");
  int64_t step = getStepBytes(op, layout.getRegisters()[0]);
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  auto loadHalf = [&](int64_t offset) -> Value {
    Value address = LLVM::GEPOp::create(
        builder, loc, pointer, builder.getI8Type(), words.base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
    ++context.statistics.loads;
    Value half =
        LLVM::LoadOp::create(builder, loc, builder.getI16Type(), address, 2);
    return arith::ExtUIOp::create(builder, loc, builder.getI32Type(), half);
  };
  for (int64_t offset : missing) {
    Value high = arith::ShLIOp::create(builder, loc, loadHalf(offset + step),
                                       context.threads.constant32(16));
    words.raw[offset] =
        arith::OrIOp::create(builder, loc, high, loadHalf(offset));
  }
  return success();
}

LogicalResult
DistributeLocalLoad::distribute(LocalLoadOp op,
                                DistributionContext &context) const {
  SharedType buffer = op.getBuffer().getType();
  int64_t bits = buffer.getElementType().getIntOrFloatBitWidth();
  if (!isAdditive(op))
    return op.emitOpError("reads across the parts of a shared dimension");
  if (bits != 16 && bits != 32)
    return op.emitOpError("elements must have 16 or 32 bits");
  SmallVector<LoadedWords::Words *> read;
  read.push_back(&context.loaded.get(op, op.getSlot(), context));
  for (Value other : op.getOthers())
    read.push_back(&context.loaded.get(op, other, op.getSlot(), context));
  Fragment &fragment = context.fragments[op.getFragments()];
  fragment.words = true;

  SmallVector<int64_t> offsets = getWordOffsets(op);
  auto &known = read.front()->get(op);
  for (auto [number, words] : llvm::enumerate(read)) {
    SmallVector<int64_t> missing;
    for (int64_t offset : offsets) {
      if (known.contains(offset) || words->raw.contains(offset))
        ++context.statistics.sharedElements;
      else if (!llvm::is_contained(missing, offset))
        missing.push_back(offset);
    }
    Value from =
        number == 0 ? Value(op.getBuffer()) : op.getOthers()[number - 1];
    if (failed(loadRaw(op, from, *words, missing, context)))
      return failure();
  }
  for (int64_t offset : offsets) {
    Value &word = known[offset];
    if (!word) {
      SmallVector<Value> raw;
      for (LoadedWords::Words *words : read)
        raw.push_back(words->raw.at(offset));
      word = op.getComputing().empty() ? raw.front()
                                       : computeWord(op, raw, context);
      if (op.getRoundTf32())
        word = roundToTF32(op.getLoc(), word, context);
    }
    fragment.values.push_back(word);
  }
  return success();
}

void kiln::populateLocalLoadPatterns(TilePatternSet &patterns) {
  patterns.add<DistributeAllocShared, DistributeLocalLoad>();
}
