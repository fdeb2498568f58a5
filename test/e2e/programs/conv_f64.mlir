// A convolution that no instruction multiplies.
func.func @main(%x: tensor<1x8x6x6xf64>, %w: tensor<4x8x3x3xf64>, %o: tensor<1x4x4x4xf64>) -> tensor<1x4x4x4xf64> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x6xf64>, tensor<4x8x3x3xf64>) outs(%o : tensor<1x4x4x4xf64>) -> tensor<1x4x4x4xf64>
  return %r : tensor<1x4x4x4xf64>
}
