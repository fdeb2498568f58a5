//===- Fragments.cpp - The registers of tiles in one thread ---------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Fragments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace kiln;

FailureOr<Fragment> Fragments::get(Value tile) const {
  auto it = fragments.find(tile);
  if (it != fragments.end())
    return it->second;
  return emitError(tile.getLoc())
         << "no thread holds this tile: it has no layout";
}

FailureOr<SmallVector<Value>> Fragments::getScalars(Value tile) {
  FailureOr<Fragment> fragment = get(tile);
  if (failed(fragment))
    return failure();
  if (!fragment->words)
    return fragment->values;
  Type element = cast<RankedTensorType>(tile.getType()).getElementType();
  SmallVector<Value> scalars;
  for (Value word : fragment->values) {
    Location loc = word.getLoc();
    int64_t bits = element.getIntOrFloatBitWidth();
    for (int64_t shift = 0; shift < 32; shift += bits) {
      Value part = word;
      if (shift != 0)
        part = arith::ShRUIOp::create(builder, loc, part,
                                      threads.constant32(shift));
      if (bits != 32)
        part = arith::TruncIOp::create(builder, loc,
                                       builder.getIntegerType(bits), part);
      scalars.push_back(element.isInteger() ? part
                                            : arith::BitcastOp::create(
                                                  builder, loc, element, part)
                                                  .getResult());
    }
  }
  return scalars;
}

int64_t kiln::getOperandRegister(LayoutAttr layout, int64_t reg,
                                 LayoutAttr from, AffineMap map) {
  int64_t found = 0;
  for (auto [bit, basis] : llvm::enumerate(layout.getRegisters())) {
    if (!(reg >> bit & 1))
      continue;
    SmallVector<int64_t> steps;
    for (AffineExpr expr : map.getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      steps.push_back(dim ? basis.values()[dim.getPosition()] : 0);
    }
    Basis wanted(steps);
    if (wanted.isZero())
      continue;
    for (auto [operandBit, operandBasis] : llvm::enumerate(from.getRegisters()))
      if (operandBasis == wanted)
        found |= int64_t(1) << operandBit;
  }
  return found;
}
