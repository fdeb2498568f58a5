//===- EntryFunction.h - Which function is compiled -------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_PIPELINES_ENTRYFUNCTION_H
#define KILN_LIB_PIPELINES_ENTRYFUNCTION_H

#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// Reduces `module` to its entry, the function `name` or else the only public
/// one with a body, and the functions that it calls, which become private.
/// Refuses, at the place: no or several candidates, shapes that are dynamic or
/// have no elements, element types that no artifact can describe.
mlir::LogicalResult selectEntry(mlir::ModuleOp module, llvm::StringRef name);

} // namespace kiln

#endif // KILN_LIB_PIPELINES_ENTRYFUNCTION_H
