//===- BodyWork.h - What scalar code costs --------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_SCHEDULING_MODEL_BODYWORK_H
#define KILN_LIB_SCHEDULING_MODEL_BODYWORK_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// Cycles of a lone warp for an instruction: 2.1 to 3.7 by the stall counts of
/// ptxas in four kernels (conv, bias and elementwise work; f16, tf32), 2.6 in
/// the middle.
inline constexpr double kCyclesAlone = 2.6;

/// Scalar work of one turn of an op's loops.
struct BodyWork {
  double instructions = 0;
  double functions = 0;
};

BodyWork countBody(mlir::linalg::LinalgOp op);

/// Of a tensor in memory; 0 for other types.
double getBytes(mlir::Type type);

} // namespace kiln

#endif // KILN_LIB_SCHEDULING_MODEL_BODYWORK_H
