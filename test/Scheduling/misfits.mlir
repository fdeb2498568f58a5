// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule --verify-diagnostics -o /dev/null
//
// A given schedule that does not fit is refused, and the message says what of
// it, and by how much.

func.func @instruction(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 16], chunk = 16, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k16_f16 does not multiply 'f32'}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @instruction_f16(%x: tensor<1x8x66x66xf16>, %w: tensor<64x8x3x3xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf16>, tensor<64x8x3x3xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf16>, %b: tensor<64x8x3x3xf16>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k8_tf32 does not multiply 'f16'}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf16>, tensor<64x8x3x3xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @instruction_bf16(%x: tensor<1x8x66x66xf16>, %w: tensor<64x8x3x3xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf16>, tensor<64x8x3x3xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_bf16, tile = [64, 4, 16], chunk = 16, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf16>, %b: tensor<64x8x3x3xf16>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k16_bf16 does not multiply 'f16'}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf16>, tensor<64x8x3x3xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// What leaves has no channels any more.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#position = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @staged_minimum(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>, %i: tensor<1x64x64xf32>) -> tensor<1x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %i : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>, tensor<1x64x64xf32>) -> tensor<1x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1], stores = staged>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>, %d: tensor<1x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: stores = staged brings results that keep their channels to memory}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    %m = linalg.generic {indexing_maps = [#all, #position], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x64x64x64xf32>) outs(%d : tensor<1x64x64xf32>) {
    ^bb1(%in: f32, %out: f32):
      %s = arith.minimumf %in, %out : f32
      linalg.yield %s : f32
    } -> tensor<1x64x64xf32>
    kiln.yield %m : tensor<1x64x64xf32>
  }
  return %y : tensor<1x64x64xf32>
}

// -----

// 64 * 16 * 32 values held by 64 threads.
func.func @accumulators(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 16, 32], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [64, 16, 32] needs 512 accumulators a thread, at most 128 fit}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @shared_memory(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 32, warps = [1, 4, 2], stages = 4>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error-re @below {{the given schedule does not fit: tile = [64, 8, 32], chunk = 32 and stages = 4 need at least {{[0-9]+}} bytes of shared memory, rtx4090 has 101376 a block}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// A reduction across the eight warps of the channels needs 4 * 8 * 8 * 32 bytes more.
func.func @scratch(%x: tensor<1x8x66x66xf32>, %w: tensor<128x8x3x3xf32>, %o: tensor<1x128x64x64xf32>, %i: tensor<1x64x64xf32>) -> tensor<1x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %i : tensor<1x8x66x66xf32>, tensor<128x8x3x3xf32>, tensor<1x128x64x64xf32>, tensor<1x64x64xf32>) -> tensor<1x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 32], chunk = 8, warps = [8, 1, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<128x8x3x3xf32>, %c: tensor<1x128x64x64xf32>, %d: tensor<1x64x64xf32>):
    // expected-error-re @below {{the given schedule does not fit: tile = [128, 8, 32], chunk = 8 and stages = 2 need at least {{[0-9]+}} bytes of shared memory, rtx4090 has 101376 a block}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<128x8x3x3xf32>) outs(%c : tensor<1x128x64x64xf32>) -> tensor<1x128x64x64xf32>
    %m = linalg.generic {indexing_maps = [affine_map<(n, f, h, w) -> (n, f, h, w)>, affine_map<(n, f, h, w) -> (n, h, w)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x128x64x64xf32>) outs(%d : tensor<1x64x64xf32>) {
    ^bb0(%in: f32, %out: f32):
      %s = arith.minimumf %in, %out : f32
      linalg.yield %s : f32
    } -> tensor<1x64x64xf32>
    kiln.yield %m : tensor<1x64x64xf32>
  }
  return %y : tensor<1x64x64xf32>
}

// -----

// Copies make zeros around rows and columns alone.
func.func @padded_channels(%i: tensor<1x66x66x3xf32>, %w: tensor<3x3x8x64xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%i, %w, %o : tensor<1x66x66x3xf32>, tensor<3x3x8x64xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 2, 32], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x66x66x3xf32>, %b: tensor<3x3x8x64xf32>, %c: tensor<1x64x64x64xf32>):
    %zero = arith.constant 0.0 : f32
    %p = tensor.pad %a low[0, 0, 0, 0] high[0, 0, 0, 5] {
    ^bb1(%i0: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x66x66x3xf32> to tensor<1x66x66x8xf32>
    // expected-error @below {{around rows and columns; pad batch and channels outside the program}}
    %r = linalg.conv_2d_nhwc_hwcf ins(%p, %b : tensor<1x66x66x8xf32>, tensor<3x3x8x64xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// An exact schedule contradicts the precision that the reference goes by.
func.func @exact(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [64, 2, 8], chunk = 4, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = fma is exact, precision=tf32 rounds; ask for precision=f32}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Copies cannot be spread over more k-steps than a stage has.
func.func @spread(%x: tensor<1x8x64x64xf32>, %w: tensor<64x8x1x1xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x64x64xf32>, tensor<64x8x1x1xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 8, 32], chunk = 8, warps = [1, 2, 4], lookahead = 1, early_barrier = true, spread = 6>} {
  ^bb0(%a: tensor<1x8x64x64xf32>, %b: tensor<64x8x1x1xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: spread = 6 exceeds the k-steps of a stage, 1}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x64x64xf32>, tensor<64x8x1x1xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Too large for 64-bit counts: 8388608^2 positions.
func.func @patch(%x: tensor<1x8x1x1xf32>, %w: tensor<16x8x1x1xf32>, %o: tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x1x1xf32>, tensor<16x8x1x1xf32>, tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 8, 8], chunk = 8, warps = [1, 1, 1], stages = 1>} {
  ^bb0(%a: tensor<1x8x1x1xf32>, %b: tensor<16x8x1x1xf32>, %c: tensor<1x16x1x1xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [16, 8, 8], chunk = 8 and stages = 1 need at least 18446744073709551615 bytes of shared memory, rtx4090 has 101376 a block}}
    %r = linalg.conv_2d_nchw_fchw {strides = dense<4611686018427387904> : tensor<2xi64>} ins(%a, %b : tensor<1x8x1x1xf32>, tensor<16x8x1x1xf32>) outs(%c : tensor<1x16x1x1xf32>) -> tensor<1x16x1x1xf32>
    kiln.yield %r : tensor<1x16x1x1xf32>
  }
  return %y : tensor<1x16x1x1xf32>
}

// -----

// 2^84 values: the product of the extents does not fit into 64 bits either.
func.func @tile(%x: tensor<1x1x1x1xf32>, %w: tensor<1x1x1x1xf32>, %o: tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [268435456, 268435456, 268435456], chunk = 8, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x1x1x1xf32>, %b: tensor<1x1x1x1xf32>, %c: tensor<1x1x1x1xf32>):
    // expected-error-re @below {{the given schedule does not fit: tile = [268435456, 268435456, 268435456] needs {{[0-9]+}} accumulators a thread, at most 128 fit}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) outs(%c : tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
    kiln.yield %r : tensor<1x1x1x1xf32>
  }
  return %y : tensor<1x1x1x1xf32>
}

// -----

func.func @chunk(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 1048576, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error-re @below {{the given schedule does not fit: tile = [64, 4, 16], chunk = 1048576 and stages = 2 need at least {{[0-9]+}} bytes of shared memory, rtx4090 has 101376 a block}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Sixteen-bit operands come to the registers in pairs: eight warps leave a thread one
// column of the tile's 64.
func.func @position(%x: tensor<1x66x66x8xf16>, %w: tensor<3x3x8x16xf16>, %o: tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x8xf16>, tensor<3x3x8x16xf16>, tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [16, 1, 64], chunk = 4, warps = [1, 1, 8]>} {
  ^bb0(%a: tensor<1x66x66x8xf16>, %b: tensor<3x3x8x16xf16>, %c: tensor<1x64x64x16xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [16, 1, 64] on warps = [1, 1, 8] gives a thread one position, contraction = fma on 'f16' needs two}}
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x8xf16>, tensor<3x3x8x16xf16>) outs(%c : tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32>
    kiln.yield %r : tensor<1x64x64x16xf32>
  }
  return %y : tensor<1x64x64x16xf32>
}

// -----

// Four lanes for the channels and four warps: one each.
func.func @channel(%x: tensor<1x66x66x8xbf16>, %w: tensor<3x3x8x16xbf16>, %o: tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x8xbf16>, tensor<3x3x8x16xbf16>, tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [16, 2, 8], chunk = 4, warps = [4, 1, 1]>} {
  ^bb0(%a: tensor<1x66x66x8xbf16>, %b: tensor<3x3x8x16xbf16>, %c: tensor<1x64x64x16xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [16, 2, 8] on warps = [4, 1, 1] gives a thread one output channel, contraction = fma on 'bf16' needs two}}
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x8xbf16>, tensor<3x3x8x16xbf16>) outs(%c : tensor<1x64x64x16xf32>) -> tensor<1x64x64x16xf32>
    kiln.yield %r : tensor<1x64x64x16xf32>
  }
  return %y : tensor<1x64x64x16xf32>
}

// -----

// A packed copy takes the place of the filter, so nothing else may read it.
func.func @read_twice(%x: tensor<16x8x6x18xf32>, %o: tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32> {
  %y = kiln.kernel "conv" (%x, %o : tensor<16x8x6x18xf32>, tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], stages = 1>} {
  ^bb0(%a: tensor<16x8x6x18xf32>, %c: tensor<16x16x1x1xf32>):
    // expected-error @below {{the given schedule does not fit: weights = packed needs a filter that only the contraction reads; weights = strided takes it as it lies in memory}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %a : tensor<16x8x6x18xf32>, tensor<16x8x6x18xf32>) outs(%c : tensor<16x16x1x1xf32>) -> tensor<16x16x1x1xf32>
    kiln.yield %r : tensor<16x16x1x1xf32>
  }
  return %y : tensor<16x16x1x1xf32>
}

// -----

func.func @transpose_nhwc(%x: tensor<1x66x66x16xf16>, %w: tensor<3x3x16x64xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x16xf16>, tensor<3x3x16x64xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 16], chunk = 16, warps = [1, 2, 1], transpose = true>} {
  ^bb0(%a: tensor<1x66x66x16xf16>, %b: tensor<3x3x16x64xf16>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: transpose = true brings channels next to one another, but those of the image already are}}
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x16xf16>, tensor<3x3x16x64xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @spread_of_ring(%x: tensor<1x66x66x16xf16>, %w: tensor<3x3x16x64xf16>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x66x66x16xf16>, tensor<3x3x16x64xf16>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [64, 4, 16], chunk = 16, warps = [1, 2, 1], ring = 3, lookahead = 1, early_barrier = true, spread = 4>} {
  ^bb0(%a: tensor<1x66x66x16xf16>, %b: tensor<3x3x16x64xf16>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: spread = 4 exceeds the k-steps of a part of the ring, 3}}
    %r = linalg.conv_2d_nhwc_hwcf ins(%a, %b : tensor<1x66x66x16xf16>, tensor<3x3x16x64xf16>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Eight parts of 3x128x8 words do not fit beside the image.
func.func @ring(%x: tensor<1x8x66x66xf32>, %w: tensor<128x8x3x3xf32>, %o: tensor<1x128x64x64xf32>) -> tensor<1x128x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<128x8x3x3xf32>, tensor<1x128x64x64xf32>) -> tensor<1x128x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [128, 8, 16], chunk = 8, warps = [4, 2, 1], ring = 8>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<128x8x3x3xf32>, %c: tensor<1x128x64x64xf32>):
    // expected-error-re @below {{the given schedule does not fit: tile = [128, 8, 16], chunk = 8, ring = 8 and stages = 2 need at least {{[0-9]+}} bytes of shared memory, rtx4090 has 101376 a block}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<128x8x3x3xf32>) outs(%c : tensor<1x128x64x64xf32>) -> tensor<1x128x64x64xf32>
    kiln.yield %r : tensor<1x128x64x64xf32>
  }
  return %y : tensor<1x128x64x64xf32>
}

// -----

// A stride of 128 spreads 8 positions over 897 columns, of 32 channels each, which 32
// threads copy one by one.
func.func @copies(%x: tensor<1x32x1x901xf16>, %w: tensor<16x32x1x1xf16>, %o: tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x32x1x901xf16>, tensor<16x32x1x1xf16>, tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 32, warps = [1, 1, 1], stages = 1>} {
  ^bb0(%a: tensor<1x32x1x901xf16>, %b: tensor<16x32x1x1xf16>, %c: tensor<1x16x1x8xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [16, 1, 8], chunk = 32 and warps = [1, 1, 1] give a thread 897 copies of the image's patch, at most 512 are supported; take a smaller tile or more warps}}
    %r = linalg.conv_2d_nchw_fchw {strides = dense<[1, 128]> : tensor<2xi64>} ins(%a, %b : tensor<1x32x1x901xf16>, tensor<16x32x1x1xf16>) outs(%c : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
    kiln.yield %r : tensor<1x16x1x8xf32>
  }
  return %y : tensor<1x16x1x8xf32>
}

// -----

// A strided filter of one tap has its channels apart: 128 times 256 elements,
// which 32 threads copy one by one. With weights = packed they are 128 copies.
func.func @filter_copies(%x: tensor<1x256x8x8xf16>, %w: tensor<128x256x1x1xf16>, %o: tensor<1x128x8x8xf32>) -> tensor<1x128x8x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x256x8x8xf16>, tensor<128x256x1x1xf16>, tensor<1x128x8x8xf32>) -> tensor<1x128x8x8xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [128, 1, 8], chunk = 256, warps = [1, 1, 1], stages = 1, weights = strided>} {
  ^bb0(%a: tensor<1x256x8x8xf16>, %b: tensor<128x256x1x1xf16>, %c: tensor<1x128x8x8xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [128, 1, 8], chunk = 256 and warps = [1, 1, 1] give a thread 1024 copies of the filter, with weights = strided, at most 512 are supported; take a smaller tile or more warps}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x256x8x8xf16>, tensor<128x256x1x1xf16>) outs(%c : tensor<1x128x8x8xf32>) -> tensor<1x128x8x8xf32>
    kiln.yield %r : tensor<1x128x8x8xf32>
  }
  return %y : tensor<1x128x8x8xf32>
}

// -----

// A matrix product has columns only.
func.func @rows_of_product(%x: tensor<64x32xf32>, %w: tensor<32x64xf32>, %o: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %y = kiln.kernel "product" (%x, %w, %o : tensor<64x32xf32>, tensor<32x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 2, 16], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>, %c: tensor<64x64xf32>):
    // expected-error @below {{the given schedule does not fit: tile = [64, 2, 16] on warps = [1, 2, 1]: the result has columns only, rows must be 1}}
    %r = linalg.matmul ins(%a, %b : tensor<64x32xf32>, tensor<32x64xf32>) outs(%c : tensor<64x64xf32>) -> tensor<64x64xf32>
    kiln.yield %r : tensor<64x64xf32>
  }
  return %y : tensor<64x64xf32>
}

// -----

func.func @computed_filter(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1], weights = strided>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %e = tensor.empty() : tensor<64x8x3x3xf32>
    %n = linalg.negf ins(%b : tensor<64x8x3x3xf32>) outs(%e : tensor<64x8x3x3xf32>) -> tensor<64x8x3x3xf32>
    // expected-error @below {{the given schedule does not fit: weights = strided copies the filter as it lies in memory, but it is computed; weights = packed computes it once}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %n : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

// Each of 150,000 images has 20,000 tiles.
func.func @blocks(%x: tensor<150000x8x402x402xf32>, %w: tensor<16x8x3x3xf32>, %o: tensor<150000x16x400x400xf32>) -> tensor<150000x16x400x400xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<150000x8x402x402xf32>, tensor<16x8x3x3xf32>, tensor<150000x16x400x400xf32>) -> tensor<150000x16x400x400xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], persistent = false>} {
  ^bb0(%a: tensor<150000x8x402x402xf32>, %b: tensor<16x8x3x3xf32>, %c: tensor<150000x16x400x400xf32>):
    // expected-error @below {{the given schedule does not fit: persistent = false and tile = [16, 1, 8] make 3000000000 blocks, a launch has at most 2147483647}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<150000x8x402x402xf32>, tensor<16x8x3x3xf32>) outs(%c : tensor<150000x16x400x400xf32>) -> tensor<150000x16x400x400xf32>
    kiln.yield %r : tensor<150000x16x400x400xf32>
  }
  return %y : tensor<150000x16x400x400xf32>
}

// -----

// Three products take three times the time that was asked for.
func.func @split(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [64, 2, 16], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k8_tf32x3 splits, precision=tf32 rounds; ask for precision=tf32x3}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}
