//===- KernelSpace.h - The axes of a kernel -------------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Every question about what a dimension means is answered here: fusion,
/// verification, schedules, tiling and the launch description ask nothing else.
///
//===----------------------------------------------------------------------===//

#ifndef KILN_ANALYSIS_KERNELSPACE_H
#define KILN_ANALYSIS_KERNELSPACE_H

#include "kiln/Analysis/ContractionView.h"

#include "llvm/ADT/MapVector.h"

#include <string>

namespace kiln {

/// The axes of a kernel, and which of them the loops of its ops walk.
///
/// An op is *anchored* when it reduces or reads an anchored value: it is
/// computed once, at positions of its own. All others (fills, broadcasts,
/// elementwise work on arguments) are computed wherever they are read.
///
/// Axes are joined through anchored values only, at each use, and never through
/// an argument that two operands share: X times its transpose has two row axes.
/// In a kernel around a contraction the axes are the dimensions of its result,
/// and every later op must keep to them.
class KernelSpace {
public:
  /// The axis of a dimension of extent 1 that no axis walks.
  static constexpr int kUnit = -1;

  struct Axis {
    int64_t extent = 1;
    /// What a reader calls it: "channel", "row", "axis 2", ...
    std::string name;
    /// Whether some op reduces along it.
    bool reduced = false;
  };

  KernelSpace() = default;
  /// The space of a kernel around `contraction`, whose summed loops are not
  /// axes: they belong to its tile.
  explicit KernelSpace(const ContractionView &contraction);

  /// Whether `op` would be anchored: it reduces or reads an anchored value.
  bool isAnchored(mlir::linalg::LinalgOp op) const;
  bool isAnchored(mlir::Value value) const { return axesOf.contains(value); }
  /// Adds an op; its anchored operands were added before. Empty, or why the op
  /// has no place in the kernel, which then is as it was.
  std::string add(mlir::linalg::LinalgOp op);
  /// Adds the results of a kernel. Values that are not anchored get axes of
  /// their own, shared by all such results of one shape. Empty, or what is
  /// wrong.
  std::string addResults(mlir::ValueRange results);

  llvm::SmallVector<int> getAxes(mlir::Value value) const;
  /// Of each loop of an op that was added.
  llvm::SmallVector<int> getLoopAxes(mlir::Operation *op) const;
  /// All axes, in a stable order: a merged one stands for itself in its place.
  llvm::SmallVector<int> getAllAxes() const;
  const Axis &getAxis(int axis) const { return axes[find(axis)]; }
  llvm::ArrayRef<mlir::linalg::LinalgOp> getOps() const { return ops; }
  const std::optional<ContractionView> &getContraction() const {
    return contraction;
  }
  /// That of the contraction's m loop; `kUnit` without one.
  int getChannelAxis() const;

  /// Whether a block must hold the whole channel axis: a value that is reduced
  /// over it is used on each channel again, or leaves beside one that keeps it.
  bool needsAllChannels(mlir::ValueRange results) const;

  /// The axes that blocks are laid over: all that every result has and no
  /// reduction of a value that a result needs.
  llvm::SmallVector<int> getBlockAxes(mlir::ValueRange results) const;

  /// The space of the ops of a block with these results; says at the op why
  /// there is none otherwise. A contraction that an instruction multiplies
  /// leads where `aroundContraction` is set, and is a reduction like others
  /// where not.
  static mlir::FailureOr<KernelSpace> analyze(mlir::Block &block,
                                              mlir::ValueRange results,
                                              bool aroundContraction = true);

private:
  int find(int axis) const;
  int addAxis(int64_t extent, std::string name);
  /// Whether the two may be one, which they then are.
  bool join(int left, int right);
  std::string assignLoops(mlir::linalg::LinalgOp op,
                          llvm::SmallVectorImpl<int> &loops);
  std::string checkContractionKernel(mlir::linalg::LinalgOp op,
                                     llvm::ArrayRef<int> loops,
                                     bool readsReduced) const;

  std::optional<ContractionView> contraction;
  llvm::SmallVector<Axis> axes;
  /// Of each axis, itself or the one that it was merged into.
  llvm::SmallVector<int> parent;
  llvm::SmallVector<mlir::linalg::LinalgOp> ops;
  llvm::MapVector<mlir::Operation *, llvm::SmallVector<int>> loopsOf;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int>> axesOf;
  /// Values that are reduced over all channels, or computed from such.
  llvm::DenseSet<mlir::Value> reducedValues;
};

/// Output channels that a block's tile can hold at once, at most: what a value
/// that is used again on each channel behind a reduction needs.
inline constexpr int64_t kMostHeldChannels = 256;

} // namespace kiln

#endif // KILN_ANALYSIS_KERNELSPACE_H
