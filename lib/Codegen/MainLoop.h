//===- MainLoop.h - The loop that copies, loads and multiplies -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_MAINLOOP_H
#define KILN_LIB_CODEGEN_MAINLOOP_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {

/// A loop of the form copy / commit / wait / barrier / load / dot / barrier,
/// and the loop over tiles around it if there is one. What it computes does not
/// matter: convolutions, matrix products and depthwise loops are all of it.
struct MainLoop {
  mlir::scf::ForOp tiles; ///< null where a block computes one tile
  mlir::scf::ForOp loop;
  llvm::SmallVector<AsyncCopyOp> copies;
  llvm::SmallVector<DotOp> dots; ///< in order

  /// The only such loop of a kernel.
  static mlir::FailureOr<MainLoop> find(mlir::gpu::GPUFuncOp function);

  /// Slots of the staged buffers, the fewest of all.
  int64_t getSlots() const;
  /// The body is dots, each on two loads of its own, from the carried
  /// accumulator to the yielded one.
  bool isChainOfDots() const;
  /// Moves the bounds and steps of `loop`, which are constants, in front of
  /// `tiles`.
  void hoistBounds();
  /// An index that copies depend on, computed anew where `builder` stands with
  /// the loops' variables as `mapping` says.
  mlir::Value cloneIndex(mlir::OpBuilder &builder, mlir::Value value,
                         mlir::IRMapping &mapping) const;
};

} // namespace kiln

#endif // KILN_LIB_CODEGEN_MAINLOOP_H
