//===- BlockReduction.h - Reductions in a block ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_STAGING_BLOCKREDUCTION_H
#define KILN_LIB_STAGING_BLOCKREDUCTION_H

#include "kiln/Analysis/Combiner.h"
#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace kiln {

/// Whether every start value adds nothing to what is combined.
bool startsNeutral(mlir::linalg::LinalgOp op, const Combiner &combiner);

/// The `kiln.reduce` of tiles over `dims` with the combiner in its region.
ReduceOp makeBlockReduction(mlir::OpBuilder &builder, mlir::Location loc,
                            const Combiner &combiner, mlir::TypeRange results,
                            mlir::ValueRange inputs,
                            llvm::ArrayRef<int64_t> dims, bool halving);

/// Start values with what a reduction left appended to them, elementwise.
llvm::SmallVector<mlir::Value> appendToStarts(mlir::OpBuilder &builder,
                                              mlir::Location loc,
                                              const Combiner &combiner,
                                              mlir::ValueRange starts,
                                              mlir::ValueRange reduced);

} // namespace kiln

#endif // KILN_LIB_STAGING_BLOCKREDUCTION_H
