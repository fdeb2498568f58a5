// A convolution is returned as it is, again, and in a view.
func.func @main(%x: tensor<1x8x8x11xf32>, %w: tensor<12x8x3x3xf32>) -> (tensor<1x12x6x9xf32>, tensor<12x54xf32>, tensor<1x12x6x9xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x12x6x9xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x12x6x9xf32>) -> tensor<1x12x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x8x11xf32>, tensor<12x8x3x3xf32>) outs(%z : tensor<1x12x6x9xf32>) -> tensor<1x12x6x9xf32>
  %v = tensor.collapse_shape %c [[0, 1], [2, 3]] : tensor<1x12x6x9xf32> into tensor<12x54xf32>
  return %c, %v, %c : tensor<1x12x6x9xf32>, tensor<12x54xf32>, tensor<1x12x6x9xf32>
}
