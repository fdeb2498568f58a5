//===- Passes.td - MainLoop passes -------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Level 3: copies, loads and multiplies of the main loop overlap.
// In this order; each obeys the kernel's schedule.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_MAINLOOP_PASSES_TD
#define KILN_MAINLOOP_PASSES_TD

include "mlir/Pass/PassBase.td"

def SplitStages : Pass<"kiln-split-stages", "::mlir::gpu::GPUModuleOp"> {
  let summary = "stages an operand in a ring of parts of its chunk";
  let description = [{
    Needs a main loop (copy / wait / barrier / load fragments / dot / barrier),
    whatever it computes, and obeys `ring` of the schedule. A buffer that a flat
    copy fills becomes a ring of `ring` slots, each of one part of the chunk: an
    index of its outermost dimension. The body becomes one segment for each
    part, with a copy, a wait and barriers of its own. Dots must read the parts
    one after the other; where one of them reads across the parts, the chunk
    stays whole in its slot.

    ```mlir
    #schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1], ring = 3>
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
    // leaves: kiln.async_copy %arg1 ... kiln.dot ... kiln.barrier ... kiln.async_copy %arg1 ... kiln.dot
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-pack-weights,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts,kiln-unroll-taps,kiln-split-stages))'
    ```
  }];
  let statistics = [Statistic<"numParts", "parts", "Parts of a chunk staged">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect"];
}

def PipelineMainLoop : Pass<"kiln-pipeline-main-loop", "::mlir::gpu::GPUModuleOp"> {
  let summary = "overlaps copies, fragment loads and multiplies of the main loop";
  let description = [{
    Needs a loop whose body is segments of the form copy / wait / barrier / load
    fragments / dot / barrier, whatever it computes, perhaps inside other loops.
    The first segment may have a `kiln.local_copy` and a barrier before its
    loads. A loop stays as it is, with a remark, where a buffer that fragments
    are loaded from has one slot.

    A slot is refilled as soon as a barrier has freed it, also across the outer
    loops; waits leave as many groups open as they can. A `kiln.local_copy` runs
    one iteration ahead, beside the dots. With `lookahead = 1` fragments are
    loaded one dot ahead; with `early_barrier` a segment's wait and barrier stand
    before its last dot, and `spread` distributes the refill copies over the
    dots; with `peel` the first dot of a tile stands before the loop.

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
    // leaves: kiln.async_copy ... scf.for ... kiln.async_wait 0 kiln.barrier ... kiln.async_copy ... kiln.dot
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts,kiln-unroll-taps,kiln-pipeline-main-loop))'
    ```
  }];
  let statistics = [Statistic<"numPipelined", "loops-pipelined",
                              "Main loops pipelined">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // KILN_MAINLOOP_PASSES_TD
