// A depthwise convolution with channels last, three filters a channel.
func.func @main(%x: tensor<2x9x11x5xf32>, %w: tensor<3x3x5x3xf32>) -> tensor<2x5x6x5x3xf32> {
  %padv_p = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : f32
  } : tensor<2x9x11x5xf32> to tensor<2x11x13x5xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5x6x5x3xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x5x6x5x3xf32>) -> tensor<2x5x6x5x3xf32>
  %r = linalg.depthwise_conv_2d_nhwc_hwcm {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<2x11x13x5xf32>, tensor<3x3x5x3xf32>) outs(%z : tensor<2x5x6x5x3xf32>) -> tensor<2x5x6x5x3xf32>
  return %r : tensor<2x5x6x5x3xf32>
}
