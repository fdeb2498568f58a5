//===- KilnDialect.cpp - Registration and attribute checks ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

#include "kiln/Dialect/Kiln/IR/KilnDialect.cpp.inc"

void KilnDialect::initialize() {
  registerAttributes();
  registerTypes();
  registerOps();
}

/// Attributes of the dialect that other ops carry.
static constexpr StringLiteral kOperationAttrNames[] = {
    KilnDialect::kTargetAttrName,     KilnDialect::kScheduleAttrName,
    KilnDialect::kNumWrittenAttrName, KilnDialect::kNumInputsAttrName,
    KilnDialect::kNotFusedAttrName,   KilnDialect::kEmbedAttrName,
    KilnDialect::kIsolatedAttrName,   KilnDialect::kLibdeviceAttrName};
static constexpr StringLiteral kArgumentAttrNames[] = {
    KilnDialect::kFanInAttrName, KilnDialect::kDomainAttrName};

static InFlightDiagnostic refuse(Operation *op, StringAttr name,
                                 const Twine &where,
                                 ArrayRef<StringLiteral> known) {
  InFlightDiagnostic error = op->emitError()
                             << "there is no attribute '" << name.getValue()
                             << "' of " << where;
  if (known.empty())
    return error;
  error << "; there are ";
  llvm::interleaveComma(known, error,
                        [&](StringRef other) { error << "'" << other << "'"; });
  return error;
}

/// Where `attr` is an i64 from `least` to `most`.
static bool isInRange(Attribute attr, int64_t least, int64_t most = INT64_MAX) {
  auto integer = dyn_cast<IntegerAttr>(attr);
  return integer && integer.getType().isInteger(64) &&
         integer.getInt() >= least && integer.getInt() <= most;
}

LogicalResult KilnDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attr) {
  StringAttr name = attr.getName();
  if (!llvm::is_contained(kOperationAttrNames, name))
    return refuse(op, name, "an op", kOperationAttrNames);
  auto emitError = [&](const Twine &what) {
    return op->emitError() << "'" << name.getValue() << "' " << what;
  };
  if (name == kTargetAttrName) {
    if (!isa<ModuleOp>(op))
      return emitError("must stand at a module");
    if (!isa<TargetAttr>(attr.getValue()))
      return emitError("must be a #kiln.target attribute");
    return success();
  }
  if (name == kLibdeviceAttrName) {
    if (!isa<ModuleOp>(op))
      return emitError("must stand at a module");
    if (!isa<StringAttr>(attr.getValue()))
      return emitError("must be a string, the path of a bitcode file");
    return success();
  }
  if (name == kNotFusedAttrName) {
    if (!isa<StringAttr>(attr.getValue()))
      return emitError("must be a string");
    return success();
  }
  if (name == kIsolatedAttrName) {
    if (!isa<ModuleOp>(op))
      return emitError("must stand at a module");
    if (!isa<UnitAttr>(attr.getValue()))
      return emitError("must be a unit attribute");
    return success();
  }
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return emitError("must stand at a function");
  if (name == kEmbedAttrName) {
    if (!isa<UnitAttr>(attr.getValue()))
      return emitError("must be a unit attribute");
    return success();
  }
  if (name == kScheduleAttrName) {
    if (!isa<KernelSchedule>(attr.getValue()))
      return emitError("must be a schedule, such as #kiln.schedule");
    return success();
  }
  // Counts of arguments.
  int64_t least = name == kNumWrittenAttrName ? 1 : 0;
  int64_t most = function.getNumArguments();
  if (!isInRange(attr.getValue(), least, most))
    return emitError("must be an i64 from " + Twine(least) +
                     " to the number of arguments, " + Twine(most));
  return success();
}

LogicalResult KilnDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                    unsigned index,
                                                    NamedAttribute attr) {
  StringAttr name = attr.getName();
  if (!llvm::is_contained(kArgumentAttrNames, name))
    return refuse(op, name, "an argument", kArgumentAttrNames);
  auto emitError = [&](const Twine &what) {
    return op->emitError() << "'" << name.getValue() << "' of argument "
                           << index << " must be " << what;
  };
  if (name == kFanInAttrName && !isInRange(attr.getValue(), 1))
    return emitError("an i64 of at least 1");
  if (name == kDomainAttrName && !isa<DomainAttr>(attr.getValue()))
    return emitError("#kiln.domain<positive> or #kiln.domain<nonzero>");
  return success();
}

LogicalResult KilnDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                       unsigned,
                                                       NamedAttribute attr) {
  return refuse(op, attr.getName(), "a result", {});
}
