// RUN: split-file %s %t
// RUN: not kiln-opt %t/level2.mlir --kiln-tile-to-blocks 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: not kiln-opt %t/level2.mlir --kiln-tile-reduction 2>&1 | FileCheck %s --check-prefix=CHUNKS
// RUN: not kiln-opt %t/level2.mlir --kiln-outline-kernels 2>&1 | FileCheck %s --check-prefix=OUTLINE
// RUN: not kiln-opt %t/scheduled.mlir --kiln-tile-reduction 2>&1 | FileCheck %s --check-prefix=TILES
// RUN: not kiln-opt %t/scheduled.mlir --kiln-outline-kernels 2>&1 | FileCheck %s --check-prefix=LOOP
// RUN: not kiln-opt %t/shared-filter.mlir --kiln-pack-weights 2>&1 | FileCheck %s --check-prefix=FILTER
// RUN: not kiln-opt %t/no-contraction.mlir --kiln-tile-to-blocks 2>&1 | FileCheck %s --check-prefix=CONTRACTION
// RUN: not kiln-opt %t/staging.mlir --pass-pipeline='builtin.module(gpu.module(kiln-stage-operands))' 2>&1 | FileCheck %s --check-prefix=STAGING
// RUN: not kiln-opt %t/staging.mlir --pass-pipeline='builtin.module(gpu.module(kiln-unroll-taps))' 2>&1 | FileCheck %s --check-prefix=TAPS
// RUN: not kiln-opt %t/no-layout.mlir --kiln-distribute 2>&1 | FileCheck %s --check-prefix=LAYOUT
// RUN: not kiln-opt %t/no-block-size.mlir --kiln-distribute 2>&1 | FileCheck %s --check-prefix=BLOCKSIZE
// RUN: not kiln-opt %t/short-constant.mlir --kiln-fold-packing 2>&1 | FileCheck %s --check-prefix=BYTES
//
// What a pass needs and does not find is an error that names the pass to run.

// BLOCKS: error: 'kiln.kernel' op needs a schedule
// CHUNKS: error: 'kiln.kernel' op needs a schedule
// OUTLINE: error: 'kiln.kernel' op has no schedule
// TILES: error: 'linalg.conv_2d_nchw_fchw' op operands must be tiles; run kiln-tile-to-blocks first
// LOOP: error: 'kiln.kernel' op has no loop over tiles; run kiln-tile-to-blocks first
// FILTER: error: 'linalg.conv_2d_nchw_fchw' op not supported: a packed filter must be an argument, or computed elementwise, that only the contraction reads
// CONTRACTION: error: 'kiln.kernel' op #kiln.schedule needs a kernel with one contraction that an instruction multiplies
// STAGING: error: 'linalg.conv_2d_nchw_fchw' op must be in a chunk loop and read tiles; run kiln-tile-reduction first
// TAPS: error: 'linalg.conv_2d_nchw_fchw' op needs staged operands and a layout; run kiln-stage-operands and kiln-assign-layouts first
// BLOCKSIZE: error: 'gpu.func' op needs a known_block_size to be distributed
// BYTES: short-constant.mlir:3:8: error: the constant of type 'tensor<2x2xf32>' has 8 bytes of data, it needs 16
// LAYOUT: error: 'kiln.extract_tile' op needs a layout to be distributed

//--- level2.mlir
func.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

//--- scheduled.mlir
func.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

//--- shared-filter.mlir
func.func @f(%x: tensor<1x4x1x1xf32>, %w: tensor<4x4x1x1xf32>, %o: tensor<1x4x1x1xf32>) -> tensor<4x4x1x1xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x4x1x1xf32>, tensor<4x4x1x1xf32>, tensor<1x4x1x1xf32>) -> tensor<4x4x1x1xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x4x1x1xf32>, %b: tensor<4x4x1x1xf32>, %c: tensor<1x4x1x1xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x4x1x1xf32>, tensor<4x4x1x1xf32>) outs(%c : tensor<1x4x1x1xf32>) -> tensor<1x4x1x1xf32>
    kiln.yield %b : tensor<4x4x1x1xf32>
  }
  return %y : tensor<4x4x1x1xf32>
}

//--- no-contraction.mlir
func.func @f(%x: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "negate" (%x : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x4x1x8xf32>):
    %e = tensor.empty() : tensor<1x4x1x8xf32>
    %r = linalg.negf ins(%a : tensor<1x4x1x8xf32>) outs(%e : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

//--- staging.mlir
gpu.module @kernels {
  gpu.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {kiln.schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
    %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%o : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    gpu.return %r : tensor<1x4x1x8xf32>
  }
}

//--- no-layout.mlir
gpu.module @kernels {
  gpu.func @f(%x: memref<8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<8xf32> -> tensor<8xf32>
    kiln.store_tile %t, %x[%0] in_bounds [true] : tensor<8xf32>, memref<8xf32>
    gpu.return
  }
}

//--- no-block-size.mlir
gpu.module @kernels {
  gpu.func @f(%x: memref<4xf32>) kernel {
    gpu.return
  }
}

//--- short-constant.mlir
#one = #kiln.shared_layout<[2:1], [1:1]>
func.func @short() -> tensor<2x2xf32> {
  %w = arith.constant dense_resource<weights> : tensor<2x2xf32>
  %p = kiln.kernel "short" (%w : tensor<2x2xf32>) -> tensor<2x2xf32> role<pack> {
  ^bb0(%f: tensor<2x2xf32>):
    %rows = kiln.pack %f layout #one tile_dims [1] : tensor<2x2xf32> -> tensor<2x2xf32>
    kiln.yield %rows : tensor<2x2xf32>
  }
  return %p : tensor<2x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F00000040"
    }
  }
#-}
