//===- Packing.h - The rows of a packed filter ----------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_PACKING_H
#define KILN_ANALYSIS_PACKING_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

namespace kiln {

/// Writes into `packed` what `op` computes from `filter`: the elements of the
/// whole filter, or one that all of them equal. Elements have 1, 2, 4 or 8
/// bytes.
void evaluatePack(PackOp op, llvm::ArrayRef<char> filter,
                  llvm::MutableArrayRef<char> packed);

} // namespace kiln

#endif // KILN_ANALYSIS_PACKING_H
