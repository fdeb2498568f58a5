//===- Passes.td - Staging passes --------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Level 3: tiles get shared memory, layouts and dots.
// In this order; each obeys the kernel's schedule.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_STAGING_PASSES_TD
#define KILN_STAGING_PASSES_TD

include "mlir/Pass/PassBase.td"

def StageOperands : Pass<"kiln-stage-operands", "::mlir::gpu::GPUModuleOp"> {
  let summary = "brings the contraction's tiles to shared memory";
  let description = [{
    Needs outlined kernels with a chunk loop. The image's and the filter's tiles
    become staged buffers of the schedule's `stages` slots in layouts that the
    fragment loads read without bank conflicts, filled by asynchronous copies of
    the widest legal unit (a remark says why it is below 16 bytes). Where padding
    moves the rows of an image off the units, whole units are copied from before
    the tile's first column on, and the staged tile lies behind these. With
    `transpose` the image is staged as it lies, in one or two slots, and a
    `kiln.local_copy` brings its channels next to one another. The loop is left
    unpipelined: copy, wait, barrier, (transpose, barrier,) compute, barrier.

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
    // leaves: kiln.alloc_shared
    // leaves: kiln.async_copy
    // leaves: kiln.async_wait 0 kiln.barrier
    // leaves: kiln.staged
    // leaves: linalg.conv_2d_nchw_fchw
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands))'
    ```
  }];
  let statistics = [
    Statistic<"numStaged", "operands-staged", "Operands given a buffer">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect"];
}

def AssignLayouts : Pass<"kiln-assign-layouts", "::mlir::gpu::GPUModuleOp"> {
  let summary = "gives every tile value the layout of the threads that hold it";
  let description = [{
    Needs staged contractions, or kernels with a loop schedule, whose tiles have
    its layouts already. The accumulator takes the schedule's layout; from it the
    layouts of the ops around follow: elementwise ops keep it, broadcast operands
    are read in the part of it that they depend on, a reduction drops its
    dimensions, and a loop over channel tiles carries what is left. Reductions
    become `kiln.reduce` with their combiner (lib/Analysis/Combiner): independent
    results, or a value and its index. Reductions and loops are computed once: where
    their result is needed in another layout than they leave, a
    `kiln.convert_layout` stands.

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
    // leaves: #kiln.layout<
    // leaves: linalg.conv_2d_nchw_fchw ... -> tensor<1x4x2x8xf32, #layout
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts))'
    ```
  }];
  let statistics = [
    Statistic<"numReductions", "reductions", "Reductions in the block">,
    Statistic<"numConversions", "conversions", "Tiles brought to another layout">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def UnrollTaps : Pass<"kiln-unroll-taps", "::mlir::gpu::GPUModuleOp"> {
  let summary = "turns the contraction of a chunk into dots";
  let description = [{
    Needs staged contractions with layouts. One `kiln.dot` for each tap and slice
    of channels of the multiply instruction, on `kiln.local_load`s of the same
    patch at shifted offsets.

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
    // leaves: kiln.local_load
    // leaves: kiln.dot
    // gone: linalg.conv_2d_nchw_fchw
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts,kiln-unroll-taps))'
    ```
  }];
  let statistics = [Statistic<"numDots", "dots", "Dots made">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect"];
}

#endif // KILN_STAGING_PASSES_TD
