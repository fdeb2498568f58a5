// RUN: kiln-opt %s --kiln-set-target --kiln-select-schedule='schedule="#kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1]>"' | FileCheck %s --check-prefix=OPTION
// RUN: kiln-opt %s --kiln-set-target --kiln-select-schedule=precision=f32 | FileCheck %s --check-prefix=ATTRIBUTE
//
// A schedule is given by the option, for every kernel, or by the attribute of
// one kernel; the option has the last word. What is given is taken as it is.

// OPTION: #schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 4, 16], chunk = 8, warps = [1, 2, 1]>
// OPTION: func.func @given
// OPTION: kiln.kernel {{.*}}schedule = #schedule
// ATTRIBUTE: #schedule = #kiln.schedule<contraction = fma, tile = [64, 2, 8], chunk = 4, warps = [1, 1, 1], stages = 3>
// ATTRIBUTE: func.func @given
// ATTRIBUTE: kiln.kernel {{.*}}schedule = #schedule
func.func @given(%x: tensor<1x8x66x66xf32>, %w: tensor<64x8x3x3xf32>, %o: tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>, tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [64, 2, 8], chunk = 4, warps = [1, 1, 1], stages = 3>} {
  ^bb0(%a: tensor<1x8x66x66xf32>, %b: tensor<64x8x3x3xf32>, %c: tensor<1x64x64x64xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf32>, tensor<64x8x3x3xf32>) outs(%c : tensor<1x64x64x64xf32>) -> tensor<1x64x64x64xf32>
    kiln.yield %r : tensor<1x64x64x64xf32>
  }
  return %y : tensor<1x64x64x64xf32>
}

// Packing kernels need no schedule.
// ATTRIBUTE: func.func @pack
// ATTRIBUTE-NOT: schedule
func.func @pack(%w: tensor<4xf32>) -> tensor<4xf32> {
  %p = kiln.kernel "pack" (%w : tensor<4xf32>) -> tensor<4xf32> role<pack> {
  ^bb0(%a: tensor<4xf32>):
    kiln.yield %a : tensor<4xf32>
  }
  return %p : tensor<4xf32>
}
