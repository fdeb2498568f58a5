//===- LoadedWords.cpp - What a thread has loaded already -----------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "LoadedWords.h"

#include "DistributionContext.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

int64_t kiln::getStepBytes(LocalLoadOp op, const Basis &basis) {
  SharedType buffer = op.getBuffer().getType();
  SmallVector<int64_t> at;
  for (auto [step, stride] : llvm::zip_equal(basis.values(), op.getStrides()))
    at.push_back(step * stride);
  return buffer.getLayout().getOffset(at) *
         buffer.getElementType().getIntOrFloatBitWidth() / 8;
}

SmallVector<int64_t> kiln::getWordOffsets(LocalLoadOp op) {
  LayoutAttr layout = getTileLayout(op.getFragments());
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

LoadedWords::Key LoadedWords::getKey(LocalLoadOp op, Value buffer, Value slot) {
  LayoutAttr layout = getTileLayout(op.getFragments());
  Key key{buffer.getAsOpaquePointer(), slot.getAsOpaquePointer(), {}, 0};
  for (ArrayRef<Basis> list : {layout.getLanes(), layout.getWarps()})
    for (const Basis &basis : list)
      key.threadPart.push_back(getStepBytes(op, basis));
  // Two 16-bit elements make a word: which ones is part of what it is.
  if (op.getBuffer().getType().getElementType().getIntOrFloatBitWidth() == 16 &&
      !layout.getRegisters().empty())
    key.pairStep = getStepBytes(op, layout.getRegisters()[0]);
  return key;
}

LoadedWords::Words &LoadedWords::get(LocalLoadOp op, Value buffer, Value slot,
                                     DistributionContext &context) {
  OpBuilder &builder = context.builder;
  ThreadNumbers &threads = context.threads;
  Key key = getKey(op, buffer, slot);
  Words &found = words[key];
  if (!found.base) {
    Location loc = op.getLoc();
    ArrayRef<int64_t> part = key.threadPart;
    found.base = context.shared.getPointer(
        loc,
        arith::AddIOp::create(
            builder, loc,
            context.shared.getSlotOffset(loc, buffer, context.lookup(slot)),
            threads.getSum(part.take_front(5), part.drop_front(5))));
  }
  return found;
}

void kiln::seedCarriedLoads(scf::ForOp loop, DistributionContext &context) {
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
    LoadedWords::Words &words = context.loaded.get(load, nextSlot, context);
    auto &known = words.get(load);
    for (auto [offset, word] : llvm::zip_equal(
             getWordOffsets(load), context.fragments[argument].values))
      known[offset] = word;
  }
}
