// RUN: split-file %s %t
// RUN: not kiln-opt %t/level2.mlir --kiln-tile-to-blocks 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: not kiln-opt %t/level2.mlir --kiln-tile-reduction 2>&1 | FileCheck %s --check-prefix=CHUNKS
// RUN: not kiln-opt %t/level2.mlir --kiln-outline-kernels 2>&1 | FileCheck %s --check-prefix=OUTLINE
// RUN: not kiln-opt %t/scheduled.mlir --kiln-tile-reduction 2>&1 | FileCheck %s --check-prefix=TILES
// RUN: not kiln-opt %t/scheduled.mlir --kiln-outline-kernels 2>&1 | FileCheck %s --check-prefix=LOOP
// RUN: not kiln-opt %t/shared-filter.mlir --kiln-pack-weights 2>&1 | FileCheck %s --check-prefix=FILTER
// RUN: not kiln-opt %t/no-contraction.mlir --kiln-tile-to-blocks 2>&1 | FileCheck %s --check-prefix=CONTRACTION
// RUN: not kiln-opt %t/no-contraction.mlir --kiln-tile-reduction 2>&1 | FileCheck %s --check-prefix=NO-CHUNKS
// RUN: not kiln-opt %t/no-contraction.mlir --kiln-pack-weights 2>&1 | FileCheck %s --check-prefix=NO-FILTER
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
// NO-CHUNKS: error: 'kiln.kernel' op needs exactly one contraction
// NO-FILTER: error: 'kiln.kernel' op must contain exactly one contraction
// BYTES: short-constant.mlir:3:8: error: the constant of type 'tensor<2x2xf32>' has 8 bytes of data, it needs 16

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
