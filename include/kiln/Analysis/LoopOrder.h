//===- LoopOrder.h - Loops in the order of a result -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_LOOPORDER_H
#define KILN_ANALYSIS_LOOPORDER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// The loops of `op` so that those of its first result stand in the order in
/// which the result has them: place i has loop `order[i]`. They change places
/// among themselves, all others stay; all stay where the result has one twice.
llvm::SmallVector<unsigned> getResultOrder(mlir::linalg::LinalgOp op);

/// Why the loops of `op` do not fit its results, empty where they do. A
/// position that several iterations of a parallel loop write has no value: each
/// may be the last. And a loop along the result reduces nothing.
std::string findWrongLoop(mlir::linalg::LinalgOp op);

} // namespace kiln

#endif // KILN_ANALYSIS_LOOPORDER_H
