//===- DistributeShared.cpp - A thread's accesses to shared memory --------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Distributor.h"

#include "kiln/Dialect/Kiln/IR/KernelNames.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace kiln;

int64_t Distributor::reserve(int64_t bytes) {
  int64_t offset = sharedBytes;
  sharedBytes += llvm::alignTo(bytes, SharedType::kAlignment);
  return offset;
}

LogicalResult Distributor::allocate(AllocSharedOp op) {
  bufferOffsets[op.getBuffer()] = reserve(op.getBuffer().getType().getBytes());
  return success();
}

Value Distributor::getSharedPointer(Location loc, Value byteOffset) {
  auto pointer = LLVM::LLVMPointerType::get(function.getContext(), 3);
  if (!sharedBase) {
    auto module = function->getParentOfType<gpu::GPUModuleOp>();
    auto type =
        LLVM::LLVMArrayType::get(builder.getI8Type(), /*numElements=*/0);
    if (!module.lookupSymbol(kSharedMemoryName)) {
      OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
      LLVM::GlobalOp::create(atStart, module.getLoc(), type,
                             /*isConstant=*/false, LLVM::Linkage::External,
                             kSharedMemoryName, Attribute(),
                             /*alignment=*/SharedType::kAlignment,
                             /*addrSpace=*/3);
    }
    sharedBase =
        LLVM::AddressOfOp::create(hoisted, loc, pointer, kSharedMemoryName);
  }
  return LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(),
                             sharedBase, ArrayRef<LLVM::GEPArg>{byteOffset});
}

Value Distributor::getSlotOffset(Location loc, Value buffer, Value slot) {
  auto type = cast<SharedType>(buffer.getType());
  Value start = constant32(bufferOffsets.lookup(buffer));
  if (type.getSlots() == 1)
    return start;
  Value bytes = arith::MulIOp::create(builder, loc, toI32(mapping.lookup(slot)),
                                      constant32(type.getSlotBytes()));
  return arith::AddIOp::create(builder, loc, bytes, start);
}

/// Round to nearest, ties away from zero, on the bits: the hardware ignores the
/// low 13. The signed maximum keeps the canonical NaN 0x7fffffff, which would
/// otherwise wrap to -0; for every other positive value and for all negative
/// ones but NaNs of full payload the sum is the greater of the two.
Value Distributor::roundToTF32(Location loc, Value word) {
  Value sum = arith::AddIOp::create(builder, loc, word, constant32(0x1000));
  return arith::MaxSIOp::create(builder, loc, sum, word);
}

/// How far apart in bytes the elements of a bit's step lie.
static int64_t getStepBytes(LocalLoadOp op, const Basis &basis) {
  SharedType buffer = op.getBuffer().getType();
  SmallVector<int64_t> at;
  for (auto [step, stride] : llvm::zip_equal(basis.values(), op.getStrides()))
    at.push_back(step * stride);
  return buffer.getLayout().getOffset(at) *
         buffer.getElementType().getIntOrFloatBitWidth() / 8;
}

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

SmallVector<int64_t> Distributor::getWordOffsets(LocalLoadOp op) {
  LayoutAttr layout = getLayout(op.getFragments());
  SharedType buffer = op.getBuffer().getType();
  int64_t bytes = buffer.getElementType().getIntOrFloatBitWidth() / 8;
  int64_t base = buffer.getLayout().getOffset(op.getOffsets()) * bytes;
  SmallVector<int64_t> offsets;
  for (int64_t reg = 0; reg < layout.getNumRegisters(); reg += 4 / bytes) {
    int64_t offset = base;
    for (auto [bit, basis] : llvm::enumerate(layout.getRegisters()))
      if (reg >> bit & 1)
        offset += getStepBytes(op, basis);
    offsets.push_back(offset);
  }
  return offsets;
}

Distributor::LoadKey Distributor::getLoadKey(LocalLoadOp op, Value slot) {
  LayoutAttr layout = getLayout(op.getFragments());
  LoadKey key{
      op.getBuffer().getAsOpaquePointer(), slot.getAsOpaquePointer(), {}, 0};
  for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
    for (const Basis &basis : list)
      key.threadPart.push_back(getStepBytes(op, basis));
  // Two 16-bit elements make a word: which ones is part of what it is.
  if (op.getBuffer().getType().getElementType().getIntOrFloatBitWidth() == 16 &&
      !layout.getRegisters().empty())
    key.pairStep = getStepBytes(op, layout.getRegisters()[0]);
  return key;
}

/// What has been loaded like `op` from `slot`, with the pointer to load more.
Distributor::LoadedWords &Distributor::getLoaded(LocalLoadOp op, Value slot) {
  LoadKey key = getLoadKey(op, slot);
  LoadedWords &words = loaded[key];
  if (!words.base) {
    Location loc = op.getLoc();
    ArrayRef<int64_t> part = key.threadPart;
    words.base = getSharedPointer(
        loc, arith::AddIOp::create(
                 builder, loc, getSlotOffset(loc, op.getBuffer(), slot),
                 getThreadSum(part.take_front(5), part.drop_front(5))));
  }
  return words;
}

/// Vector loads of up to 16 bytes; a vector may bring words that a later load
/// wants, but never reaches beyond the slot.
void Distributor::loadWords(LocalLoadOp op, LoadedWords &words,
                            ArrayRef<int64_t> missing) {
  Location loc = op.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
  LayoutAttr layout = getLayout(op.getFragments());
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
        useful &= !words.raw.contains(word) &&
                  (wanted.contains(word) ||
                   (width == 8 && word + farthest + 4 <= end && schedule &&
                    schedule.getColumns() == Columns::EvenOdd));
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
    ++statistics.loads;
    for (int64_t word = 0; word < width / 4; ++word)
      words.raw[start + 4 * word] =
          width == 4 ? vector
                     : vector::ExtractOp::create(builder, loc, vector, word)
                           .getResult();
  }
}

/// ldmatrix where four lanes hold 16 contiguous bytes, a row, and eight rows
/// make a matrix: words are pairs of 16-bit elements, or 32-bit elements.
bool Distributor::loadMatrices(LocalLoadOp op, LoadedWords &words,
                               ArrayRef<int64_t> missing) {
  LayoutAttr layout = getLayout(op.getFragments());
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
  Value slotOffset = getSlotOffset(loc, op.getBuffer(), op.getSlot());
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
    Value base = getSharedPointer(
        loc, arith::AddIOp::create(builder, loc, slotOffset,
                                   getThreadSum(laneBits, warpBits)));
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
    ++statistics.loads;
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

LogicalResult Distributor::distributeLocalLoad(LocalLoadOp op) {
  Location loc = op.getLoc();
  LayoutAttr layout = getLayout(op.getFragments());
  SharedType buffer = op.getBuffer().getType();
  int64_t bits = buffer.getElementType().getIntOrFloatBitWidth();
  if (!isAdditive(op))
    return op.emitOpError("reads across the parts of a shared dimension");
  if (bits != 16 && bits != 32)
    return op.emitOpError("elements must have 16 or 32 bits");
  LoadedWords &words = getLoaded(op, op.getSlot());
  Fragment &fragment = fragments[op.getFragments()];
  fragment.words = true;

  // 16-bit neighbours in k that do not share a word are read one by one.
  bool pairs = bits == 32 || (!layout.getRegisters().empty() &&
                              getStepBytes(op, layout.getRegisters()[0]) == 2);
  if (!pairs) {
    if (layout.getRegisters().empty())
      return op.emitOpError("16-bit fragments need two elements a register");
    int64_t step = getStepBytes(op, layout.getRegisters()[0]);
    auto pointer = LLVM::LLVMPointerType::get(op.getContext(), 3);
    auto loadHalf = [&](int64_t offset) -> Value {
      Value address = LLVM::GEPOp::create(
          builder, loc, pointer, builder.getI8Type(), words.base,
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
      ++statistics.loads;
      Value half =
          LLVM::LoadOp::create(builder, loc, builder.getI16Type(), address, 2);
      return arith::ExtUIOp::create(builder, loc, builder.getI32Type(), half);
    };
    for (int64_t offset : getWordOffsets(op)) {
      Value &word = words.raw[offset];
      if (word) {
        ++statistics.sharedElements;
      } else {
        Value high = arith::ShLIOp::create(
            builder, loc, loadHalf(offset + step), constant32(16));
        word = arith::OrIOp::create(builder, loc, high, loadHalf(offset));
      }
      fragment.values.push_back(word);
    }
    return success();
  }

  SmallVector<int64_t> offsets = getWordOffsets(op);
  auto &known = op.getRoundTf32() ? words.rounded : words.raw;
  SmallVector<int64_t> missing;
  for (int64_t offset : offsets) {
    if (known.contains(offset) || words.raw.contains(offset))
      ++statistics.sharedElements;
    else if (!llvm::is_contained(missing, offset))
      missing.push_back(offset);
  }
  if (!missing.empty() && !loadMatrices(op, words, missing))
    loadWords(op, words, missing);
  for (int64_t offset : offsets) {
    Value &word = known[offset];
    if (!word)
      word = roundToTF32(loc, words.raw.at(offset));
    fragment.values.push_back(word);
  }
  return success();
}

/// A fragment carried around the loop is what an earlier iteration loaded from
/// the slot that this iteration works on: later loads may share its words.
void Distributor::seedCarriedLoads(scf::ForOp loop) {
  Operation *yield = loop.getBody()->getTerminator();
  for (auto [argument, yielded] :
       llvm::zip_equal(loop.getRegionIterArgs(), yield->getOperands())) {
    auto load = yielded.getDefiningOp<LocalLoadOp>();
    if (!load || load->getBlock() != loop.getBody())
      continue;
    // The slot of the next iteration must be a carried value itself.
    auto slots = llvm::enumerate(yield->getOperands());
    auto slot = llvm::find_if(
        slots, [&](auto operand) { return operand.value() == load.getSlot(); });
    if (slot == slots.end())
      continue;
    Value nextSlot = loop.getRegionIterArg((*slot).index());
    LoadedWords &words = getLoaded(load, nextSlot);
    auto &known = load.getRoundTf32() ? words.rounded : words.raw;
    for (auto [offset, word] :
         llvm::zip_equal(getWordOffsets(load), fragments[argument].values))
      known[offset] = word;
  }
}
