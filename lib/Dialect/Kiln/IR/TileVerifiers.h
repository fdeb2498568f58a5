//===- TileVerifiers.h - What verifiers of tile ops share -------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DIALECT_KILN_IR_TILEVERIFIERS_H
#define KILN_LIB_DIALECT_KILN_IR_TILEVERIFIERS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace kiln {

/// A `#kiln.layout` encoding must cover exactly the tensor's shape; an error at
/// `op` if not.
mlir::LogicalResult verifyTileEncoding(mlir::Operation *op,
                                       mlir::RankedTensorType type);

} // namespace kiln

#endif // KILN_LIB_DIALECT_KILN_IR_TILEVERIFIERS_H
