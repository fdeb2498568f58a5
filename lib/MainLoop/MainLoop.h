//===- MainLoop.h - The loop that copies, loads and multiplies -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_MAINLOOP_MAINLOOP_H
#define KILN_LIB_MAINLOOP_MAINLOOP_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {

/// A loop whose body is segments of the form
///
///   copy / commit / wait / barrier / (local copy / barrier) /
///   load and dot / barrier
///
/// and the loops around it. What it computes does not matter: convolutions,
/// matrix products and depthwise loops are all of it.
struct MainLoop {
  struct Segment {
    llvm::SmallVector<AsyncCopyOp> copies;
    llvm::SmallVector<LocalCopyOp> localCopies;
    llvm::SmallVector<DotOp> dots;
    /// What computes, in order: dots, their loads and whatever else.
    llvm::SmallVector<mlir::Operation *> ops;
  };
  /// A staged buffer that `segments` copy to or transpose into.
  struct Buffer {
    mlir::Value value;
    llvm::SmallVector<AsyncCopyOp> copies; ///< of an iteration, in order
    llvm::SmallVector<int64_t> segments;   ///< that each of them stands in
    LocalCopyOp reader, writer;            ///< null where there is none
    /// Slots that an iteration fills, by copies or by one transposition.
    int64_t getTurns() const { return std::max<int64_t>(1, copies.size()); }
    int64_t getSlots() const {
      return llvm::cast<SharedType>(value.getType()).getSlots();
    }
  };

  mlir::scf::ForOp loop;
  llvm::SmallVector<mlir::scf::ForOp> nest; ///< outermost first, `loop` last
  llvm::SmallVector<Segment> segments;
  llvm::SmallVector<Buffer> buffers;

  /// The only such loop of a kernel, without `loop` where there is none;
  /// failure, with a diagnostic, where one reads what it has not copied or is
  /// pipelined already.
  static mlir::FailureOr<MainLoop> find(mlir::gpu::GPUFuncOp function);

  int64_t getNumDots() const;
  /// Dots of the segment with the fewest.
  int64_t getFewestDots() const;
  /// Slots of the buffers that fragments are loaded from, the fewest of all.
  int64_t getSlots() const;
  int64_t getBufferIndex(mlir::Value buffer) const;
  /// Which of an iteration's copies to its buffer a load in `segment` reads.
  int64_t getCopyRead(int64_t buffer, int64_t segment) const;
  /// The body is dots, each on two loads of its own, from the carried
  /// accumulator to the yielded one, and nothing else that has an effect.
  bool isChainOfDots() const;
  /// Moves constant bounds and steps before the outermost loop.
  void hoistBounds();
  /// An index that copies depend on, computed anew where `builder` stands with
  /// the loops' variables as `mapping` says.
  mlir::Value cloneIndex(mlir::OpBuilder &builder, mlir::Value value,
                         mlir::IRMapping &mapping) const;
};

} // namespace kiln

#endif // KILN_LIB_MAINLOOP_MAINLOOP_H
