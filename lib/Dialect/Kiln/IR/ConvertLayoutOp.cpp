//===- ConvertLayoutOp.cpp - kiln.convert_layout --------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TileVerifiers.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"
#include "kiln/Dialect/Kiln/IR/LayoutConversion.h"

using namespace mlir;
using namespace kiln;

/// The bits of a layout that step, in the order of their numbers.
static SmallVector<std::pair<LayoutBit, Basis>> getSteps(LayoutAttr layout) {
  SmallVector<std::pair<LayoutBit, Basis>> steps;
  auto add = [&](LayoutBit::Number number, ArrayRef<Basis> list) {
    for (auto [bit, basis] : llvm::enumerate(list))
      if (!basis.isZero())
        steps.push_back({{number, static_cast<int64_t>(bit)}, basis});
  };
  add(LayoutBit::Number::Register, layout.getRegisters());
  add(LayoutBit::Number::Lane, layout.getLanes());
  add(LayoutBit::Number::Warp, layout.getWarps());
  return steps;
}

std::optional<SmallVector<MovedBit>> kiln::matchLayoutBits(LayoutAttr from,
                                                           LayoutAttr to) {
  auto isCopy = [](const Basis &basis) { return basis.isZero(); };
  auto fromSteps = getSteps(from), toSteps = getSteps(to);
  if (llvm::any_of(from.getRegisters(), isCopy) ||
      llvm::any_of(to.getRegisters(), isCopy) ||
      fromSteps.size() != toSteps.size())
    return std::nullopt;
  SmallVector<MovedBit> bits;
  for (auto &[place, basis] : fromSteps) {
    const auto *found = llvm::find_if(
        toSteps, [&](const auto &step) { return step.second == basis; });
    if (found == toSteps.end())
      return std::nullopt;
    bits.push_back({place, found->first});
  }
  return bits;
}

ConversionKind kiln::getConversionKind(ArrayRef<MovedBit> bits) {
  auto kind = ConversionKind::Registers;
  for (const MovedBit &bit : bits) {
    if (bit.from == bit.to)
      continue;
    if (bit.from.number == LayoutBit::Number::Warp)
      return ConversionKind::Scratch;
    if (bit.from.number == LayoutBit::Number::Lane)
      kind = ConversionKind::Shuffles;
  }
  return kind;
}

LayoutAttr kiln::getTileLayout(Value tile) {
  return dyn_cast_or_null<LayoutAttr>(
      cast<RankedTensorType>(tile.getType()).getEncoding());
}

LogicalResult ConvertLayoutOp::verify() {
  RankedTensorType from = getSource().getType(), to = getResult().getType();
  if (from.getShape() != to.getShape() ||
      from.getElementType() != to.getElementType())
    return emitOpError("source and result must have one shape and one element "
                       "type");
  LayoutAttr before = getTileLayout(getSource()),
             after = getTileLayout(getResult());
  if (!before || !after)
    return emitOpError("source and result need a #kiln.layout encoding");
  if (failed(verifyTileEncoding(*this, from)) ||
      failed(verifyTileEncoding(*this, to)))
    return failure();
  if (before.getWarps().size() != after.getWarps().size())
    return emitOpError("source has ")
           << before.getWarps().size() << " warp bits, the result "
           << after.getWarps().size();
  if (!matchLayoutBits(before, after))
    return emitOpError("source and result must have the same steps, and no "
                       "registers with copies");
  return success();
}

ConversionKind ConvertLayoutOp::getKind() {
  return getConversionKind(
      *matchLayoutBits(getTileLayout(getSource()), getTileLayout(getResult())));
}

SmallVector<int64_t> ConvertLayoutOp::getScratchBytes() {
  if (getKind() != ConversionKind::Scratch)
    return {};
  RankedTensorType type = getSource().getType();
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return {type.getNumElements() * std::max<int64_t>(1, bits / 8)};
}

bool ConvertLayoutOp::meetsWholeBlock() { return true; }

OpFoldResult ConvertLayoutOp::fold(FoldAdaptor) {
  return getSource().getType() == getResult().getType() ? getSource() : Value();
}
