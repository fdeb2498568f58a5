//===- Aggregates.h - Ops that stand for several ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_AGGREGATES_H
#define KILN_LIB_REFERENCE_AGGREGATES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln {

/// Puts structured ops in the place of those that stand for several of them,
/// such as `linalg.softmax`.
void decomposeAggregates(mlir::func::FuncOp function);

} // namespace kiln

#endif // KILN_LIB_REFERENCE_AGGREGATES_H
