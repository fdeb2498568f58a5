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
  if (text == "tf32")
    return Precision::TF32;
  if (text == "f32")
    return Precision::F32;
  return std::nullopt;
}

FailureOr<Precision> kiln::getPrecision(ModuleOp module, StringRef option) {
  if (std::optional<Precision> precision = parsePrecision(option))
    return *precision;
  return module.emitError("unknown precision '")
         << option << "'; known are tf32 and f32";
}
