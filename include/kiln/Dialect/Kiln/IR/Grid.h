//===- Grid.h - Grids that depend on the card ---*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The size of a grid along one of its dimensions is an affine map without
// dimensions, whose only symbol is the number of multiprocessors of the card;
// its value is the least of the results, as in affine.min.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_KILN_IR_GRID_H
#define KILN_DIALECT_KILN_IR_GRID_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"

#include <string>

namespace kiln {

/// A grid of `blocks` blocks along x; with `persistent` of no more than the
/// card has multiprocessors.
mlir::ArrayAttr makeGrid(mlir::MLIRContext *context, int64_t blocks,
                         bool persistent = false);

/// A size as an expression over `sm_count` that a loader evaluates
/// (docs/artifact.md): "min(18, sm_count)".
std::string formatGridSize(mlir::AffineMap size);

/// Fails where a size is none, or cannot be said in an artifact.
mlir::LogicalResult
verifyGrid(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
           mlir::ArrayAttr grid);

/// The form in the IR: `[min(18, sm_count), 1, 1]`.
mlir::ParseResult parseGrid(mlir::OpAsmParser &parser, mlir::ArrayAttr &grid);
void printGrid(mlir::OpAsmPrinter &printer, mlir::Operation *,
               mlir::ArrayAttr grid);

} // namespace kiln

#endif // KILN_DIALECT_KILN_IR_GRID_H
