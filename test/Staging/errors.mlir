// RUN: not kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-stage-operands))' 2>&1 | FileCheck %s --check-prefix=STAGING
// RUN: not kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-unroll-taps))' 2>&1 | FileCheck %s --check-prefix=TAPS
//
// What a pass needs and does not find is an error that names the pass to run.

// STAGING: error: 'linalg.conv_2d_nchw_fchw' op must be in a chunk loop and read tiles; run kiln-tile-reduction first
// TAPS: error: 'linalg.conv_2d_nchw_fchw' op needs staged operands and a layout; run kiln-stage-operands and kiln-assign-layouts first

gpu.module @kernels {
  gpu.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {kiln.schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
    %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%o : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    gpu.return %r : tensor<1x4x1x8xf32>
  }
}
