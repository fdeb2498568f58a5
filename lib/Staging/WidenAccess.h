//===- WidenAccess.h - Neighbouring registers at once ---------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_STAGING_WIDENACCESS_H
#define KILN_LIB_STAGING_WIDENACCESS_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

namespace kiln {

/// Elements of the widest legal unit of a row of `tensor` that is read or
/// written from `offsets` on: rows start aligned, in memory and in the tile,
/// and no unit straddles an edge. Rows of a buffer beside it have `length`
/// elements, or any number for 0.
int64_t getUnitElements(mlir::ShapedType tensor, mlir::ValueRange offsets,
                        int64_t length = 0);

/// Stores, or reads, a tile of global memory in the widest legal units of what
/// a thread holds of a row: registers change their order, nothing moves.
/// Returns whether units have more than one element.
bool widenStore(StoreTileOp store);
bool widenRead(ExtractTileOp read);

} // namespace kiln

#endif // KILN_LIB_STAGING_WIDENACCESS_H
