//===- TilePattern.h - How an op is distributed ---------------*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Distribution rebuilds a body from its start to its end with state (what the
// thread holds, what it has loaded), so an op's pattern is no RewritePattern,
// which replaces an op in place, in any order. Patterns are found by the op's
// name.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_DISTRIBUTION_TILEPATTERN_H
#define KILN_LIB_DISTRIBUTION_TILEPATTERN_H

#include "DistributionContext.h"

#include <memory>

namespace kiln {

/// Makes one thread's part of an op.
class TilePatternBase {
public:
  virtual ~TilePatternBase() = default;
  /// Failures are reported.
  virtual mlir::LogicalResult
  distributeOp(mlir::Operation *op, DistributionContext &context) const = 0;
};

/// A pattern for one op, or for the ops of an interface.
template <typename Op>
class TilePattern : public TilePatternBase {
public:
  using Root = Op;
  mlir::LogicalResult distributeOp(mlir::Operation *op,
                                   DistributionContext &context) const final {
    return distribute(llvm::cast<Op>(op), context);
  }
  virtual mlir::LogicalResult
  distribute(Op op, DistributionContext &context) const = 0;
};

class TilePatternSet {
public:
  /// Adds patterns of ops.
  template <typename... Patterns>
  void add() {
    (byName.try_emplace(Patterns::Root::getOperationName(),
                        std::make_unique<Patterns>()),
     ...);
  }
  /// Adds a pattern for the ops of an interface that have none of their own.
  template <typename Pattern>
  void addForInterface() {
    byInterface.emplace_back(Pattern::Root::getInterfaceID(),
                             std::make_unique<Pattern>());
  }
  /// Null where there is none.
  const TilePatternBase *find(mlir::Operation *op) const;

private:
  llvm::StringMap<std::unique_ptr<TilePatternBase>> byName;
  llvm::SmallVector<std::pair<mlir::TypeID, std::unique_ptr<TilePatternBase>>>
      byInterface;
};

/// Loops, conditions, indices and barriers.
void populateControlFlowPatterns(TilePatternSet &patterns);
/// Elementwise linalg ops and constant tiles.
void populateElementwisePatterns(TilePatternSet &patterns);
/// Tiles of global memory to registers and back.
void populateGlobalMemoryPatterns(TilePatternSet &patterns);
/// Reads of global memory through a map.
void populateLoadTilePatterns(TilePatternSet &patterns);
/// Global to shared memory.
void populateAsyncCopyPatterns(TilePatternSet &patterns);
/// Shared memory to registers.
void populateLocalLoadPatterns(TilePatternSet &patterns);
/// Shared to shared memory.
void populateLocalCopyPatterns(TilePatternSet &patterns);
/// Registers to shared memory, and from there to those of other threads.
void populateLocalTilePatterns(TilePatternSet &patterns);
/// Registers to registers of other threads.
void populateConvertLayoutPatterns(TilePatternSet &patterns);
void populateDotPatterns(TilePatternSet &patterns);
void populateReducePatterns(TilePatternSet &patterns);

} // namespace kiln

#endif // KILN_LIB_DISTRIBUTION_TILEPATTERN_H
