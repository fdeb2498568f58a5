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
    the tile's first column on, and the staged tile lies behind these. Elementwise
    work on the image's tile moves into its `kiln.staged`: the buffer holds the
    tile as it lies in memory. With
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
    patch at shifted offsets. What a `kiln.staged` computes of its elements, each
    load of it does.

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

def StageStores : Pass<"kiln-stage-stores", "::mlir::gpu::GPUModuleOp"> {
  let summary = "brings results to the threads that store neighbours";
  let description = [{
    Needs kernels whose stored tiles have layouts, with a main loop that is done
    (it runs behind `kiln-pipeline-main-loop`). Where the schedule says
    `stores = staged`, a `kiln.store_tile` is cut into slices: each is written to
    a buffer, and read back in pieces of which neighbouring lanes hold
    neighbouring elements, in the widest units that the alignment of rows allows.
    A tile of which threads hold copies, or of booleans, is stored as it is held
    (a remark says so). The arithmetic is `planStagedStore` (lib/Analysis).

    Elementwise ops in front of the store that are costly, or that read a tensor
    as large as the result, are computed on the pieces: in a loop, or, where
    tensors are read and the ops are few, piece by piece with the reads under way
    while the slice before is computed. What the pieces share, as vectors along
    the rows, is read and computed once in front of them.

    What is not staged where the schedule says `channels = adjacent`, stores and
    reads of tiles, moves in units of neighbours that a thread has in a row: a
    `kiln.convert_layout` within the thread orders its registers.

    Of 16 rows of 8 columns two lanes in a row hold neighbours; stored are units
    of 16 bytes:
    ```mlir
    #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], stages = 1,
                               persistent = false, stores = staged>
    #held = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
    gpu.module @kernels {
      gpu.func @copy(%x: memref<16x8xf32>, %y: memref<16x8xf32>) kernel attributes {kiln.schedule = #schedule} {
        %0 = arith.constant 0 : index
        %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #held>
        kiln.store_tile %t, %y[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #held>, memref<16x8xf32>
        gpu.return
      }
    }
    // leaves: kiln.barrier kiln.local_write
    // leaves: kiln.barrier ... kiln.local_read
    // leaves: kiln.store_tile ... vector 4
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-stage-stores))'
    ```
  }];
  let statistics = [
    Statistic<"numStaged", "stores-staged", "Stores through shared memory">,
    Statistic<"numWidened", "accesses-widened",
              "Stores and reads of several registers at once">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // KILN_STAGING_PASSES_TD
