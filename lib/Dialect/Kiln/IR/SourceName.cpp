//===- SourceName.cpp - What the user called an op ------------------------===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/SourceName.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

void kiln::keepSourceName(Operation *op) {
  op->setLoc(FusedLoc::get(op->getContext(), {op->getLoc()},
                           op->getName().getIdentifier()));
}

StringRef kiln::getSourceName(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (!isa<linalg::GenericOp>(op))
    return name;
  // Outer locations come first; of several beside each other the last counts.
  op->getLoc()->walk([&](Location loc) {
    auto fused = dyn_cast<FusedLocWith<StringAttr>>(loc);
    if (!fused)
      return WalkResult::advance();
    name = fused.getMetadata().getValue();
    return WalkResult::skip();
  });
  return name;
}

InFlightDiagnostic kiln::emitSourceError(Operation *op, const Twine &message) {
  return op->emitError() << "'" << getSourceName(op) << "' op " << message;
}
