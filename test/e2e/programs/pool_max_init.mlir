// Max pooling with an argument as window and as start.
func.func @main(%x: tensor<1x8x6x6xf32>, %w: tensor<3x3xf32>, %o: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %r = linalg.pooling_nchw_max ins(%x, %w : tensor<1x8x6x6xf32>, tensor<3x3xf32>) outs(%o : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}
