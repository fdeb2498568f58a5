//===- Views.h - Where a view reads its source ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_VIEWS_H
#define KILN_ANALYSIS_VIEWS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/Operation.h"

namespace kiln {

/// Whether `op` is a view whose source `getViewCoordinates` finds: a reshape, a
/// cast or a slice of static sizes.
bool isStaticView(mlir::Operation *op);

/// The coordinates in the source of a view of the element at `coordinates`,
/// which are affine expressions of `numDims` dimensions.
llvm::SmallVector<mlir::AffineExpr>
getViewCoordinates(mlir::Operation *view,
                   llvm::ArrayRef<mlir::AffineExpr> coordinates,
                   unsigned numDims);

} // namespace kiln

#endif // KILN_ANALYSIS_VIEWS_H
