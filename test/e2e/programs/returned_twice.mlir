// One value is three results: each is memory of its own, also behind a reshape.
func.func @main(%x: tensor<1x8x6x10xf32>, %w: tensor<16x8x3x3xf32>) -> (tensor<1x16x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x1x4x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x16x4x8xf32>
  %start = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x10xf32>, tensor<16x8x3x3xf32>) outs(%start : tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32>
  %er = tensor.empty() : tensor<1x4x8xf32>
  %lows = linalg.fill ins(%low : f32) outs(%er : tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %m = linalg.reduce {arith.maximumf} ins(%c : tensor<1x16x4x8xf32>) outs(%lows : tensor<1x4x8xf32>) dimensions = [1]
  %keep = tensor.expand_shape %m [[0, 1], [2], [3]] output_shape [1, 1, 4, 8] : tensor<1x4x8xf32> into tensor<1x1x4x8xf32>
  return %c, %m, %m, %keep : tensor<1x16x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x1x4x8xf32>
}
