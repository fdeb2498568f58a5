//===- StoreEpilogue.h - What is computed before a store ------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_STAGING_STOREEPILOGUE_H
#define KILN_LIB_STAGING_STOREEPILOGUE_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace kiln {

/// The elementwise ops between one tile that is computed otherwise (the
/// accumulator, or what follows from a reduction) and a store. All further
/// operands are read or constant, so that the same can be computed of any box
/// of the tile, by other threads.
class StoreEpilogue {
public:
  /// Nothing where there is no such tile, or two; where an op permutes its
  /// dimensions or asks for positions in the tile; or where others use what it
  /// computes.
  static std::optional<StoreEpilogue> find(StoreTileOp store);

  /// What the ops are computed from.
  mlir::Value getSource() const { return source; }
  /// Scalar instructions for each element, about: a function counts as ten.
  int64_t countInstructions() const;
  /// Whether it reads another tensor of as many elements.
  bool readsWholeTile() const;

  /// Where a box starts in the tile, in a dimension: an index, which may be
  /// null, and a constant.
  struct Start {
    mlir::Value index;
    int64_t constant = 0;
  };
  /// What is read of the tensors of as many elements, by the ops' operands.
  using Reads = llvm::DenseMap<mlir::Value, mlir::Value>;
  /// Reads a box that `layout` holds and that starts at `start`, in units of up
  /// to `vector` elements, as `compute` would.
  Reads read(mlir::OpBuilder &builder, LayoutAttr layout,
             llvm::ArrayRef<Start> start, int64_t vector) const;
  /// Computes a box of the stored tile from that box of the source, `piece`,
  /// which starts at `start`. Reads what is not in `reads`. What does not
  /// depend on where the box starts is computed once for all boxes, in front of
  /// `first`.
  mlir::Value compute(mlir::OpBuilder &builder, mlir::Value piece,
                      llvm::ArrayRef<Start> start, int64_t vector,
                      mlir::Operation *first, const Reads &reads = Reads());
  /// Erases the ops, which nobody uses any more.
  void erase();

private:
  class Maker;

  mlir::Value source, result;
  llvm::SmallVector<mlir::linalg::LinalgOp> ops; ///< in their order
  /// What all boxes share: of a value, in a type.
  llvm::DenseMap<std::pair<mlir::Value, mlir::Type>, mlir::Value> shared;
};

/// `offset` plus what is added to it: the constant last, on its own.
mlir::Value moveOffset(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value offset, const StoreEpilogue::Start &start);

} // namespace kiln

#endif // KILN_LIB_STAGING_STOREEPILOGUE_H
