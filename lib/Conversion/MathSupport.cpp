//===- MathSupport.cpp - How math ops reach sm_89 -------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "MathSupport.h"

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace kiln;

// Lists of what is known to reach PTX, not of what does not: an op that a later
// MLIR adds is refused until it is tried.
static constexpr StringLiteral kInstructions[] = {
    "math.absf",  "math.ceil",  "math.copysign",  "math.floor",
    "math.fma",   "math.round", "math.roundeven", "math.sqrt",
    "math.trunc", "math.isnan", "math.isfinite",  "math.absi",
    "math.ctlz",  "math.ctpop", "math.cttz"};
static constexpr StringLiteral kExpanded[] = { // f16, bf16, f32
    "math.cos",   "math.erf",   "math.exp",   "math.exp2", "math.expm1",
    "math.log",   "math.log10", "math.log1p", "math.log2", "math.powf",
    "math.rsqrt", "math.sin",   "math.tanh"};
static constexpr StringLiteral kLibdevice[] = {
    "math.acos", "math.acosh", "math.asin",  "math.asinh",
    "math.atan", "math.atan2", "math.atanh", "math.cbrt",
    "math.cosh", "math.erfc",  "math.sinh",  "math.tan"};
// Of f64; exp2 and rsqrt of f32 have instructions that their patterns would
// take the place of.
static constexpr StringLiteral kWide[] = {
    "math.cos",  "math.erf",   "math.exp",   "math.expm1",
    "math.log",  "math.log10", "math.log1p", "math.log2",
    "math.powf", "math.sin",   "math.tanh"};

MathSupport kiln::getMathSupport(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (llvm::is_contained(kInstructions, name))
    return MathSupport::Instruction;
  bool isWide = getElementTypeOrSelf(op->getResult(0)).isF64();
  if (!isWide && llvm::is_contained(kExpanded, name))
    return MathSupport::Expanded;
  if (llvm::is_contained(kLibdevice, name) ||
      (isWide && llvm::is_contained(kWide, name)))
    return MathSupport::Libdevice;
  return MathSupport::None;
}

bool kiln::mayCallLibdevice(StringRef name) {
  return llvm::is_contained(kLibdevice, name) ||
         llvm::is_contained(kWide, name);
}

StringAttr kiln::getLibdevice(Operation *op) {
  for (; op; op = op->getParentOp())
    if (isa<ModuleOp>(op))
      if (auto path =
              op->getAttrOfType<StringAttr>(KilnDialect::kLibdeviceAttrName))
        return path;
  return {};
}
