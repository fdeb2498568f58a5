//===- KilnDialect.cpp - Registration and attribute checks ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

#include "kiln/Dialect/Kiln/IR/KilnDialect.cpp.inc"

void KilnDialect::initialize() {
  registerAttributes();
  registerTypes();
  registerOps();
}

LogicalResult KilnDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attr) {
  if (attr.getName() == kTargetAttrName && !isa<TargetAttr>(attr.getValue()))
    return op->emitError() << "'" << kTargetAttrName
                           << "' must be a #kiln.target attribute";
  if (attr.getName() == kScheduleAttrName &&
      !isa<KernelSchedule>(attr.getValue()))
    return op->emitError() << "'" << kScheduleAttrName
                           << "' must be a schedule, such as #kiln.schedule";
  if (attr.getName() == kNumWrittenAttrName) {
    auto count = dyn_cast<IntegerAttr>(attr.getValue());
    if (!count || count.getInt() < 1)
      return op->emitError()
             << "'" << kNumWrittenAttrName << "' must be a positive integer";
  }
  return success();
}

LogicalResult KilnDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                    unsigned index,
                                                    NamedAttribute attr) {
  if (attr.getName() == kFanInAttrName) {
    auto fanIn = dyn_cast<IntegerAttr>(attr.getValue());
    if (!fanIn || !fanIn.getType().isInteger(64) || fanIn.getInt() < 1)
      return op->emitError() << "'" << kFanInAttrName << "' of argument "
                             << index << " must be an i64 of at least 1";
  }
  if (attr.getName() == kDomainAttrName && !isa<DomainAttr>(attr.getValue()))
    return op->emitError() << "'" << kDomainAttrName << "' of argument "
                           << index
                           << " must be #kiln.domain<positive> or "
                              "#kiln.domain<nonzero>";
  return success();
}
