//===- Shuffle.h - Values of other lanes ----------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_SHUFFLE_H
#define KILN_LIB_DISTRIBUTION_SHUFFLE_H

#include "DistributionContext.h"

namespace kiln {

/// The value of the lane whose number differs in `mask`.
mlir::Value shuffleXor(mlir::Location loc, mlir::Value value, int64_t mask,
                       DistributionContext &context);
/// The value of lane `lane` (i32).
mlir::Value shuffleFrom(mlir::Location loc, mlir::Value value, mlir::Value lane,
                        DistributionContext &context);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_SHUFFLE_H
