//===- Passes.td - Tiling passes ---------------------------*- tablegen -*-===//
//
// Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Level 2 to 3: kernels are cut into the tiles of blocks and outlined.
// In this order; each obeys the kernel's schedule.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TILING_PASSES_TD
#define KILN_TILING_PASSES_TD

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
    // leaves: kiln.kernel "conv_pack" (%arg1 : ... role<pack>
    // leaves: kiln.pack
    // leaves: kiln.kernel "conv"
    // leaves: kiln.unpack
    ```
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

    ```mlir
    #schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
    func.func @conv(%x: tensor<1x2x4x10xf32>, %o: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
      %w = arith.constant dense<0.5> : tensor<4x2x3x3xf32>
      %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x4x10xf32>, tensor<4x2x3x3xf32>, tensor<1x4x2x8xf32>)
          -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
      ^bb0(%a: tensor<1x2x4x10xf32>, %b: tensor<4x2x3x3xf32>, %c: tensor<1x4x2x8xf32>):
        %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x4x10xf32>, tensor<4x2x3x3xf32>)
                                      outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
        kiln.yield %r : tensor<1x4x2x8xf32>
      }
      return %y : tensor<1x4x2x8xf32>
    }
    // leaves: arith.constant dense_resource<
    // leaves: kiln.unpack
    // gone: role<pack>
    ```
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
    its operands are boxes: a convolution's halo patch needs no case of its own,
    and padding is an offset of it. Elementwise work on the image becomes one op
    on its box. Output channels that no tile holds have an
    innermost dimension of the `scf.forall` if all results keep them: neighbouring
    blocks share the image's patch. If none does, the block walks them. An op that
    needs a value reduced over them on each channel again takes a tile of all.

    With a `#kiln.loop_schedule` every axis has a tile, and all tiles have the
    schedule's layout from the start. Where the tile has one position along a
    reduced axis, the body runs in the source's order and may compute anything.
    An axis that one tile covers has no loop: what is read or computed on it is
    there for all passes over it.

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
    // leaves: kiln.output 0 : memref<1x4x2x8xf32>
    // leaves: scf.forall
    // leaves: kiln.extract_tile
    // leaves: linalg.conv_2d_nchw_fchw
    // leaves: kiln.store_tile
    ```
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
  let summary = "loops over chunks of what a contraction sums";
  let description = [{
    Needs tiled contractions on `kiln.extract_tile` operands, in a loop over
    channel tiles or not. Leaves an `scf.for` over chunks of input channels that
    carries the accumulator; its body is the contraction of a chunk, and before it
    the work on the image's tile, if there is any. Channels beyond the image's read
    as zero.

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
    // leaves: scf.for ... iter_args(
    // leaves: linalg.conv_2d_nchw_fchw ins( ... : tensor<1x1x4x10xf32>
    ```
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
    arguments, kernel results that other kernels read are workspace. A `kiln.launch` takes over role,
    schedule and FLOP of its kernel, its grid is as many blocks as there are tiles
    (of a persistent kernel no more than multiprocessors), and `tiles` describes
    each result that a tile is one box of.

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
    // leaves: gpu.func @conv(
    // leaves: kiln.launch @kernels::@conv
    // gone: kiln.kernel
    ```
    ```
    kiln-opt --kiln-set-target --kiln-tile-to-blocks --kiln-tile-reduction --kiln-outline-kernels
    ```
  }];
  let statistics = [
    Statistic<"numOutlined", "kernels-outlined", "Kernels made functions">];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::arith::ArithDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::gpu::GPUDialect", "::mlir::scf::SCFDialect",
                           "::mlir::memref::MemRefDialect"];
}

#endif // KILN_TILING_PASSES_TD
