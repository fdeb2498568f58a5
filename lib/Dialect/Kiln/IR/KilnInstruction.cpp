//===- KilnInstruction.cpp - Facts of the multiply instructions -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace kiln;

InstructionShape kiln::getInstructionShape(Contraction contraction) {
  switch (contraction) {
  case Contraction::FMA:
    return {1, 1, 1, 1};
  case Contraction::TF32:
  case Contraction::TF32x3:
    return {16, 8, 8, 1};
  case Contraction::F16:
  case Contraction::BF16:
    return {16, 8, 16, 2};
  }
  llvm_unreachable("unknown contraction");
}

Type InstructionAttr::getOperandType() const {
  switch (getValue()) {
  case Contraction::FMA:
    return Type();
  case Contraction::TF32:
  case Contraction::TF32x3:
    return Float32Type::get(getContext());
  case Contraction::F16:
    return Float16Type::get(getContext());
  case Contraction::BF16:
    return BFloat16Type::get(getContext());
  }
  llvm_unreachable("unknown contraction");
}

Type InstructionAttr::getAccumulatorType() const {
  return usesTensorCores() ? Type(Float32Type::get(getContext())) : Type();
}

namespace {
/// Bits of a fragment in two dimensions.
struct FragmentBuilder {
  SmallVector<Basis> registers, lanes;

  static void add(SmallVectorImpl<Basis> &bits, int64_t dim, int64_t from,
                  int64_t to) {
    for (int64_t size = from; size < to; size *= 2)
      bits.push_back(Basis::unit(2, dim, size));
  }
  LayoutAttr get(MLIRContext *context) {
    lanes.resize(5, Basis({0, 0}));
    return LayoutAttr::get(context, registers, lanes, ArrayRef<Basis>());
  }
};
} // namespace

// In all fragments the lower two lane bits (the thread in its group of four)
// step along k in a and b and along n in acc, the upper three (the group) along
// the other dimension. A word holds neighbours along k; four lanes hold four
// words, the next word of a lane lies behind them.

LayoutAttr InstructionAttr::getALayout() const {
  FragmentBuilder a;
  if (usesTensorCores()) {
    auto [m, n, k, perWord] = getShape();
    a.add(a.registers, 1, 1, perWord);
    a.add(a.registers, 0, m / 2, m);
    a.add(a.registers, 1, 4 * perWord, k);
    a.add(a.lanes, 1, perWord, 4 * perWord);
    a.add(a.lanes, 0, 1, m / 2);
  }
  return a.get(getContext());
}

LayoutAttr InstructionAttr::getBLayout() const {
  FragmentBuilder b;
  if (usesTensorCores()) {
    auto [m, n, k, perWord] = getShape();
    b.add(b.registers, 0, 1, perWord);
    b.add(b.registers, 0, 4 * perWord, k);
    b.add(b.lanes, 0, perWord, 4 * perWord);
    b.add(b.lanes, 1, 1, n);
  }
  return b.get(getContext());
}

LayoutAttr InstructionAttr::getAccLayout() const {
  FragmentBuilder acc;
  if (usesTensorCores()) {
    auto [m, n, k, perWord] = getShape();
    acc.add(acc.registers, 1, 1, 2);
    acc.add(acc.registers, 0, m / 2, m);
    acc.add(acc.lanes, 1, 2, n);
    acc.add(acc.lanes, 0, 1, m / 2);
  }
  return acc.get(getContext());
}
