//===- KilnTypes.cpp - The types of the Kiln dialect ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

#define GET_TYPEDEF_CLASSES
#include "kiln/Dialect/Kiln/IR/KilnTypes.cpp.inc"

void KilnDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "kiln/Dialect/Kiln/IR/KilnTypes.cpp.inc"
      >();
}

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t slots, Type elementType,
                                 SharedLayoutAttr layout, int64_t tail) {
  if (slots < 1)
    return emitError() << "a shared buffer needs at least one slot";
  if (!elementType.isIntOrFloat() || elementType.getIntOrFloatBitWidth() % 8)
    return emitError() << "elements of a shared buffer are whole bytes, not "
                       << elementType;
  if (tail < 0)
    return emitError() << "tail must not be negative, not " << tail;
  return success();
}

int64_t SharedType::getSlotBytes() const {
  return llvm::alignTo(getLayout().getCosize() *
                               getElementType().getIntOrFloatBitWidth() / 8 +
                           getTail(),
                       kAlignment);
}
