// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s --check-prefix=TF32
// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule=precision=f32 | FileCheck %s --check-prefix=F32
//
// What the rules choose. A block owns all output channels; its eight warps lie
// over them first, up to 64 channels a warp, then over columns, then rows. Exact
// f32 has no tensor cores and plain columns; with two stages tensor cores run one
// dot ahead. For tf32 with the columns innermost, even and odd columns alternate,
// which takes 16 columns a warp.

// Two warps over 128 channels, four over 32 columns: 64 channels by 64 positions
// each (32 positions where every multiply-add is an instruction of its own).
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @channels_128(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4]
// F32: func.func @channels_128(
func.func @channels_128(%x: tensor<64x64x258x258xf32>, %w: tensor<128x64x3x3xf32>, %o: tensor<64x128x256x256xf32>) -> tensor<64x128x256x256xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>, tensor<64x128x256x256xf32>) -> tensor<64x128x256x256xf32> {
  ^bb0(%a: tensor<64x64x258x258xf32>, %b: tensor<128x64x3x3xf32>, %c: tensor<64x128x256x256xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>) outs(%c : tensor<64x128x256x256xf32>) -> tensor<64x128x256x256xf32>
    kiln.yield %r : tensor<64x128x256x256xf32>
  }
  return %y : tensor<64x128x256x256xf32>
}

// -----

// Few channels: no warp shares a position with another.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @few_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [16, 8, 32], chunk = 8, warps = [1, 2, 4]
// F32: func.func @few_filters(
func.func @few_filters(%x: tensor<1x8x66x66xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<1x16x64x64xf32>) -> tensor<1x16x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<16x8x3x3xf32>, tensor<1x16x64x64xf32>) -> tensor<1x16x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<1x16x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<1x16x64x64xf32>) -> tensor<1x16x64x64xf32>
    kiln.yield %r : tensor<1x16x64x64xf32>
  }
  return %y : tensor<1x16x64x64xf32>
}

// -----

// The instruction computes 16 channels, whatever is asked for.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @few_filters_padded(
func.func @few_filters_padded(%x: tensor<1x8x66x66xf32>, %w: tensor<5x8x3x3xf32>, %o: tensor<1x5x64x64xf32>) -> tensor<1x5x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<5x8x3x3xf32>, tensor<1x5x64x64xf32>) -> tensor<1x5x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<5x8x3x3xf32>, %c: tensor<1x5x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<5x8x3x3xf32>) outs(%c : tensor<1x5x64x64xf32>) -> tensor<1x5x64x64xf32>
    kiln.yield %r : tensor<1x5x64x64xf32>
  }
  return %y : tensor<1x5x64x64xf32>
}

// -----

// Channels are padded to a power of two.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @odd_filters(
func.func @odd_filters(%x: tensor<1x8x66x66xf32>, %w: tensor<100x8x3x3xf32>, %o: tensor<1x100x64x64xf32>) -> tensor<1x100x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<100x8x3x3xf32>, tensor<1x100x64x64xf32>) -> tensor<1x100x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<100x8x3x3xf32>, %c: tensor<1x100x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<100x8x3x3xf32>) outs(%c : tensor<1x100x64x64xf32>) -> tensor<1x100x64x64xf32>
    kiln.yield %r : tensor<1x100x64x64xf32>
  }
  return %y : tensor<1x100x64x64xf32>
}

// -----

// Many channels leave fewer positions, and shared memory for a ring of the filter's
// parts only.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [256, 4, 32], chunk = 8, warps = [4, 1, 2], columns = even_odd, ring = 3,
// TF32: func.func @many_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [256, 2, 32], chunk = 8, warps = [4, 1, 2], stages = 1
// F32: func.func @many_filters(
func.func @many_filters(%x: tensor<1x8x66x66xf32>, %w: tensor<256x8x3x3xf32>, %o: tensor<1x256x64x64xf32>) -> tensor<1x256x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<256x8x3x3xf32>, tensor<1x256x64x64xf32>) -> tensor<1x256x64x64xf32> {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<256x8x3x3xf32>, %c: tensor<1x256x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<256x8x3x3xf32>) outs(%c : tensor<1x256x64x64xf32>) -> tensor<1x256x64x64xf32>
    kiln.yield %r : tensor<1x256x64x64xf32>
  }
  return %y : tensor<1x256x64x64xf32>
}

// -----

// The tile is no wider than the image needs, and eight columns at least.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 64, 8], chunk = 8, warps = [1, 8, 1]
// TF32: func.func @small_image(
func.func @small_image(%x: tensor<1x8x6x6xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x6x6xf32>, tensor<64x8x3x3xf32>, tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32> {
  ^bb0(%a: tensor<1x8x6x6xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x4x4xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x6x6xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32>
    kiln.yield %r : tensor<1x64x4x4xf32>
  }
  return %y : tensor<1x64x4x4xf32>
}

// -----

// A stride of 2 makes the patch four times as large: fewer positions, and a ring.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4], ring = 3,
// TF32: func.func @strided(
func.func @strided(%x: tensor<1x8x65x65xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x65x65xf32>, tensor<64x8x3x3xf32>, tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32> {
  ^bb0(%a: tensor<1x8x65x65xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x32x32xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<1x8x65x65xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x32x32xf32>) -> tensor<1x64x32x32xf32>
    kiln.yield %r : tensor<1x64x32x32xf32>
  }
  return %y : tensor<1x64x32x32xf32>
}

// -----

// The element type gives the instruction. An instruction consumes 16 channels.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// TF32: func.func @nchw_f16(
// F32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// F32: func.func @nchw_f16(
func.func @nchw_f16(%x: tensor<1x32x66x66xf16>, %w: tensor<64x32x3x3xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x32x66x66xf16>, tensor<64x32x3x3xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x32x66x66xf16>, %b: tensor<64x32x3x3xf16>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x32x66x66xf16>, tensor<64x32x3x3xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// TF32: func.func @nhwc_f16(
func.func @nhwc_f16(%x: tensor<1x66x66x32xf16>, %w: tensor<3x3x32x64xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x32xf16>, tensor<3x3x32x64xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x66x66x32xf16>, %b: tensor<3x3x32x64xf16>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x32xf16>, tensor<3x3x32x64xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// TF32: func.func @nhwc_bf16(
func.func @nhwc_bf16(%x: tensor<1x66x66x32xbf16>, %w: tensor<3x3x32x64xbf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x32xbf16>, tensor<3x3x32x64xbf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x66x66x32xbf16>, %b: tensor<3x3x32x64xbf16>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x32xbf16>, tensor<3x3x32x64xbf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 2, 4]
// TF32: func.func @nhwc_f32(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4]
// F32: func.func @nhwc_f32(
func.func @nhwc_f32(%x: tensor<1x66x66x32xf32>, %w: tensor<3x3x32x64xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x32xf32>, tensor<3x3x32x64xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x66x66x32xf32>, %b: tensor<3x3x32x64xf32>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x32xf32>, tensor<3x3x32x64xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Padding with zeros belongs to the convolution. The operations of the whole
// convolution are counted for the report: 2 * 64 * 64 * 64 * 8 * 9.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @padded(
// TF32: kiln.kernel "conv" {{.*}}kiln.flops = 37748736 : i64, schedule = #schedule
func.func @padded(%x: tensor<1x8x64x64xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x64x64xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  ^bb0(%a: tensor<1x8x64x64xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x8x64x64xf32> to tensor<1x8x66x66xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}
