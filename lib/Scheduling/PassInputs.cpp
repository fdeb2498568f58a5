//===- PassInputs.cpp - What every pass here asks of its module -----------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "PassInputs.h"

#include "kiln/Machine/Targets.h"

using namespace mlir;
using namespace kiln;

FailureOr<TargetAttr> kiln::getRequiredTarget(ModuleOp module) {
  if (TargetAttr target = getTarget(module))
    return target;
  return module.emitError("no 'kiln.target' on the module; run "
                          "kiln-set-target first");
}

std::optional<Precision> kiln::parsePrecision(StringRef text) {
  for (Precision precision :
       {Precision::TF32, Precision::TF32x3, Precision::F32})
    if (text == stringifyPrecision(precision))
      return precision;
  return std::nullopt;
}

StringRef kiln::stringifyPrecision(Precision precision) {
  switch (precision) {
  case Precision::TF32:
    return "tf32";
  case Precision::F32:
    return "f32";
  case Precision::TF32x3:
    return "tf32x3";
  }
  llvm_unreachable("unknown precision");
}

StringRef kiln::getKnownPrecisions() { return "tf32, tf32x3, f32"; }

Contraction kiln::getF32Contraction(Precision precision) {
  switch (precision) {
  case Precision::TF32:
    return Contraction::TF32;
  case Precision::F32:
    return Contraction::FMA;
  case Precision::TF32x3:
    return Contraction::TF32x3;
  }
  llvm_unreachable("unknown precision");
}

FailureOr<Precision> kiln::getPrecision(ModuleOp module, StringRef option) {
  if (std::optional<Precision> precision = parsePrecision(option))
    return *precision;
  return module.emitError("unknown precision '")
         << option << "'; known are " << getKnownPrecisions();
}
