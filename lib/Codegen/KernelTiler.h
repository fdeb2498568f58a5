//===- KernelTiler.h - Ops of a kernel on the tiles of a block -*- C++ -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_KERNELTILER_H
#define KILN_LIB_CODEGEN_KERNELTILER_H

#include "kiln/Analysis/Convolution.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"

#include <map>

namespace kiln {

/// The dimensions of the convolution's output that blocks are laid over.
enum class Role { None, Batch, Filter, Row, Column };

/// Tiles one kernel: ops are cloned onto tiles on demand, from the result back
/// to the kernel's arguments.
class KernelTiler {
public:
  KernelTiler(KernelOp kernel, Convolution conv)
      : kernel(kernel), conv(conv), builder(kernel.getContext()) {}

  mlir::LogicalResult run(int64_t &numMasked);

private:
  using Roles = llvm::SmallVector<Role>;

  int64_t getExtent(Role role) const;
  int64_t getTile(Role role);
  mlir::OpFoldResult getOffset(Role role);
  /// Whether a tile holds only some of the output channels.
  bool hasChannelTiles() {
    return getTile(Role::Filter) < getExtent(Role::Filter);
  }
  mlir::LogicalResult assignRoles();
  mlir::LogicalResult tileReductions(mlir::Value result);
  Roles getIterationRoles(mlir::linalg::LinalgOp op, unsigned resultNumber,
                          llvm::ArrayRef<Role> resultRoles);
  mlir::FailureOr<mlir::Value> tileValue(mlir::Value value,
                                         llvm::ArrayRef<Role> roles);
  mlir::FailureOr<mlir::Value> tileConvolution();
  mlir::FailureOr<mlir::Value> tileStructured(mlir::linalg::LinalgOp op,
                                              unsigned resultNumber,
                                              llvm::ArrayRef<Role> resultRoles);
  mlir::Value extract(mlir::Location loc, mlir::Value source,
                      llvm::ArrayRef<mlir::OpFoldResult> offsets,
                      llvm::ArrayRef<int64_t> sizes,
                      llvm::ArrayRef<bool> inBounds);
  mlir::LogicalResult maskPaddedChannels(mlir::linalg::LinalgOp reduction,
                                         llvm::ArrayRef<Role> iteration);

  KernelOp kernel;
  Convolution conv;
  mlir::OpBuilder builder;
  /// Roles of the dimensions of everything computed from the convolution.
  llvm::DenseMap<mlir::Value, Roles> rolesOf;
  /// Tiles by value and the roles of its dimensions: one value may be read
  /// along different dimensions.
  std::map<std::pair<void *, std::vector<Role>>, mlir::Value> tileOf;
  mlir::Value &tileSlot(mlir::Value value, llvm::ArrayRef<Role> roles) {
    return tileOf[{value.getAsOpaquePointer(),
                   std::vector<Role>(roles.begin(), roles.end())}];
  }
  /// Tile offsets along batch, row and column: values of the forall's body.
  mlir::Value batchOffset, rowOffset, columnOffset;
  /// That along the output channels: of the forall's body, or of the loop over
  /// channel tiles in it; null where one tile holds them all.
  mlir::Value filterOffset;
  /// What a reduction in the loop over channel tiles goes on from.
  llvm::DenseMap<mlir::Operation *, mlir::Value> carried;
  int64_t masked = 0;
};

} // namespace kiln

#endif // KILN_LIB_CODEGEN_KERNELTILER_H
