// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s --check-prefix=TF32
// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule=precision=f32 | FileCheck %s --check-prefix=F32
//
// What the rules choose where every output of the convolution leaves the kernel:
// staged stores, so that neighbouring lanes store neighbouring addresses, or channels
// that lie so where they are innermost; and one block a tile, so that one block stores
// while another multiplies. A block has four warps and two of them fit a multiprocessor.
// Rows of floats are up to 64 wide, with one chunk 128.

// Two tiles of 64 channels rather than one of 128: a warp has two rows of 32 columns.
// Two stages of 64 channels by nine taps leave room for one block, a ring for two.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 64], chunk = 8, warps = [1, 2, 2], persistent = false, columns = even_odd, ring = 3, lookahead = 1, early_barrier = true, spread = 3, halving = true, paired_stores = true, stores = staged>
// TF32: func.func @ring(
// Exact f32 multiplies for so long that its stores do not matter: as if reduced.
// F32: #schedule = #kiln.schedule<contraction = fma, tile = [128, 4, 32], chunk = 8, warps = [2, 1, 4], halving
// F32: func.func @ring(
func.func @ring(%x: tensor<8x64x130x130xf32>, %w: tensor<128x64x3x3xf32>, %o: tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x64x130x130xf32>, tensor<128x64x3x3xf32>, tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32> {
  ^bb0(%a: tensor<8x64x130x130xf32>, %b: tensor<128x64x3x3xf32>, %c: tensor<8x128x128x128xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x64x130x130xf32>, tensor<128x64x3x3xf32>) outs(%c : tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32>
    kiln.yield %r : tensor<8x128x128x128xf32>
  }
  return %y : tensor<8x128x128x128xf32>
}

// -----

// With one chunk there is nothing to copy ahead, one stage, and only other blocks hide
// what a block waits for: half the positions a warp.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 2, 64], chunk = 8, warps = [1, 1, 4], stages = 1, persistent = false, columns = even_odd, halving
// TF32: func.func @one_chunk(
func.func @one_chunk(%x: tensor<8x8x130x130xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<8x64x128x128xf32>) -> tensor<8x64x128x128xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x8x130x130xf32>, tensor<64x8x3x3xf32>, tensor<8x64x128x128xf32>) -> tensor<8x64x128x128xf32> {
  ^bb0(%a: tensor<8x8x130x130xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<8x64x128x128xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x8x130x130xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<8x64x128x128xf32>) -> tensor<8x64x128x128xf32>
    kiln.yield %r : tensor<8x64x128x128xf32>
  }
  return %y : tensor<8x64x128x128xf32>
}

// -----

// Rows of 126 floats begin within sectors, and the stores bind: whole rows leave, up to
// 128 wide.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 2, 128], chunk = 8, warps = [1, 1, 4], stages = 1, persistent = false, columns = even_odd, halving
// TF32: func.func @whole_rows(
func.func @whole_rows(%x: tensor<8x8x128x128xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<8x64x126x126xf32>) -> tensor<8x64x126x126xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x8x128x128xf32>, tensor<64x8x3x3xf32>, tensor<8x64x126x126xf32>) -> tensor<8x64x126x126xf32> {
  ^bb0(%a: tensor<8x8x128x128xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<8x64x126x126xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x8x128x128xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<8x64x126x126xf32>) -> tensor<8x64x126x126xf32>
    kiln.yield %r : tensor<8x64x126x126xf32>
  }
  return %y : tensor<8x64x126x126xf32>
}

// -----

// One tap needs three stages, and no halo: tiles of 256 channels and few positions, of
// which a warp has 128 and 32.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [256, 2, 32], chunk = 8, warps = [2, 1, 2], stages = 3, persistent = false, lookahead = 1, early_barrier = true, halving
// TF32: func.func @one_tap(
func.func @one_tap(%x: tensor<16x256x56x56xf32>, %w: tensor<512x256x1x1xf32>, %o: tensor<16x512x28x28xf32>) -> tensor<16x512x28x28xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<16x256x56x56xf32>, tensor<512x256x1x1xf32>, tensor<16x512x28x28xf32>) -> tensor<16x512x28x28xf32> {
  ^bb0(%a: tensor<16x256x56x56xf32>, %b: tensor<512x256x1x1xf32>, %c: tensor<16x512x28x28xf32>):
    %r = linalg.conv_2d_nchw_fchw {strides = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<16x256x56x56xf32>, tensor<512x256x1x1xf32>) outs(%c : tensor<16x512x28x28xf32>) -> tensor<16x512x28x28xf32>
    kiln.yield %r : tensor<16x512x28x28xf32>
  }
  return %y : tensor<16x512x28x28xf32>
}

// -----

// 16-bit channels that lie in planes are transposed, which more warps hide: 32
// positions each. Rows of 16 columns are whole sectors of 32 bytes.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 32], chunk = 16, warps = [1, 2, 2], persistent = false, ring = 3, transpose = true, lookahead = 1, early_barrier = true, spread = 3, halving
// TF32: func.func @transposed(
func.func @transposed(%x: tensor<32x64x58x58xf16>, %w: tensor<64x64x3x3xf16>, %o: tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<32x64x58x58xf16>, tensor<64x64x3x3xf16>, tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf16> {
  ^bb0(%a: tensor<32x64x58x58xf16>, %b: tensor<64x64x3x3xf16>, %c: tensor<32x64x56x56xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<32x64x58x58xf16>, tensor<64x64x3x3xf16>) outs(%c : tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf32>
    %e = tensor.empty() : tensor<32x64x56x56xf16>
    %s = linalg.map ins(%r : tensor<32x64x56x56xf32>) outs(%e : tensor<32x64x56x56xf16>)
      (%v: f32, %u: f16) {
        %t = arith.truncf %v : f32 to f16
        linalg.yield %t : f16
      }
    kiln.yield %s : tensor<32x64x56x56xf16>
  }
  return %y : tensor<32x64x56x56xf16>
}

// -----

// 112 columns are seven tiles of 16, but four of 32 cover 128. All 32 channels of one
// tap are one chunk.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 8, 16], chunk = 32, warps = [1, 4, 1], stages = 1, persistent = false, transpose = true, halving
// TF32: func.func @narrow(
func.func @narrow(%x: tensor<8x32x112x112xf16>, %w: tensor<192x32x1x1xf16>, %o: tensor<8x192x112x112xf32>) -> tensor<8x192x112x112xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x32x112x112xf16>, tensor<192x32x1x1xf16>, tensor<8x192x112x112xf32>) -> tensor<8x192x112x112xf16> {
  ^bb0(%a: tensor<8x32x112x112xf16>, %b: tensor<192x32x1x1xf16>, %c: tensor<8x192x112x112xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x32x112x112xf16>, tensor<192x32x1x1xf16>) outs(%c : tensor<8x192x112x112xf32>) -> tensor<8x192x112x112xf32>
    %e = tensor.empty() : tensor<8x192x112x112xf16>
    %s = linalg.map ins(%r : tensor<8x192x112x112xf32>) outs(%e : tensor<8x192x112x112xf16>)
      (%v: f32, %u: f16) {
        %t = arith.truncf %v : f32 to f16
        linalg.yield %t : f16
      }
    kiln.yield %s : tensor<8x192x112x112xf16>
  }
  return %y : tensor<8x192x112x112xf16>
}

// -----

// 256 channels by nine taps: the stores are short beside the multiplies, and eight
// warps share a tile. The fewer bytes are stored, the sooner.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [128, 8, 32], chunk = 16, warps = [2, 2, 2], persistent = false, ring = 3, transpose = true, lookahead = 1, early_barrier = true, spread = 3, halving
// TF32: func.func @long(
func.func @long(%x: tensor<4x256x69x69xbf16>, %w: tensor<256x256x3x3xbf16>, %o: tensor<4x256x65x65xf32>) -> tensor<4x256x65x65xbf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<4x256x69x69xbf16>, tensor<256x256x3x3xbf16>, tensor<4x256x65x65xf32>) -> tensor<4x256x65x65xbf16> {
  ^bb0(%a: tensor<4x256x69x69xbf16>, %b: tensor<256x256x3x3xbf16>, %c: tensor<4x256x65x65xf32>):
    %r = linalg.conv_2d_nchw_fchw {dilations = dense<2> : tensor<2xi64>} ins(%a, %b : tensor<4x256x69x69xbf16>, tensor<256x256x3x3xbf16>) outs(%c : tensor<4x256x65x65xf32>) -> tensor<4x256x65x65xf32>
    %e = tensor.empty() : tensor<4x256x65x65xbf16>
    %s = linalg.map ins(%r : tensor<4x256x65x65xf32>) outs(%e : tensor<4x256x65x65xbf16>)
      (%v: f32, %u: bf16) {
        %t = arith.truncf %v : f32 to bf16
        linalg.yield %t : bf16
      }
    kiln.yield %s : tensor<4x256x65x65xbf16>
  }
  return %y : tensor<4x256x65x65xbf16>
}

// -----

// Channels that are innermost are not transposed; 16-bit ones lie so that a lane stores
// eight neighbours, straight from its registers.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 8, 32], chunk = 16, warps = [1, 2, 2], persistent = false, ring = 3, lookahead = 1, early_barrier = true, spread = 3, halving = true, paired_stores = true, channels = adjacent>
// TF32: func.func @channels_last(
func.func @channels_last(%x: tensor<32x58x58x64xf16>, %w: tensor<3x3x64x128xf16>, %o: tensor<32x56x56x128xf32>) -> tensor<32x56x56x128xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<32x58x58x64xf16>, tensor<3x3x64x128xf16>, tensor<32x56x56x128xf32>) -> tensor<32x56x56x128xf16> {
  ^bb0(%a: tensor<32x58x58x64xf16>, %b: tensor<3x3x64x128xf16>, %c: tensor<32x56x56x128xf32>):
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<32x58x58x64xf16>, tensor<3x3x64x128xf16>) outs(%c : tensor<32x56x56x128xf32>) -> tensor<32x56x56x128xf32>
    %e = tensor.empty() : tensor<32x56x56x128xf16>
    %s = linalg.map ins(%r : tensor<32x56x56x128xf32>) outs(%e : tensor<32x56x56x128xf16>)
      (%v: f32, %u: f16) {
        %t = arith.truncf %v : f32 to f16
        linalg.yield %t : f16
      }
    kiln.yield %s : tensor<32x56x56x128xf16>
  }
  return %y : tensor<32x56x56x128xf16>
}

// -----

// Where no tiles are enough for the multiprocessors, the tiles are the smallest.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1], persistent = false, columns = even_odd, lookahead = 1, early_barrier = true, spread = 6, halving
// TF32: func.func @small(
func.func @small(%x: tensor<1x64x16x16xf32>, %w: tensor<64x64x3x3xf32>, %o: tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x64x16x16xf32>, tensor<64x64x3x3xf32>, tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32> {
  ^bb0(%a: tensor<1x64x16x16xf32>, %b: tensor<64x64x3x3xf32>, %c: tensor<1x64x14x14xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x64x16x16xf32>, tensor<64x64x3x3xf32>) outs(%c : tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
    kiln.yield %r : tensor<1x64x14x14xf32>
  }
  return %y : tensor<1x64x14x14xf32>
}

// -----

// Of 11x11 taps no two blocks fit; the sizes are then those of a reduced result.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 4, 2], persistent = false, columns = even_odd, ring = 2, lookahead = 1, early_barrier = true, spread = 11, halving
// TF32: func.func @huge(
func.func @huge(%x: tensor<8x8x138x138xf32>, %w: tensor<128x8x11x11xf32>, %o: tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x8x138x138xf32>, tensor<128x8x11x11xf32>, tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32> {
  ^bb0(%a: tensor<8x8x138x138xf32>, %b: tensor<128x8x11x11xf32>, %c: tensor<8x128x128x128xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x8x138x138xf32>, tensor<128x8x11x11xf32>) outs(%c : tensor<8x128x128x128xf32>) -> tensor<8x128x128x128xf32>
    kiln.yield %r : tensor<8x128x128x128xf32>
  }
  return %y : tensor<8x128x128x128xf32>
}

// -----

// A kernel that reduces and also keeps its channels has to hold all of them: the
// schedule is that of a reduced result.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#reduced = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 4, 2], columns = even_odd, lookahead = 1, early_barrier = true, spread = 6, halving = true, paired_stores = true>
// TF32: func.func @both(
func.func @both(%x: tensor<8x64x130x130xf32>, %w: tensor<64x64x3x3xf32>, %o: tensor<8x64x128x128xf32>, %m: tensor<8x128x128xf32>) -> tensor<8x64x128x128xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<8x64x130x130xf32>, tensor<64x64x3x3xf32>, tensor<8x64x128x128xf32>, tensor<8x128x128xf32>) -> tensor<8x64x128x128xf32> {
  ^bb0(%a: tensor<8x64x130x130xf32>, %b: tensor<64x64x3x3xf32>, %c: tensor<8x64x128x128xf32>, %d: tensor<8x128x128xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x64x130x130xf32>, tensor<64x64x3x3xf32>) outs(%c : tensor<8x64x128x128xf32>) -> tensor<8x64x128x128xf32>
    %s = linalg.reduce {arith.maximumf} ins(%r : tensor<8x64x128x128xf32>) outs(%d : tensor<8x128x128xf32>) dimensions = [1]
    %u = linalg.generic {indexing_maps = [#all, #reduced, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %s : tensor<8x64x128x128xf32>, tensor<8x128x128xf32>) outs(%c : tensor<8x64x128x128xf32>) {
    ^bb1(%v: f32, %q: f32, %out: f32):
      %t = arith.subf %v, %q : f32
      linalg.yield %t : f32
    } -> tensor<8x64x128x128xf32>
    kiln.yield %u : tensor<8x64x128x128xf32>
  }
  return %y : tensor<8x64x128x128xf32>
}

// -----

// A launch has at most 2^31 - 1 blocks; beyond, they are persistent.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 8], chunk = 8, warps = [1, 4, 1], stages = 1, halving
// TF32: func.func @many_tiles(
func.func @many_tiles(%x: tensor<2147483648x8x6x6xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<2147483648x64x4x4xf32>) -> tensor<2147483648x64x4x4xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<2147483648x8x6x6xf32>, tensor<64x8x3x3xf32>, tensor<2147483648x64x4x4xf32>) -> tensor<2147483648x64x4x4xf32> {
  ^bb0(%a: tensor<2147483648x8x6x6xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<2147483648x64x4x4xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<2147483648x8x6x6xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<2147483648x64x4x4xf32>) -> tensor<2147483648x64x4x4xf32>
    kiln.yield %r : tensor<2147483648x64x4x4xf32>
  }
  return %y : tensor<2147483648x64x4x4xf32>
}

// -----

// Three tiles of 32 channels pad nothing, one of 128 a quarter.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [32, 8, 32], chunk = 16, warps = [1, 2, 2], persistent = false, ring = 3, lookahead = 1, early_barrier = true, spread = 5, halving = true, paired_stores = true, channels = adjacent>
// TF32: func.func @least_padding(
func.func @least_padding(%x: tensor<16x68x68x48xf16>, %w: tensor<96x5x5x48xf16>, %o: tensor<16x64x64x96xf32>) -> tensor<16x64x64x96xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<16x68x68x48xf16>, tensor<96x5x5x48xf16>, tensor<16x64x64x96xf32>) -> tensor<16x64x64x96xf16> {
  ^bb0(%a: tensor<16x68x68x48xf16>, %b: tensor<96x5x5x48xf16>, %c: tensor<16x64x64x96xf32>):
    %r = linalg.conv_2d_nhwc_fhwc ins(%a, %b : tensor<16x68x68x48xf16>, tensor<96x5x5x48xf16>) outs(%c : tensor<16x64x64x96xf32>) -> tensor<16x64x64x96xf32>
    %e = tensor.empty() : tensor<16x64x64x96xf16>
    %h = linalg.generic {indexing_maps = [affine_map<(n, i, j, k) -> (n, i, j, k)>, affine_map<(n, i, j, k) -> (n, i, j, k)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<16x64x64x96xf32>) outs(%e : tensor<16x64x64x96xf16>) {
    ^bb1(%in: f32, %out: f16):
      %t = arith.truncf %in : f32 to f16
      linalg.yield %t : f16
    } -> tensor<16x64x64x96xf16>
    kiln.yield %h : tensor<16x64x64x96xf16>
  }
  return %y : tensor<16x64x64x96xf16>
}

// -----

// One tap and one chunk, 56 columns: tiles of eight columns cover them, of 16 cover 64.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 8, 8], chunk = 32, warps = [1, 4, 1], stages = 1, persistent = false, halving = true, paired_stores = true, channels = adjacent>
// TF32: func.func @least_cover(
func.func @least_cover(%x: tensor<16x56x56x24xf16>, %w: tensor<144x1x1x24xf16>, %o: tensor<16x56x56x144xf32>) -> tensor<16x56x56x144xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<16x56x56x24xf16>, tensor<144x1x1x24xf16>, tensor<16x56x56x144xf32>) -> tensor<16x56x56x144xf16> {
  ^bb0(%a: tensor<16x56x56x24xf16>, %b: tensor<144x1x1x24xf16>, %c: tensor<16x56x56x144xf32>):
    %r = linalg.conv_2d_nhwc_fhwc ins(%a, %b : tensor<16x56x56x24xf16>, tensor<144x1x1x24xf16>) outs(%c : tensor<16x56x56x144xf32>) -> tensor<16x56x56x144xf32>
    %e = tensor.empty() : tensor<16x56x56x144xf16>
    %h = linalg.generic {indexing_maps = [affine_map<(n, i, j, k) -> (n, i, j, k)>, affine_map<(n, i, j, k) -> (n, i, j, k)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<16x56x56x144xf32>) outs(%e : tensor<16x56x56x144xf16>) {
    ^bb1(%in: f32, %out: f16):
      %t = arith.truncf %in : f32 to f16
      linalg.yield %t : f16
    } -> tensor<16x56x56x144xf16>
    kiln.yield %h : tensor<16x56x56x144xf16>
  }
  return %y : tensor<16x56x56x144xf16>
}

// -----

// Eight images of 7x7: tiles of 64 channels are half as many as multiprocessors. Of 16
// there are two a multiprocessor, and the 16-bit copies have a third stage.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 8, 8], chunk = 16, warps = [1, 2, 1], stages = 3, persistent = false, lookahead = 1,
// TF32: func.func @small_images(
func.func @small_images(%x: tensor<8x9x9x512xf16>, %w: tensor<512x3x3x512xf16>, %o: tensor<8x7x7x512xf32>) -> tensor<8x7x7x512xf16> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x9x9x512xf16>, tensor<512x3x3x512xf16>, tensor<8x7x7x512xf32>) -> tensor<8x7x7x512xf16> {
  ^bb0(%a: tensor<8x9x9x512xf16>, %b: tensor<512x3x3x512xf16>, %c: tensor<8x7x7x512xf32>):
    %r = linalg.conv_2d_nhwc_fhwc ins(%a, %b : tensor<8x9x9x512xf16>, tensor<512x3x3x512xf16>) outs(%c : tensor<8x7x7x512xf32>) -> tensor<8x7x7x512xf32>
    %e = tensor.empty() : tensor<8x7x7x512xf16>
    %h = linalg.generic {indexing_maps = [affine_map<(n, i, j, k) -> (n, i, j, k)>, affine_map<(n, i, j, k) -> (n, i, j, k)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<8x7x7x512xf32>) outs(%e : tensor<8x7x7x512xf16>) {
    ^bb1(%in: f32, %out: f16):
      %t = arith.truncf %in : f32 to f16
      linalg.yield %t : f16
    } -> tensor<8x7x7x512xf16>
    kiln.yield %h : tensor<8x7x7x512xf16>
  }
  return %y : tensor<8x7x7x512xf16>
}

// -----

// Tiles of 64 accumulators a thread that give each multiprocessor two blocks.
// TF32: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 8, 16], chunk = 8, warps = [1, 2, 1], persistent = false, columns = even_odd, lookahead = 1,
// TF32: func.func @two_blocks(
func.func @two_blocks(%x: tensor<16x256x16x16xf32>, %w: tensor<256x256x3x3xf32>, %o: tensor<16x256x14x14xf32>) -> tensor<16x256x14x14xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<16x256x16x16xf32>, tensor<256x256x3x3xf32>, tensor<16x256x14x14xf32>) -> tensor<16x256x14x14xf32> {
  ^bb0(%a: tensor<16x256x16x16xf32>, %b: tensor<256x256x3x3xf32>, %c: tensor<16x256x14x14xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<16x256x16x16xf32>, tensor<256x256x3x3xf32>) outs(%c : tensor<16x256x14x14xf32>) -> tensor<16x256x14x14xf32>
    kiln.yield %r : tensor<16x256x14x14xf32>
  }
  return %y : tensor<16x256x14x14xf32>
}
