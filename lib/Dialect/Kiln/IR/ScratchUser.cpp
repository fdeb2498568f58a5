//===- ScratchUser.cpp - Shared memory that warps exchange values in ------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace kiln;

#include "kiln/Dialect/Kiln/IR/KilnInterfaces.cpp.inc"

SharedType kiln::getScratchType(MLIRContext *context, int64_t bytes) {
  return SharedType::get(context, /*slots=*/1, IntegerType::get(context, 8),
                         SharedLayoutAttr::get(context, {Mode({{bytes, 1}})}));
}

LogicalResult kiln::verifyScratch(ScratchUser op) {
  OperandRange scratch = op.getScratch();
  if (scratch.empty())
    return success();
  SmallVector<int64_t> wanted = op.getScratchBytes();
  if (scratch.size() != wanted.size())
    return op->emitOpError("has ")
           << scratch.size() << " scratch buffers, it needs " << wanted.size();
  for (auto [buffer, bytes] : llvm::zip_equal(scratch, wanted)) {
    SharedType type = getScratchType(op.getContext(), bytes);
    if (buffer.getType() != type)
      return op->emitOpError("has a scratch buffer of type ")
             << buffer.getType() << ", it needs " << type;
  }
  return success();
}

/// Threads write what they exchange, meet, and read it.
static void addScratchEffects(
    ScratchUser op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  MutableOperandRange scratch = op.getScratchMutable();
  for (OpOperand &buffer : scratch) {
    effects.emplace_back(MemoryEffects::Write::get(), &buffer);
    effects.emplace_back(MemoryEffects::Read::get(), &buffer);
  }
}

void ReduceOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addScratchEffects(*this, effects);
}

void ConvertLayoutOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addScratchEffects(*this, effects);
}

static Speculation::Speculatability getScratchSpeculatability(ScratchUser op) {
  return op.getScratch().empty() ? Speculation::Speculatable
                                 : Speculation::NotSpeculatable;
}

Speculation::Speculatability ReduceOp::getSpeculatability() {
  return getScratchSpeculatability(*this);
}

Speculation::Speculatability ConvertLayoutOp::getSpeculatability() {
  return getScratchSpeculatability(*this);
}

static bool steps(const Basis &basis, ArrayRef<int64_t> dims) {
  return llvm::any_of(dims,
                      [&](int64_t dim) { return basis.values()[dim] != 0; });
}

bool kiln::reducesAcrossBlock(LayoutAttr input, ArrayRef<int64_t> dims) {
  return !input.getWarps().empty() &&
         llvm::all_of(input.getWarps(),
                      [&](const Basis &basis) { return steps(basis, dims); });
}

int64_t kiln::getReductionScratchBytes(LayoutAttr input, LayoutAttr reduced,
                                       ArrayRef<int64_t> dims, Type element) {
  if (llvm::none_of(input.getWarps(),
                    [&](const Basis &basis) { return steps(basis, dims); }))
    return 0;
  int64_t lanes = llvm::count_if(
      reduced.getLanes(), [](const Basis &basis) { return !basis.isZero(); });
  int64_t bytes = std::max<int64_t>(4, element.getIntOrFloatBitWidth() / 8);
  return (bytes * reduced.getNumRegisters())
         << (lanes + input.getWarps().size());
}
