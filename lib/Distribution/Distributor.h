//===- Distributor.h - One thread's part of a kernel ----------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The work of kiln-distribute on one kernel, over several files: Distribute.cpp
// walks the body, DistributeThreads.cpp numbers threads, DistributeGlobal.cpp
// and DistributeShared.cpp access memory, DistributeLocalCopy.cpp transposes,
// DistributeMath.cpp multiplies, DistributeReduce.cpp reduces.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_DISTRIBUTOR_H
#define KILN_LIB_DISTRIBUTION_DISTRIBUTOR_H

#include "kiln/Dialect/Kiln/IR/Kiln.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

#include <map>

namespace kiln {

class Distributor {
public:
  struct Statistics {
    int64_t loads = 0, sharedElements = 0, mma = 0;
  };

  Distributor(mlir::gpu::GPUFuncOp function, Statistics &statistics)
      : function(function), statistics(statistics),
        builder(function.getContext()), hoisted(function.getContext()) {}

  /// Replaces the function by that of one thread; returns the bytes of dynamic
  /// shared memory that it needs.
  mlir::FailureOr<int64_t> run();

private:
  /// The registers of a tile in one thread. Tiles loaded from shared memory are
  /// held as 32-bit words: one 32-bit or two 16-bit elements.
  struct Fragment {
    llvm::SmallVector<mlir::Value> values;
    bool words = false;
  };

  //--- Distribute.cpp
  mlir::LogicalResult distributeBody(mlir::Block &from);
  mlir::LogicalResult distributeOp(mlir::Operation *op);
  mlir::LogicalResult distributeLoop(mlir::scf::ForOp loop);
  mlir::LogicalResult distributeIf(mlir::scf::IfOp op);
  mlir::LogicalResult distributeStructured(mlir::linalg::LinalgOp op);
  mlir::LogicalResult distributeScalars(mlir::linalg::LinalgOp op,
                                        LayoutAttr layout, int64_t reg,
                                        mlir::AffineMap toLoops,
                                        mlir::IRMapping &body);
  mlir::LogicalResult distributeDelinearize(mlir::Operation *op);
  mlir::LogicalResult cloneScalar(mlir::Operation *op);
  mlir::FailureOr<Fragment> getFragment(mlir::Value tile);
  /// The scalars of a tile, words taken apart.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> getScalars(mlir::Value tile);
  static LayoutAttr getLayout(mlir::Value tile);

  //--- DistributeThreads.cpp: made once, in the entry block.
  mlir::Value constant32(int64_t value, mlir::OpBuilder *at = nullptr);
  mlir::Value toI32(mlir::Value index);
  /// The type of an element in memory: an i1 is a byte, 0 or 1.
  static mlir::Type getMemoryType(mlir::Type element);
  /// An element as memory has it, and back; any other byte than 0 is true.
  static mlir::Value toMemory(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::Value element);
  static mlir::Value fromMemory(mlir::OpBuilder &builder, mlir::Location loc,
                                mlir::Value value, mlir::Type element);
  /// A constant index of a GEP, in as many bits as it needs.
  mlir::LLVM::GEPArg getConstantOffset(int64_t offset);
  /// A number of the thread times a constant, in i32, or `wide` in i64.
  mlir::Value scale(mlir::Location loc, mlir::Value number, int64_t factor,
                    bool wide);
  /// Sum over the thread's lane and warp bits that are set of these numbers, in
  /// i32, or `wide` in i64.
  mlir::Value getThreadSum(llvm::ArrayRef<int64_t> laneBits,
                           llvm::ArrayRef<int64_t> warpBits, bool wide = false);
  /// A thread's coordinate in `dim`, without its registers' part.
  mlir::Value getThreadCoordinate(LayoutAttr layout, int64_t dim);
  /// A thread's offset in memory with these strides, in units of them.
  mlir::Value getThreadOffset(LayoutAttr layout,
                              llvm::ArrayRef<int64_t> strides,
                              bool wide = false);
  /// True in the one thread of those with copies of a tile that stores it; null
  /// where no thread has a copy.
  mlir::Value isFirstCopy(LayoutAttr layout);

  //--- DistributeGlobal.cpp
  mlir::LogicalResult distributeExtract(ExtractTileOp op);
  mlir::LogicalResult distributeLoad(LoadTileOp op);
  mlir::LogicalResult distributeStore(StoreTileOp op);
  mlir::LogicalResult distributeAsyncCopy(AsyncCopyOp op);
  /// Element offset of a box in a dense tensor, as i64.
  mlir::Value getLinearOffset(mlir::Location loc, mlir::ValueRange offsets,
                              llvm::ArrayRef<int64_t> shape);
  mlir::Value getTileBase(mlir::Location loc, mlir::Value tensor,
                          mlir::Type element, LayoutAttr layout,
                          mlir::ValueRange offsets,
                          llvm::ArrayRef<int64_t> shape);
  std::pair<int64_t, mlir::Value>
  getRegisterPlace(mlir::Location loc, LayoutAttr layout, int64_t reg,
                   mlir::ValueRange offsets, llvm::ArrayRef<bool> inBounds,
                   llvm::ArrayRef<int64_t> shape);
  mlir::Value isInBounds(mlir::Location loc, mlir::ValueRange offsets,
                         llvm::ArrayRef<bool> inBounds,
                         llvm::ArrayRef<int64_t> shape,
                         llvm::function_ref<mlir::Value(int64_t)> coordinate);

  //--- DistributeShared.cpp
  mlir::LogicalResult allocate(AllocSharedOp op);
  mlir::LogicalResult distributeLocalLoad(LocalLoadOp op);
  mlir::Value getSharedPointer(mlir::Location loc, mlir::Value byteOffset);
  mlir::Value getSlotOffset(mlir::Location loc, mlir::Value buffer,
                            mlir::Value slot);
  mlir::Value roundToTF32(mlir::Location loc, mlir::Value word);
  void seedCarriedLoads(mlir::scf::ForOp loop);
  int64_t reserve(int64_t bytes);

  //--- DistributeLocalCopy.cpp
  mlir::LogicalResult distributeLocalCopy(LocalCopyOp op);

  //--- DistributeMath.cpp
  mlir::LogicalResult distributeDot(DotOp op);
  mlir::LogicalResult distributeMma(DotOp op);
  mlir::LogicalResult distributeFma(DotOp op);

  //--- DistributeReduce.cpp
  mlir::LogicalResult distributeReduce(ReduceOp op);
  void reduceAcrossWarps(
      ReduceOp op,
      llvm::SmallVectorImpl<llvm::SmallVector<mlir::Value>> &values);
  mlir::Value shuffleXor(mlir::Location loc, mlir::Value value, int64_t mask);
  void barrierOfPartners(mlir::Location loc, LayoutAttr layout,
                         llvm::ArrayRef<int64_t> warpBits);
  llvm::SmallVector<mlir::Value> combine(ReduceOp op, mlir::ValueRange left,
                                         mlir::ValueRange right);

  mlir::gpu::GPUFuncOp function;
  Statistics &statistics;
  mlir::OpBuilder builder;
  /// Inserts what depends on the thread's number only, in the entry block.
  mlir::OpBuilder hoisted;
  ScheduleAttr schedule;
  /// Whether the kernel has a loop schedule: nothing but its reductions then
  /// puts barriers between two uses of shared memory.
  bool walksInLoops = false;
  mlir::Value tid, lane, warp, sharedBase;
  mlir::IRMapping mapping;
  llvm::DenseMap<mlir::Value, Fragment> fragments;
  std::map<std::vector<int64_t>, mlir::Value> threadSums;
  llvm::DenseMap<int64_t, mlir::Value> constants;
  llvm::DenseMap<mlir::Value, int64_t> bufferOffsets;
  int64_t sharedBytes = 0;
  int64_t namedBarriers = 0;

  /// What a thread has loaded from shared memory since the last barrier, by
  /// buffer, slot, thread part and constant byte offset.
  struct LoadKey {
    void *buffer, *slot;
    std::vector<int64_t> threadPart;
    int64_t pairStep; ///< bytes between the halves of a word; 0: one element
    bool operator<(const LoadKey &other) const {
      return std::tie(buffer, slot, threadPart, pairStep) <
             std::tie(other.buffer, other.slot, other.threadPart,
                      other.pairStep);
    }
  };
  struct LoadedWords {
    mlir::Value base; ///< pointer that constant offsets are added to
    std::map<int64_t, mlir::Value> raw, rounded;
  };
  std::map<LoadKey, LoadedWords> loaded;
  LoadKey getLoadKey(LocalLoadOp op, mlir::Value slot);
  LoadedWords &getLoaded(LocalLoadOp op, mlir::Value slot);
  /// Constant byte offset of each word of a local load's fragment.
  llvm::SmallVector<int64_t> getWordOffsets(LocalLoadOp op);
  void loadWords(LocalLoadOp op, LoadedWords &words,
                 llvm::ArrayRef<int64_t> missing);
  bool loadMatrices(LocalLoadOp op, LoadedWords &words,
                    llvm::ArrayRef<int64_t> missing);
};

/// Elements between neighbours in each dimension of a dense row-major tensor.
llvm::SmallVector<int64_t> getRowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_DISTRIBUTOR_H
