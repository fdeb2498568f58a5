//===- Fragments.h - The registers of tiles in one thread -----*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_FRAGMENTS_H
#define KILN_LIB_DISTRIBUTION_FRAGMENTS_H

#include "ThreadNumbers.h"

namespace kiln {

/// The registers of a tile in one thread, in the order of its layout's register
/// bits. Tiles loaded from shared memory are held as 32-bit words: one 32-bit
/// or two 16-bit elements.
struct Fragment {
  llvm::SmallVector<mlir::Value> values;
  bool words = false;
};

/// The fragment of every tile that has been distributed.
class Fragments {
public:
  Fragments(mlir::OpBuilder &builder, ThreadNumbers &threads)
      : builder(builder), threads(threads) {}

  Fragment &operator[](mlir::Value tile) { return fragments[tile]; }
  /// Reports a tile that no thread holds.
  mlir::FailureOr<Fragment> get(mlir::Value tile) const;
  /// The scalars of a tile, words taken apart.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> getScalars(mlir::Value tile);

private:
  mlir::OpBuilder &builder;
  ThreadNumbers &threads;
  llvm::DenseMap<mlir::Value, Fragment> fragments;
};

/// The register of `from` that holds what register `reg` of `layout` needs
/// through `map`.
int64_t getOperandRegister(LayoutAttr layout, int64_t reg, LayoutAttr from,
                           mlir::AffineMap map);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_FRAGMENTS_H
