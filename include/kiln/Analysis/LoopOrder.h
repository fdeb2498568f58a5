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

} // namespace kiln

#endif // KILN_ANALYSIS_LOOPORDER_H
