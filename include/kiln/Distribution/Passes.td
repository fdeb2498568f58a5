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

def AllocateScratch : Pass<"kiln-allocate-scratch", "::mlir::gpu::GPUModuleOp"> {
  let summary = "allocates the shared memory that warps exchange values in";
  let description = [{
    Needs kernels whose tile values have layouts. Every op that moves values
    between warps (`ScratchUser`: a `kiln.reduce` whose warps hold partial
    results) gets its scratch buffers: a `kiln.alloc_shared` of bytes for each,
    behind the kernel's other allocations. Where an op may write its scratch
    memory while another thread still reads what it exchanged the last time, in a
    loop without a barrier, a `kiln.barrier` is put in front of it; so it is where
    slices of a result that `kiln-stage-stores` staged may still be read, so that
    these may lie in any other buffer.
    Where a block of the module's `kiln.target` has less shared memory than
    `kiln-place-shared` would take, a barrier stands in front of every op that
    follows another one, so that all of them use the same bytes.

    Four warps hold a row each; their partial results are 32 words a warp:
    ```mlir
    #rows = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [2, 0]]>
    #sums = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [0]]>
    gpu.module @kernels {
      gpu.func @sum(%x: memref<4x32xf32>, %y: memref<32xf32>) kernel {
        %0 = arith.constant 0 : index
        %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #rows>
        %s = kiln.reduce %t over [0] : tensor<4x32xf32, #rows> -> tensor<32xf32, #sums> {
        ^bb0(%l: f32, %r: f32):
          %add = arith.addf %l, %r : f32
          kiln.reduce_yield %add : f32
        }
        kiln.store_tile %s, %y[%0] in_bounds [true] : tensor<32xf32, #sums>, memref<32xf32>
        gpu.return
      }
    }
    // leaves: #kiln.shared_layout<[512:1]> ... kiln.alloc_shared
    // leaves: kiln.reduce ... over [0] scratch(
    // gone: kiln.barrier
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch))'
    ```
  }];
  let statistics = [
    Statistic<"numBuffers", "buffers", "Scratch buffers allocated">,
    Statistic<"numBytes", "bytes", "Bytes of scratch memory">,
    Statistic<"numBarriers", "barriers", "Barriers in front of scratch users">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def PlaceShared : Pass<"kiln-place-shared", "::mlir::gpu::GPUModuleOp"> {
  let summary = "gives every buffer its place in shared memory";
  let description = [{
    Needs kernels with all of their `kiln.alloc_shared` (`kiln-allocate-scratch`)
    and barriers. Sets the `offset` of each. Two scratch buffers share bytes where
    a barrier of the whole block stands between their uses on every path, also
    around a loop. Staged buffers are in use throughout, because copies into them
    are under way, but for slices of results (`kiln-stage-stores`) behind the last
    loop that uses them: these take over their bytes. The arithmetic is `placeSharedBuffers` (lib/Analysis), which
    `checkScheduleFits` asks as well; a remark says how much a kernel takes.

    All warps reduce three times; each reduction has a barrier of its own, so that
    the third may use what the first has used:
    ```mlir
    #rows = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [2, 0]]>
    #sums = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [0]]>
    gpu.module @kernels {
      gpu.func @sum(%x: memref<4x32xf32>, %y: memref<32xf32>) kernel {
        %0 = arith.constant 0 : index
        %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x32xf32> -> tensor<4x32xf32, #rows>
        %a = kiln.reduce %t over [0] : tensor<4x32xf32, #rows> -> tensor<32xf32, #sums> {
        ^bb0(%l: f32, %r: f32):
          %add = arith.addf %l, %r : f32
          kiln.reduce_yield %add : f32
        }
        %b = kiln.reduce %t over [0] : tensor<4x32xf32, #rows> -> tensor<32xf32, #sums> {
        ^bb0(%l: f32, %r: f32):
          %add = arith.addf %l, %r : f32
          kiln.reduce_yield %add : f32
        }
        %c = kiln.reduce %t over [0] : tensor<4x32xf32, #rows> -> tensor<32xf32, #sums> {
        ^bb0(%l: f32, %r: f32):
          %add = arith.addf %l, %r : f32
          kiln.reduce_yield %add : f32
        }
        kiln.store_tile %a, %y[%0] in_bounds [true] : tensor<32xf32, #sums>, memref<32xf32>
        kiln.store_tile %b, %y[%0] in_bounds [true] : tensor<32xf32, #sums>, memref<32xf32>
        kiln.store_tile %c, %y[%0] in_bounds [true] : tensor<32xf32, #sums>, memref<32xf32>
        gpu.return
      }
    }
    // leaves: kiln.alloc_shared offset 0 :
    // leaves: kiln.alloc_shared offset 512 :
    // leaves: kiln.alloc_shared offset 0 :
    ```
    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared))'
    ```
  }];
  let statistics = [
    Statistic<"numBuffers", "buffers", "Buffers placed">,
    Statistic<"numBytes", "bytes", "Bytes of shared memory of all kernels">,
    Statistic<"numSaved", "saved", "Bytes that buffers share">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def Distribute : Pass<"kiln-distribute", "::mlir::ModuleOp"> {
  let summary = "gives each thread its part of every tile";
  let description = [{
    Needs kernels whose tile values have layouts and whose buffers have places
    (`kiln-place-shared`). Leaves the work of one thread:
    a tile becomes one scalar for each register, a dot `nvvm.mma.sync` or fused
    multiply-adds (with `mma_m16n8k8_tf32x3` each word is split into two of tf32;
    three `nvvm.mma.sync` sum their products from zero, and an addition promotes
    the sum to the accumulator), a local load `nvvm.ldmatrix` or vector loads from shared
    memory, a reduction or a change of layout folds, shuffles and shared memory. Elements that several
    loads of one buffer version share are loaded once, and what loads compute of
    elements is computed once. In a kernel with a loop
    schedule a thread reads each element of an argument's tile once, whichever
    windows share it, and up to 16 bytes of a row at once, where its rows and the
    thread's place are multiples of them. Arguments become pointers
    to global memory, buffers parts of dynamic shared memory, whose size is set on
    the kernel's launches.

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
    kiln-opt --pass-pipeline='builtin.module(kiln-set-target,kiln-tile-to-blocks,kiln-tile-reduction,kiln-outline-kernels,gpu.module(kiln-stage-operands,kiln-assign-layouts,kiln-unroll-taps,kiln-place-shared),kiln-distribute)'
    ```
  }];
  let statistics = [
    Statistic<"numLoads", "shared-loads", "Loads from shared memory">,
    Statistic<"numSharedElements", "loads-shared",
              "Fragment registers served by an earlier load">,
    Statistic<"numMma", "mma", "Tensor-core instructions">,
    Statistic<"numInRegisters", "conversions-in-registers",
              "Layouts changed without moving values">,
    Statistic<"numByShuffles", "conversions-by-shuffles",
              "Layouts changed among the lanes of a warp">,
    Statistic<"numThroughScratch", "conversions-through-scratch",
              "Layouts changed through shared memory">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect", "::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // KILN_DISTRIBUTION_PASSES_TD
