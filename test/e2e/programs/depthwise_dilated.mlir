// A depthwise convolution with taps two apart.
func.func @main(%x: tensor<2x5x12x16xf32>, %w: tensor<5x3x3xf32>) -> tensor<2x5x12x16xf32> {
  %padv_p = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 2, 2] high[0, 0, 2, 2] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : f32
  } : tensor<2x5x12x16xf32> to tensor<2x5x16x20xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5x12x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x5x12x16xf32>) -> tensor<2x5x12x16xf32>
  %r = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<2> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%p, %w : tensor<2x5x16x20xf32>, tensor<5x3x3xf32>) outs(%z : tensor<2x5x12x16xf32>) -> tensor<2x5x12x16xf32>
  return %r : tensor<2x5x12x16xf32>
}
