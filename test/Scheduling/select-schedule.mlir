// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s --check-prefix=TF32
// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule=precision=f32 | FileCheck %s --check-prefix=F32
//
// What the rules choose where a kernel reduces its channels (stored-result.mlir: where
// it keeps them). A tile holds all output channels where that is good, and
// blocks loop over them where it is not; the eight warps lie over a tile's channels
// first, up to 64 channels a warp, then over columns, then rows. Exact
// f32 has no tensor cores and plain columns; with two stages tensor cores run one
// dot ahead. For tf32 with the columns innermost, even and odd columns alternate,
// which takes 16 columns a warp.

// Two warps over 128 channels, four over 32 columns: 64 channels by 64 positions
// each (32 positions where every multiply-add is an instruction of its own).
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @channels_128(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4]
// F32: func.func @channels_128(
func.func @channels_128(%x: tensor<64x64x258x258xf32>, %w: tensor<128x64x3x3xf32>, %o: tensor<64x128x256x256xf32>, %m: tensor<64x256x256xf32>) -> tensor<64x256x256xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>, tensor<64x128x256x256xf32>, tensor<64x256x256xf32>) -> tensor<64x256x256xf32> {
  ^bb0(%a: tensor<64x64x258x258xf32>, %b: tensor<128x64x3x3xf32>, %c: tensor<64x128x256x256xf32>, %d: tensor<64x256x256xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>) outs(%c : tensor<64x128x256x256xf32>) -> tensor<64x128x256x256xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x128x256x256xf32>) outs(%d : tensor<64x256x256xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x256x256xf32>
  }
  return %y : tensor<64x256x256xf32>
}

// -----

// Few channels: no warp shares a position with another.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @few_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [16, 8, 32], chunk = 8, warps = [1, 2, 4]
// F32: func.func @few_filters(
func.func @few_filters(%x: tensor<64x8x66x66xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<64x16x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<16x8x3x3xf32>, tensor<64x16x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<64x16x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<64x16x64x64xf32>) -> tensor<64x16x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x16x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// The instruction computes 16 channels, whatever is asked for.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @few_filters_padded(
func.func @few_filters_padded(%x: tensor<64x8x66x66xf32>, %w: tensor<5x8x3x3xf32>, %o: tensor<64x5x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<5x8x3x3xf32>, tensor<64x5x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<5x8x3x3xf32>, %c: tensor<64x5x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<5x8x3x3xf32>) outs(%c : tensor<64x5x64x64xf32>) -> tensor<64x5x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x5x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Channels are padded to a power of two.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @odd_filters(
func.func @odd_filters(%x: tensor<64x8x66x66xf32>, %w: tensor<100x8x3x3xf32>, %o: tensor<64x100x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<100x8x3x3xf32>, tensor<64x100x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<100x8x3x3xf32>, %c: tensor<64x100x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<100x8x3x3xf32>) outs(%c : tensor<64x100x64x64xf32>) -> tensor<64x100x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x100x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// 256 filters are two tiles of 128 channels, each with the schedule of 128 filters.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @many_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @many_filters(
func.func @many_filters(%x: tensor<64x8x66x66xf32>, %w: tensor<256x8x3x3xf32>, %o: tensor<64x256x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<256x8x3x3xf32>, tensor<64x256x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<256x8x3x3xf32>, %c: tensor<64x256x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<256x8x3x3xf32>) outs(%c : tensor<64x256x64x64xf32>) -> tensor<64x256x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x256x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// With one tap there is no halo, and one tile of 256 channels and half the positions is
// faster: a warp has 128 channels. Its few k-steps leave copies little time: three
// stages.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [256, 4, 32], chunk = 8, warps = [2, 2, 2], stages = 3, columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @many_small_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @many_small_filters(
func.func @many_small_filters(%x: tensor<64x8x64x64xf32>, %w: tensor<256x8x1x1xf32>, %o: tensor<64x256x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x64x64xf32>, tensor<256x8x1x1xf32>, tensor<64x256x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x64x64xf32>, %b: tensor<256x8x1x1xf32>, %c: tensor<64x256x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x64x64xf32>, tensor<256x8x1x1xf32>) outs(%c : tensor<64x256x64x64xf32>) -> tensor<64x256x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x256x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Five tiles of 64 channels pad nothing, three of 128 would pad 64.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @least_padding(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4], halving
// F32: func.func @least_padding(
func.func @least_padding(%x: tensor<64x8x66x66xf32>, %w: tensor<320x8x3x3xf32>, %o: tensor<64x320x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<320x8x3x3xf32>, tensor<64x320x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<320x8x3x3xf32>, %c: tensor<64x320x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<320x8x3x3xf32>) outs(%c : tensor<64x320x64x64xf32>) -> tensor<64x320x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x320x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// 384 channels are whole tiles of either; three read the image less often than six.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1
// TF32: func.func @largest_of_equals(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @largest_of_equals(
func.func @largest_of_equals(%x: tensor<64x8x66x66xf32>, %w: tensor<384x8x3x3xf32>, %o: tensor<64x384x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<384x8x3x3xf32>, tensor<64x384x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<384x8x3x3xf32>, %c: tensor<64x384x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<384x8x3x3xf32>) outs(%c : tensor<64x384x64x64xf32>) -> tensor<64x384x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x384x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Their number is no limit.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1
// TF32: func.func @number_of_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @number_of_filters(
func.func @number_of_filters(%x: tensor<64x8x66x66xf32>, %w: tensor<4096x8x3x3xf32>, %o: tensor<64x4096x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<4096x8x3x3xf32>, tensor<64x4096x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<4096x8x3x3xf32>, %c: tensor<64x4096x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<4096x8x3x3xf32>) outs(%c : tensor<64x4096x64x64xf32>) -> tensor<64x4096x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x4096x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// A tile has fewer channels where their taps leave no room. Of 5x5 taps a ring of three
// rows for 128 channels fits, or, where no ring is, one stage of half the channels.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, ring = 3, lookahead = 1
// TF32: func.func @large_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4], stages = 1
// F32: func.func @large_filters(
func.func @large_filters(%x: tensor<64x8x68x68xf32>, %w: tensor<128x8x5x5xf32>, %o: tensor<64x128x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x68x68xf32>, tensor<128x8x5x5xf32>, tensor<64x128x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x68x68xf32>, %b: tensor<128x8x5x5xf32>, %c: tensor<64x128x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x68x68xf32>, tensor<128x8x5x5xf32>) outs(%c : tensor<64x128x64x64xf32>) -> tensor<64x128x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x128x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// 11x11: a ring for half the channels, or one stage of sixteen, the least that there is.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, ring = 2, lookahead = 1
// TF32: func.func @huge_filters(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [16, 8, 32], chunk = 8, warps = [1, 2, 4], stages = 1
// F32: func.func @huge_filters(
func.func @huge_filters(%x: tensor<64x8x70x70xf32>, %w: tensor<128x8x11x11xf32>, %o: tensor<64x128x60x60xf32>, %m: tensor<64x60x60xf32>) -> tensor<64x60x60xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x70x70xf32>, tensor<128x8x11x11xf32>, tensor<64x128x60x60xf32>, tensor<64x60x60xf32>) -> tensor<64x60x60xf32> {
  ^bb0(%a: tensor<64x8x70x70xf32>, %b: tensor<128x8x11x11xf32>, %c: tensor<64x128x60x60xf32>, %d: tensor<64x60x60xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x70x70xf32>, tensor<128x8x11x11xf32>) outs(%c : tensor<64x128x60x60xf32>) -> tensor<64x128x60x60xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x128x60x60xf32>) outs(%d : tensor<64x60x60xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x60x60xf32>
  }
  return %y : tensor<64x60x60xf32>
}

// -----

// The tile is no larger than the image needs, and eight columns wide at least.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 8], chunk = 8, warps = [1, 4, 1]
// TF32: func.func @small_image(
func.func @small_image(%x: tensor<64x8x6x6xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<64x64x4x4xf32>, %m: tensor<64x4x4xf32>) -> tensor<64x4x4xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x6x6xf32>, tensor<64x8x3x3xf32>, tensor<64x64x4x4xf32>, tensor<64x4x4xf32>) -> tensor<64x4x4xf32> {
  ^bb0(%a: tensor<64x8x6x6xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<64x64x4x4xf32>, %d: tensor<64x4x4xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x6x6xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<64x64x4x4xf32>) -> tensor<64x64x4x4xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x4x4xf32>) outs(%d : tensor<64x4x4xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x4x4xf32>
  }
  return %y : tensor<64x4x4xf32>
}

// -----

// A stride of 2 makes the patch four times as large: fewer positions, and a ring.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4], ring = 3,
// TF32: func.func @strided(
func.func @strided(%x: tensor<64x8x65x65xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<64x64x32x32xf32>, %m: tensor<64x32x32xf32>) -> tensor<64x32x32xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x65x65xf32>, tensor<64x8x3x3xf32>, tensor<64x64x32x32xf32>, tensor<64x32x32xf32>) -> tensor<64x32x32xf32> {
  ^bb0(%a: tensor<64x8x65x65xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<64x64x32x32xf32>, %d: tensor<64x32x32xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<64x8x65x65xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<64x64x32x32xf32>) -> tensor<64x64x32x32xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x32x32xf32>) outs(%d : tensor<64x32x32xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x32x32xf32>
  }
  return %y : tensor<64x32x32xf32>
}

// -----

// The element type gives the instruction. An instruction consumes 16 channels.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4], ring = 3, transpose = true, lookahead = 1, early_barrier = true, spread = 2, halving
// TF32: func.func @nchw_f16(
// F32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// F32: func.func @nchw_f16(
func.func @nchw_f16(%x: tensor<64x32x66x66xf16>, %w: tensor<64x32x3x3xf16>, %o: tensor<64x64x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x32x66x66xf16>, tensor<64x32x3x3xf16>, tensor<64x64x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x32x66x66xf16>, %b: tensor<64x32x3x3xf16>, %c: tensor<64x64x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x32x66x66xf16>, tensor<64x32x3x3xf16>) outs(%c : tensor<64x64x64x64xf32>) -> tensor<64x64x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4], lookahead = 1, early_barrier = true, spread = 7, peel = true, halving
// TF32: func.func @nhwc_f16(
func.func @nhwc_f16(%x: tensor<64x66x66x32xf16>, %w: tensor<3x3x32x64xf16>, %o: tensor<64x64x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x66x66x32xf16>, tensor<3x3x32x64xf16>, tensor<64x64x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x66x66x32xf16>, %b: tensor<3x3x32x64xf16>, %c: tensor<64x64x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<64x66x66x32xf16>, tensor<3x3x32x64xf16>) outs(%c : tensor<64x64x64x64xf32>) -> tensor<64x64x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [3]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 16, 32], chunk = 16, warps = [1, 2, 4]
// TF32: func.func @nhwc_bf16(
func.func @nhwc_bf16(%x: tensor<64x66x66x32xbf16>, %w: tensor<3x3x32x64xbf16>, %o: tensor<64x64x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x66x66x32xbf16>, tensor<3x3x32x64xbf16>, tensor<64x64x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x66x66x32xbf16>, %b: tensor<3x3x32x64xbf16>, %c: tensor<64x64x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<64x66x66x32xbf16>, tensor<3x3x32x64xbf16>) outs(%c : tensor<64x64x64x64xf32>) -> tensor<64x64x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [3]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 4, 2]
// TF32: func.func @nhwc_f32(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4]
// F32: func.func @nhwc_f32(
func.func @nhwc_f32(%x: tensor<64x66x66x32xf32>, %w: tensor<3x3x32x64xf32>, %o: tensor<64x64x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x66x66x32xf32>, tensor<3x3x32x64xf32>, tensor<64x64x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x66x66x32xf32>, %b: tensor<3x3x32x64xf32>, %c: tensor<64x64x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<64x66x66x32xf32>, tensor<3x3x32x64xf32>) outs(%c : tensor<64x64x64x64xf32>) -> tensor<64x64x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [3]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Padding with zeros belongs to the convolution. The operations of the whole
// convolution are counted for the report: 2 * 64 * 64 * 64 * 64 * 8 * 9.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @padded(
// TF32: kiln.kernel "conv" {{.*}}flops = 2415919104 : i64, schedule = #schedule
func.func @padded(%x: tensor<64x8x64x64xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<64x64x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x64x64xf32>, tensor<64x8x3x3xf32>, tensor<64x64x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x64x64xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<64x64x64x64xf32>, %d: tensor<64x64x64xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<64x8x64x64xf32> to tensor<64x8x66x66xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%p, %b : tensor<64x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<64x64x64x64xf32>) -> tensor<64x64x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x64x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Where there are more channels, a chunk of one tap has two k-steps.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 16, warps = [2, 2, 2], stages = 3
// TF32: func.func @one_tap(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @one_tap(
func.func @one_tap(%x: tensor<64x64x64x64xf32>, %w: tensor<128x64x1x1xf32>, %o: tensor<64x128x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x64x64x64xf32>, tensor<128x64x1x1xf32>, tensor<64x128x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x64x64x64xf32>, %b: tensor<128x64x1x1xf32>, %c: tensor<64x128x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x64x64x64xf32>, tensor<128x64x1x1xf32>) outs(%c : tensor<64x128x64x64xf32>) -> tensor<64x128x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x128x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// A stride spreads a row of the patch: tiles of fewer columns where 32 do not
// fit.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 16], chunk = 8, warps = [1, 1, 2], stages = 1
// TF32: func.func @strided(
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [16, 1, 16], chunk = 8, warps = [1, 1, 2], stages = 1
// F32: func.func @strided(
func.func @strided(%x: tensor<64x8x131x2115xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<64x16x3x34xf32>, %m: tensor<64x3x34xf32>) -> tensor<64x3x34xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x131x2115xf32>, tensor<16x8x3x3xf32>, tensor<64x16x3x34xf32>, tensor<64x3x34xf32>) -> tensor<64x3x34xf32> {
  ^bb0(%a: tensor<64x8x131x2115xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<64x16x3x34xf32>, %d: tensor<64x3x34xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<64> : tensor<2xi64>} ins(%a, %b : tensor<64x8x131x2115xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<64x16x3x34xf32>) -> tensor<64x16x3x34xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x16x3x34xf32>) outs(%d : tensor<64x3x34xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x3x34xf32>
  }
  return %y : tensor<64x3x34xf32>
}

// -----

// 96 channels are three quarters of a tile: each warp has all of them, and knows which
// fragments nobody reads.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true
// TF32: func.func @padded_channels(
func.func @padded_channels(%x: tensor<64x8x66x66xf32>, %w: tensor<96x8x3x3xf32>, %o: tensor<64x96x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x66x66xf32>, tensor<96x8x3x3xf32>, tensor<64x96x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x66x66xf32>, %b: tensor<96x8x3x3xf32>, %c: tensor<64x96x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x8x66x66xf32>, tensor<96x8x3x3xf32>) outs(%c : tensor<64x96x64x64xf32>) -> tensor<64x96x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x96x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}

// -----

// Of 7x7 taps and a stride the patch is large: one stage, and four warps that have all
// the accumulators rather than eight with half of them.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 8, 32], chunk = 8, warps = [1, 1, 4], stages = 1, halving
// TF32: func.func @four_warps(
func.func @four_warps(%x: tensor<64x8x133x133xf32>, %w: tensor<32x8x7x7xf32>, %o: tensor<64x32x64x64xf32>, %m: tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x8x133x133xf32>, tensor<32x8x7x7xf32>, tensor<64x32x64x64xf32>, tensor<64x64x64xf32>) -> tensor<64x64x64xf32> {
  ^bb0(%a: tensor<64x8x133x133xf32>, %b: tensor<32x8x7x7xf32>, %c: tensor<64x32x64x64xf32>, %d: tensor<64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<64x8x133x133xf32>, tensor<32x8x7x7xf32>) outs(%c : tensor<64x32x64x64xf32>) -> tensor<64x32x64x64xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x32x64x64xf32>) outs(%d : tensor<64x64x64xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x64x64xf32>
  }
  return %y : tensor<64x64x64xf32>
}
