// A grouped, dilated convolution that starts at its bias.
func.func @main(%x: tensor<1x3x5x9x11xf32>, %w: tensor<3x4x5x3x3xf32>, %b: tensor<3x4xf32>) -> tensor<1x3x4x5x5xf32> {
  %e = tensor.empty() : tensor<1x3x4x5x5xf32>
  %init = linalg.broadcast ins(%b : tensor<3x4xf32>) outs(%e : tensor<1x3x4x5x5xf32>) dimensions = [0, 3, 4]
  %r = linalg.conv_2d_ngchw_gfchw {dilations = dense<[2, 3]> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<1x3x5x9x11xf32>, tensor<3x4x5x3x3xf32>) outs(%init : tensor<1x3x4x5x5xf32>) -> tensor<1x3x4x5x5xf32>
  return %r : tensor<1x3x4x5x5xf32>
}
