//===- KernelGroup.h - Which ops run in one kernel --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_KERNELGROUP_H
#define KILN_LIB_TRANSFORMS_KERNELGROUP_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#include <string>

namespace kiln {

/// Attribute on an op next to a kernel: why it did not join.
inline constexpr llvm::StringLiteral kNotFusedAttrName = "kiln.not_fused";

/// Whether `op` only gives a tensor another shape.
bool isView(mlir::Operation *op);

/// Whether `op` is a dense 2-D convolution on tensors of static shape, around
/// which a kernel can grow.
bool isSeed(mlir::Operation *op);

/// A convolution and the ops of its block that run in one kernel with it.
class KernelGroup {
public:
  /// Grows the group; nothing is changed in the IR.
  explicit KernelGroup(mlir::linalg::LinalgOp conv);

  /// The convolution and what joined it, in block order.
  llvm::ArrayRef<mlir::Operation *> getJoined() const { return joined; }
  /// Producers that are computed again in the kernel, in block order.
  llvm::ArrayRef<mlir::Operation *> getFree() const { return free; }
  /// Neighbours that stayed outside, and why.
  const llvm::MapVector<mlir::Operation *, std::string> &getOutside() const {
    return outside;
  }
  mlir::linalg::LinalgOp getConv() const { return conv; }
  bool contains(mlir::Operation *op) const { return members.contains(op); }

private:
  /// For each dimension of a value of the kernel: the dimension of the
  /// convolution's output that it walks, or `kUnit`.
  using Roles = llvm::SmallVector<int, 4>;
  static constexpr int kUnit = -1;

  void grow();
  bool cut();
  void orderMembers();
  /// Empty when `op` may join, otherwise why not.
  std::string tryJoin(mlir::Operation *op);
  std::string assignRoles(mlir::linalg::GenericOp op, Roles &loops);
  /// Adds what computes `value` to the kernel where that costs nothing.
  void addProducers(mlir::Value value, bool isTapped);
  bool costsNothing(mlir::Operation *op, bool isTapped) const;

  mlir::linalg::LinalgOp conv;
  int channelDim;
  /// Values for each image and output channel: the most that a producer may
  /// compute again in every block.
  int64_t smallSize;
  llvm::DenseMap<mlir::Value, Roles> roles;
  llvm::SetVector<mlir::Operation *> core, producers;
  llvm::DenseSet<mlir::Operation *> members;
  llvm::SmallVector<mlir::Operation *> joined, free;
  llvm::MapVector<mlir::Operation *, std::string> outside;
  llvm::DenseMap<mlir::Operation *, std::string> banned;
};

/// Values defined outside `op` that it or its regions read.
llvm::SetVector<mlir::Value> getReads(mlir::Operation *op);

/// Moves the group into a new `kiln.kernel` called `name` and replaces its
/// uses; null when nothing outside uses the group.
KernelOp buildKernel(const KernelGroup &group, llvm::StringRef name);

} // namespace kiln

#endif // KILN_LIB_TRANSFORMS_KERNELGROUP_H
