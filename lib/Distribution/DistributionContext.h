//===- DistributionContext.h - State of a kernel's distribution -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_DISTRIBUTIONCONTEXT_H
#define KILN_LIB_DISTRIBUTION_DISTRIBUTIONCONTEXT_H

#include "Fragments.h"
#include "LoadedWords.h"
#include "SharedMemory.h"
#include "ThreadNumbers.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"

namespace kiln {

class TilePatternSet;

struct DistributionStatistics {
  int64_t loads = 0, sharedElements = 0, mma = 0;
  int64_t conversions[3] = {0, 0, 0}; ///< by ConversionKind
};

/// What the patterns of kiln-distribute share while they rebuild one kernel as
/// the work of one thread.
struct DistributionContext {
  /// `thread` is the new function, empty but for its terminator.
  DistributionContext(mlir::gpu::GPUFuncOp kernel, mlir::gpu::GPUFuncOp thread,
                      const TilePatternSet &patterns,
                      DistributionStatistics &statistics);

  /// Applies the op's pattern to each op of a block, in order. What has none is
  /// cloned where it is scalar and refused where it is not.
  mlir::LogicalResult distributeBody(mlir::Block &from);
  /// The thread's own of a value that is no tile.
  mlir::Value lookup(mlir::Value scalar) const {
    return mapping.lookup(scalar);
  }

  const TilePatternSet &patterns;
  DistributionStatistics &statistics;
  ScheduleAttr schedule; ///< null for a kernel with a loop schedule
  int64_t numThreads;    ///< of a block
  int64_t namedBarriers = 0;

  mlir::OpBuilder builder; ///< where the thread's ops are put
  mlir::IRMapping mapping; ///< scalars of the kernel to those of the thread
  ThreadNumbers threads;
  Fragments fragments;
  SharedMemory shared;
  LoadedWords loaded;
};

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_DISTRIBUTIONCONTEXT_H
