func.func @f(%x: tensor<1x2x1x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32> attributes {schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>} {
  ^bb0(%a: tensor<1x2x1x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x1x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x1x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x1x8xf32>) -> tensor<1x4x1x8xf32>
    kiln.yield %r : tensor<1x4x1x8xf32>
  }
  return %y : tensor<1x4x1x8xf32>
}

