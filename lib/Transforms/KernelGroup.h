//===- KernelGroup.h - Which ops run in one kernel --------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_TRANSFORMS_KERNELGROUP_H
#define KILN_LIB_TRANSFORMS_KERNELGROUP_H

#include "kiln/Analysis/KernelSpace.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#include <string>

namespace kiln {

/// Attribute on an op next to a kernel: why it did not join.
inline constexpr llvm::StringLiteral kNotFusedAttrName =
    KilnDialect::kNotFusedAttrName;

/// Whether `op` only gives a tensor another shape.
bool isView(mlir::Operation *op);

/// Whether `op` is a contraction on tensors of static shape that a multiply
/// instruction takes: a kernel grows around each.
bool isSeed(mlir::Operation *op);

/// Ops of a block that run in one kernel: those around a contraction, or all
/// that a block without one has.
class KernelGroup {
public:
  /// Grows the group; nothing is changed in the IR.
  explicit KernelGroup(const ContractionView &contraction);
  explicit KernelGroup(mlir::Block &block);

  /// What is computed once in the kernel, in block order.
  llvm::ArrayRef<mlir::Operation *> getJoined() const { return joined; }
  /// Neighbours that stayed outside, and why.
  const llvm::MapVector<mlir::Operation *, std::string> &getOutside() const {
    return outside;
  }
  /// The contraction; null without one.
  mlir::Operation *getSeed() const {
    mlir::linalg::LinalgOp op =
        contraction ? contraction->op : mlir::linalg::LinalgOp();
    return op;
  }
  mlir::Block *getBlock() const { return block; }
  bool contains(mlir::Operation *op) const { return members.contains(op); }
  /// Whether a use lies outside, or in a producer that stays there too for what
  /// reads it.
  bool isOutside(mlir::OpOperand &use) const;

private:
  void grow();
  void growAroundContraction();
  void growInBlock();
  bool cut();
  void orderMembers();
  /// What a block without contraction needs of its producers behind the kernel:
  /// elementwise work becomes a result, views of it stay outside.
  void keepOutside();
  /// Empty when `op` may join, otherwise why not.
  std::string tryJoin(mlir::Operation *op);
  /// Adds what computes `value` to the kernel where that costs nothing.
  void addProducers(mlir::Value value, bool isStaged);
  /// Adds what is computed on the image on its way from memory.
  void addImage();
  std::string getStagedReason(mlir::Value value) const;
  bool costsNothing(mlir::Operation *op, bool isStaged) const;
  /// Whether all users of the op's results are members.
  bool isExclusive(mlir::Operation *op) const;
  /// Whether the op needs no place of its own in a block without contraction:
  /// it is computed where it is read.
  bool isPointwise(mlir::Operation *op) const;

  mlir::Block *block;
  std::optional<ContractionView> contraction;
  KernelSpace space;
  /// Values for each image and output channel: the most that a producer may
  /// compute again in every block.
  int64_t smallSize = 0;
  llvm::SetVector<mlir::Operation *> core, producers;
  llvm::DenseSet<mlir::Operation *> members;
  /// Producers that outside ops read: they stay there, beside the kernel's own.
  llvm::DenseSet<mlir::Operation *> kept;
  llvm::SmallVector<mlir::Operation *> joined;
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
