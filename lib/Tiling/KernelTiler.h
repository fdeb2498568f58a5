//===- KernelTiler.h - Ops of a kernel on the tiles of a block -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TILING_KERNELTILER_H
#define KILN_LIB_TILING_KERNELTILER_H

#include "kiln/Analysis/TilePlan.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"

#include <map>

namespace kiln {

/// Tiles one kernel: ops are cloned onto tiles on demand, from the stored
/// results back to the kernel's arguments. What is asked of a value is its
/// *coordinates*: for each of its dimensions an affine expression of the
/// kernel's axes, axis a as the dimension d<a>.
class KernelTiler {
public:
  KernelTiler(KernelOp kernel, KernelSpace space, TilePlan plan);

  mlir::LogicalResult run(int64_t &numMasked);

private:
  using Coordinates = llvm::SmallVector<mlir::AffineExpr>;
  /// A tile, and the axis (or a constant) that each of its dimensions walks.
  struct Tile {
    mlir::Value value;
    Coordinates index;
  };

  //--- TileToBlocks.cpp: loops and results.
  mlir::scf::ForallOp createBlocks();
  mlir::LogicalResult storeResult(mlir::Value result, mlir::Value memory);
  mlir::LogicalResult storeTile(mlir::Value result, mlir::Value memory);
  mlir::LogicalResult tileReductions(mlir::linalg::LinalgOp op);
  llvm::SmallVector<mlir::linalg::LinalgOp>
  findJointReductions(mlir::linalg::LinalgOp op);
  llvm::SmallVector<int> getWalkedAxes(mlir::linalg::LinalgOp op) const;
  llvm::SmallVector<mlir::linalg::LinalgOp>
  findReductions(mlir::ValueRange values, llvm::ArrayRef<int> walked);
  mlir::LogicalResult tileReductionsOf(mlir::ValueRange values,
                                       llvm::ArrayRef<int> walked);
  Coordinates getCoordinates(mlir::Value result);
  void walk(llvm::ArrayRef<int> axes, mlir::ValueRange needed,
            mlir::ValueRange inits,
            llvm::function_ref<mlir::FailureOr<llvm::SmallVector<mlir::Value>>(
                mlir::ValueRange)>
                body,
            llvm::SmallVectorImpl<mlir::Value> &results, bool &failed);

  //--- KernelTiler.cpp: values.
  mlir::FailureOr<Tile> tileValue(mlir::Value value,
                                  const Coordinates &coordinates);
  mlir::FailureOr<Tile> makeTile(mlir::Value value,
                                 const Coordinates &coordinates);
  mlir::FailureOr<Tile> tileContraction(const Coordinates &coordinates);
  mlir::FailureOr<Tile> tileView(mlir::Operation *view,
                                 const Coordinates &coordinates);
  mlir::FailureOr<Tile> tilePack(PackOp pack, const Coordinates &coordinates);
  mlir::FailureOr<Tile> maskOutside(mlir::Location loc, const Tile &tile,
                                    const Coordinates &coordinates,
                                    llvm::ArrayRef<int64_t> extents,
                                    mlir::TypedAttr value);
  mlir::FailureOr<Tile> tilePad(mlir::tensor::PadOp pad,
                                const Coordinates &coordinates);
  Tile broadcastTile(const Tile &tile, const Coordinates &index);
  Tile tileArgument(mlir::Value value, const Coordinates &coordinates,
                    mlir::TypedAttr padding);
  Coordinates getAxesOf(const Coordinates &coordinates) const;
  bool isNatural(mlir::Value value, const Coordinates &coordinates) const;
  /// The type of a tile with these dimensions, in the schedule's layout where
  /// it gives one to all tiles.
  mlir::RankedTensorType getTileType(const Coordinates &index,
                                     mlir::Type element) const;
  int64_t getSize(mlir::AffineExpr index) const;
  mlir::OpFoldResult getOffset(mlir::AffineExpr index);
  /// Whether a coordinate stays within `extent` on all tiles.
  bool staysWithin(mlir::AffineExpr coordinate, int64_t extent) const;

  //--- TileOps.cpp: ops.
  mlir::FailureOr<Tile> tileOp(mlir::linalg::LinalgOp op, unsigned resultNumber,
                               const Coordinates &coordinates);
  mlir::FailureOr<llvm::SmallVector<Tile>>
  emitOp(mlir::linalg::LinalgOp op, const Coordinates &loops,
         mlir::ValueRange carried = {});
  mlir::LogicalResult cloneBody(mlir::linalg::LinalgOp op,
                                mlir::Operation *tiled,
                                const Coordinates &loops,
                                llvm::ArrayRef<mlir::AffineExpr> iteration);
  mlir::linalg::LinalgOp splitReduction(mlir::linalg::LinalgOp reduction,
                                        const Coordinates &iteration);
  mlir::LogicalResult maskPadding(mlir::linalg::LinalgOp reduction,
                                  llvm::ArrayRef<mlir::AffineExpr> iteration);

  KernelOp kernel;
  KernelSchedule schedule;
  KernelSpace space;
  TilePlan plan;
  /// The contraction that is cut into boxes of its operands, with a schedule
  /// that stages them.
  std::optional<ContractionView> staged;
  mlir::OpBuilder builder;
  /// Where the tile stands along each axis; null where it does not yet.
  llvm::SmallVector<mlir::OpFoldResult> offsetOf;
  /// Tiles by value and coordinates.
  std::map<std::pair<void *, std::vector<const void *>>, Tile> tileOf;
  Tile &tileSlot(mlir::Value value, const Coordinates &coordinates);
  int64_t masked = 0;
};

} // namespace kiln

#endif // KILN_LIB_TILING_KERNELTILER_H
