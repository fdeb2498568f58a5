// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s
// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule=precision=f32 | FileCheck %s --check-prefix=EXACT
//
// Programs for which none of the rules' sizes fits: the search goes on from the
// smallest of them.

// A stride of 64 columns spreads 16 channels of 8 positions over 8 KB a row of the
// tile, which one warp would copy in more than 512 steps a thread: two warps share it.
// CHECK: tile = [32, 1, 8], chunk = 16, warps = [2, 1, 1], stages = 1
// CHECK-LABEL: @copies
func.func @copies(%x: tensor<1x16x3x513xf16>, %w: tensor<64x16x3x3xf16>, %o: tensor<1x64x1x8xf32>) -> tensor<1x64x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x16x3x513xf16>, tensor<64x16x3x3xf16>, tensor<1x64x1x8xf32>) -> tensor<1x64x1x8xf32> {
  ^bb0(%a: tensor<1x16x3x513xf16>, %b: tensor<64x16x3x3xf16>, %c: tensor<1x64x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<[1, 64]> : tensor<2xi64>, dilations = dense<[1, 32]> : tensor<2xi64>} ins(%a, %b : tensor<1x16x3x513xf16>, tensor<64x16x3x3xf16>) outs(%c : tensor<1x64x1x8xf32>) -> tensor<1x64x1x8xf32>
    kiln.yield %r : tensor<1x64x1x8xf32>
  }
  return %y : tensor<1x64x1x8xf32>
}

// -----

// A filter of 24x24 taps does not fit for 16 channels at once; a ring of its rows does.
// In exact f32 that of four channels does.
// CHECK: tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], persistent = false, ring = 2
// CHECK-LABEL: @filter
// EXACT: contraction = fma, tile = [4, 1, 8], chunk = 8, warps = [1, 1, 1], stages = 1
// EXACT-LABEL: @filter
func.func @filter(%x: tensor<1x16x28x24xf32>, %w: tensor<256x16x24x24xf32>, %o: tensor<1x256x5x1xf32>) -> tensor<1x256x5x1xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x16x28x24xf32>, tensor<256x16x24x24xf32>, tensor<1x256x5x1xf32>) -> tensor<1x256x5x1xf32> {
  ^bb0(%a: tensor<1x16x28x24xf32>, %b: tensor<256x16x24x24xf32>, %c: tensor<1x256x5x1xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x16x28x24xf32>, tensor<256x16x24x24xf32>) outs(%c : tensor<1x256x5x1xf32>) -> tensor<1x256x5x1xf32>
    kiln.yield %r : tensor<1x256x5x1xf32>
  }
  return %y : tensor<1x256x5x1xf32>
}
