// A convolution of integers, which no instruction multiplies.
func.func @main(%x: tensor<1x3x6x7xi32>, %w: tensor<4x3x3x3xi32>, %o: tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32> {
  %r = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x3x6x7xi32>, tensor<4x3x3x3xi32>) outs(%o : tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32>
  return %r : tensor<1x4x4x5xi32>
}
