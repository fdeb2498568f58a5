// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule=precision=tf32x3 --verify-diagnostics | FileCheck %s
//
// f32 as three products of tf32: half the positions a warp has with tf32, because its
// fragments take twice the registers. What lies even and odd, runs ahead and is spread
// is the same.

// CHECK: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [128, 4, 32], chunk = 8, warps = [2, 2, 2], columns = even_odd, lookahead = 1, early_barrier = true, spread = 6, halving = true, paired_stores = true>
// CHECK: func.func @reduced(
func.func @reduced(%x: tensor<64x64x258x258xf32>, %w: tensor<128x64x3x3xf32>, %o: tensor<64x128x256x256xf32>, %m: tensor<64x256x256xf32>) -> tensor<64x256x256xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %m : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>, tensor<64x128x256x256xf32>, tensor<64x256x256xf32>) -> tensor<64x256x256xf32> {
  ^bb0(%a: tensor<64x64x258x258xf32>, %b: tensor<128x64x3x3xf32>, %c: tensor<64x128x256x256xf32>, %d: tensor<64x256x256xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<64x64x258x258xf32>, tensor<128x64x3x3xf32>) outs(%c : tensor<64x128x256x256xf32>) -> tensor<64x128x256x256xf32>
    %s = linalg.reduce {arith.minimumf} ins(%r : tensor<64x128x256x256xf32>) outs(%d : tensor<64x256x256xf32>) dimensions = [1]
    kiln.yield %s : tensor<64x256x256xf32>
  }
  return %y : tensor<64x256x256xf32>
}

// -----

// CHECK: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [64, 2, 64], chunk = 8, warps = [1, 1, 4]
// CHECK: func.func @stored(
func.func @stored(%x: tensor<8x64x66x66xf32>, %w: tensor<64x64x3x3xf32>, %o: tensor<8x64x64x64xf32>) -> tensor<8x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<8x64x66x66xf32>, tensor<64x64x3x3xf32>, tensor<8x64x64x64xf32>) -> tensor<8x64x64x64xf32> {
  ^bb0(%a: tensor<8x64x66x66xf32>, %b: tensor<64x64x3x3xf32>, %c: tensor<8x64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<8x64x66x66xf32>, tensor<64x64x3x3xf32>) outs(%c : tensor<8x64x64x64xf32>) -> tensor<8x64x64x64xf32>
    kiln.yield %r : tensor<8x64x64x64xf32>
  }
  return %y : tensor<8x64x64x64xf32>
}

// -----

// 16-bit operands have an instruction of their own, whatever f32 does.
// CHECK: #schedule = #kiln.schedule<contraction = mma_m16n8k16_f16
// CHECK: func.func @halves(
func.func @halves(%x: tensor<1x16x34x34xf16>, %w: tensor<16x16x3x3xf16>, %o: tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x16x34x34xf16>, tensor<16x16x3x3xf16>, tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32> {
  ^bb0(%a: tensor<1x16x34x34xf16>, %b: tensor<16x16x3x3xf16>, %c: tensor<1x16x32x32xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x16x34x34xf16>, tensor<16x16x3x3xf16>) outs(%c : tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32>
    kiln.yield %r : tensor<1x16x32x32xf32>
  }
  return %y : tensor<1x16x32x32xf32>
}

// -----

// A given schedule has to multiply as was asked.
func.func @rounds(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 2, 16], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k8_tf32 rounds, precision=tf32x3 splits; ask for precision=tf32}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @exact(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [64, 2, 8], chunk = 4, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = fma is exact, precision=tf32x3 splits; ask for precision=f32}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// -----

func.func @splits(%x: tensor<1x16x34x34xf16>, %w: tensor<16x16x3x3xf16>, %o: tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x16x34x34xf16>, tensor<16x16x3x3xf16>, tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32> attributes {schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [16, 2, 16], chunk = 8, warps = [1, 2, 1]>} {
  ^bb0(%a: tensor<1x16x34x34xf16>, %b: tensor<16x16x3x3xf16>, %c: tensor<1x16x32x32xf32>):
    // expected-error @below {{the given schedule does not fit: contraction = mma_m16n8k8_tf32x3 does not multiply 'f16'}}
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x16x34x34xf16>, tensor<16x16x3x3xf16>) outs(%c : tensor<1x16x32x32xf32>) -> tensor<1x16x32x32xf32>
    kiln.yield %r : tensor<1x16x32x32xf32>
  }
  return %y : tensor<1x16x32x32xf32>
}
