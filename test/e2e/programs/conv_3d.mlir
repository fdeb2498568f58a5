// A 3-D convolution, padded and strided in depth: no instruction multiplies it,
// so it is exact.
func.func @main(%x: tensor<1x5x5x6x7xf32>, %w: tensor<6x5x3x3x3xf32>, %b: tensor<6xf32>) -> tensor<1x6x3x4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 0, 0] high[0, 0, 1, 0, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index, %i4: index):
    tensor.yield %zero : f32
  } : tensor<1x5x5x6x7xf32> to tensor<1x5x7x6x7xf32>
  %e = tensor.empty() : tensor<1x6x3x4x5xf32>
  %init = linalg.broadcast ins(%b : tensor<6xf32>) outs(%e : tensor<1x6x3x4x5xf32>) dimensions = [0, 2, 3, 4]
  %r = linalg.conv_3d_ncdhw_fcdhw {strides = dense<[2, 1, 1]> : tensor<3xi64>, dilations = dense<1> : tensor<3xi64>} ins(%p, %w : tensor<1x5x7x6x7xf32>, tensor<6x5x3x3x3xf32>) outs(%init : tensor<1x6x3x4x5xf32>) -> tensor<1x6x3x4x5xf32>
  return %r : tensor<1x6x3x4x5xf32>
}
