// A grouped convolution whose start is an argument.
func.func @main(%x: tensor<1x2x8x6x6xf32>, %w: tensor<2x4x8x3x3xf32>, %o: tensor<1x2x4x4x4xf32>) -> tensor<1x2x4x4x4xf32> {
  %r = linalg.conv_2d_ngchw_gfchw ins(%x, %w : tensor<1x2x8x6x6xf32>, tensor<2x4x8x3x3xf32>) outs(%o : tensor<1x2x4x4x4xf32>) -> tensor<1x2x4x4x4xf32>
  return %r : tensor<1x2x4x4x4xf32>
}
