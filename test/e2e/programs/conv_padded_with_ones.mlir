// An image that is padded by something else than zeros, along its channels, too.
func.func @main(%x: tensor<2x6x4x4xf32>, %w: tensor<4x8x3x3xf32>, %o: tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32> {
  %one = arith.constant 1.0 : f32
  %p = tensor.pad %x low[0, 1, 1, 1] high[0, 1, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %one : f32
  } : tensor<2x6x4x4xf32> to tensor<2x8x6x6xf32>
  %r = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<2x8x6x6xf32>, tensor<4x8x3x3xf32>) outs(%o : tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
  return %r : tensor<2x4x4x4xf32>
}
