//===- Passes.td - Codegen passes --------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Level 2 to level 3, in this order. Each obeys the kernel's #kiln.schedule.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_PASSES_TD
#define KILN_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def PackWeights : Pass<"kiln-pack-weights", "::mlir::ModuleOp"> {
  let summary = "moves filters into fragment order by a kernel of their own";
  let description = [{
    Needs scheduled kernels. For `weights = packed`, a `kiln.kernel` of role
    "pack" with one `kiln.pack` is put before the compute kernel, which takes the
    packed buffer and sees the filter through `kiln.unpack`. The buffer has a row
    for each chunk of input channels of each tile of output channels. Rounding to
    tf32 is done there, once, and so is what computes the filter elementwise. The
    kernel has a loop schedule: a thread for each element of a row.

    ```
    kiln-opt --kiln-pack-weights
    ```
  }];
  let statistics = [
    Statistic<"numPacked", "filters-packed", "Filters given a packing kernel">];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FoldPacking : Pass<"kiln-fold-packing", "::mlir::ModuleOp"> {
  let summary = "packs constant filters at compile time";
  let description = [{
    Needs packing kernels as `kiln-pack-weights` leaves them. One whose filter is
    an `arith.constant` (dense, splat or a resource), perhaps seen through
    reshapes and casts, is replaced by a constant of the packed type; the
    original dies unless something else reads it. The packed bytes are a resource
    of the module (`dense_resource`), because a dense attribute would be hashed
    and compared whole. A constant whose resource is not in the input stays with
    its kernel.

    ```
    kiln-opt --kiln-pack-weights --kiln-fold-packing
    ```
  }];
  let statistics = [
    Statistic<"numFolded", "packings-folded", "Packing kernels evaluated">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect"];
}

def TileToBlocks : Pass<"kiln-tile-to-blocks", "::mlir::ModuleOp"> {
  let summary = "cuts every compute kernel into the tiles of its blocks";
  let description = [{
    Needs kernels of `linalg` ops with a schedule. Which axes they have, and which
    of them blocks lie along, says lib/Analysis (KernelSpace, TilePlan). Leaves a
    `kiln.output` for each result and an `scf.forall` over tiles whose body has
    the same ops on static tiles and stores those of the results. What a tile
    reads of an argument is a `kiln.extract_tile`, or a `kiln.load_tile` where it
    is read through a map: windows, padding, views and packed filters move
    coordinates. Tiles that overhang are cut when they are stored. A reduction
    over a padded tile combines its neutral element beyond the last position.

    Axes that a block walks become `scf.for` loops that carry what reductions have
    so far. Values of arguments are computed wherever they are read; reductions
    that a loop needs and does not change come before it.

    Around a contraction (`#kiln.schedule`) the tile is a box of its result, and
    its operands are boxes: the convolution's halo patch needs no case of its own,
    and padding is an offset of it. Output channels that no tile holds have an
    innermost dimension of the `scf.forall` if all results keep them: neighbouring
    blocks share the image's patch. If none does, the block walks them. An op that
    needs a value reduced over them on each channel again takes a tile of all.

    With a `#kiln.loop_schedule` every axis has a tile, and all tiles have the
    schedule's layout from the start. Where the tile has one position along a
    reduced axis, the body runs in the source's order and may compute anything.

    ```
    kiln-opt --kiln-tile-to-blocks
    ```
  }];
  let statistics = [
    Statistic<"numTiled", "kernels-tiled", "Kernels cut into tiles">,
    Statistic<"numMasked", "reductions-masked",
              "Reductions over padded tiles">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TileReduction : Pass<"kiln-tile-reduction", "::mlir::ModuleOp"> {
  let summary = "loops over chunks of input channels";
  let description = [{
    Needs tiled convolutions on `kiln.extract_tile` operands, in a loop over
    channel tiles or not. Leaves an `scf.for` over chunks of input channels that
    carries the accumulator; its body is the convolution of a chunk. Channels
    beyond the image's read as zero.

    ```
    kiln-opt --kiln-tile-to-blocks --kiln-tile-reduction
    ```
  }];
  let statistics = [
    Statistic<"numLoops", "loops", "Chunk loops made">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

def OutlineKernels : Pass<"kiln-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "turns kernels into gpu.func and the function into a launch plan";
  let description = [{
    Needs tiled kernels with names of their own. Each `kiln.kernel` becomes a
    `gpu.func` on memrefs in `gpu.module @kernels` (another name where the
    program has a function `@kernels`), its `scf.forall` the loop of a persistent
    block (or the block number), each `kiln.output` an argument behind the inputs.
    The entry function becomes the launch plan of level 4: its results are
    arguments, kernel results that other kernels read are workspace. A
    `kiln.launch` takes over role, schedule and FLOP of its kernel, its grid is as
    many blocks as there are tiles (of a persistent kernel no more than
    multiprocessors), and `tiles` describes each result that a tile is one box of.

    ```
    kiln-opt --kiln-tile-to-blocks --kiln-tile-reduction --kiln-outline-kernels
    ```
  }];
  let statistics = [
    Statistic<"numOutlined", "kernels-outlined", "Kernels made functions">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::gpu::GPUDialect", "::mlir::scf::SCFDialect",
                           "::mlir::memref::MemRefDialect"];
}

def StageOperands : Pass<"kiln-stage-operands", "::mlir::gpu::GPUModuleOp"> {
  let summary = "brings the convolution's tiles to shared memory";
  let description = [{
    Needs outlined kernels with a chunk loop. The image's and the filter's tiles
    become staged buffers of the schedule's `stages` slots in layouts that the
    fragment loads read without bank conflicts, filled by asynchronous copies of
    the widest legal unit (a remark says why it is below 16 bytes). With
    `transpose` the image is staged as it lies, in one or two slots, and a
    `kiln.local_copy` brings its channels next to one another. The loop is left
    unpipelined: copy, wait, barrier, (transpose, barrier,) compute, barrier.

    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-stage-operands))'
    ```
  }];
  let statistics = [
    Statistic<"numStaged", "operands-staged", "Operands given a buffer">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect"];
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
    results, or a value and its index.

    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-assign-layouts))'
    ```
  }];
  let statistics = [
    Statistic<"numReductions", "reductions", "Reductions in the block">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def UnrollTaps : Pass<"kiln-unroll-taps", "::mlir::gpu::GPUModuleOp"> {
  let summary = "turns the convolution of a chunk into dots";
  let description = [{
    Needs staged convolutions with layouts. One `kiln.dot` for each tap and slice
    of channels of the multiply instruction, on `kiln.local_load`s of the same
    patch at shifted offsets.

    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-unroll-taps))'
    ```
  }];
  let statistics = [Statistic<"numDots", "dots", "Dots made">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect"];
}

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

    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-split-stages))'
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

    ```
    kiln-opt --pass-pipeline='builtin.module(gpu.module(kiln-pipeline-main-loop))'
    ```
  }];
  let statistics = [Statistic<"numPipelined", "loops-pipelined",
                              "Main loops pipelined">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect"];
}

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

    ```
    kiln-opt --kiln-distribute
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

#endif // KILN_CODEGEN_PASSES_TD
