//===- Passes.td - Distribution passes ---------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Level 3 to 4: every thread gets its part of every tile.
// In this order; each obeys the kernel's schedule.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DISTRIBUTION_PASSES_TD
#define KILN_DISTRIBUTION_PASSES_TD

include "mlir/Pass/PassBase.td"

def Distribute : Pass<"kiln-distribute", "::mlir::ModuleOp"> {
  let summary = "gives each thread its part of every tile";
  let description = [{
    Needs kernels whose tile values have layouts. Leaves the work of one thread:
    a tile becomes one scalar for each register, a dot `nvvm.mma.sync` or fused
    multiply-adds, a local load `nvvm.ldmatrix` or vector loads from shared
    memory, a reduction folds, shuffles and shared memory. Elements that several
    loads of one buffer version share are loaded once. Arguments become pointers
    to global memory; staged buffers get their place in dynamic shared memory,
    whose size is set on the kernel's launches.

    ```mlir
    #schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
    func.func @conv(%x: tensor<1x2x4x10xf32>, %w: tensor<4x2x3x3xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
      %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x4x10xf32>, tensor<4x2x3x3xf32>, tensor<1x4x2x8xf32>)
          -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
      ^bb0(%a: tensor<1x2x4x10xf32>, %b: tensor<4x2x3x3xf32>, %c: tensor<1x4x2x8xf32>):
        %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x4x10xf32>, tensor<4x2x3x3xf32>)
                                      outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
        kiln.yield %r : tensor<1x4x2x8xf32>
      }
      return %y : tensor<1x4x2x8xf32>
    }
    // leaves: gpu.func @conv(%arg0: !llvm.ptr<1>
    // leaves: math.fma
    // gone: kiln.dot
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts,kiln-unroll-taps),kiln-distribute)'
    ```
  }];
  let statistics = [
    Statistic<"numLoads", "shared-loads", "Loads from shared memory">,
    Statistic<"numSharedElements", "loads-shared",
              "Fragment registers served by an earlier load">,
    Statistic<"numMma", "mma", "Tensor-core instructions">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // KILN_DISTRIBUTION_PASSES_TD
