gpu.module @kernels {
  gpu.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {kiln.schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
    %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%o : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    gpu.return %r : tensor<1x4x1x8xf32>
  }
}

