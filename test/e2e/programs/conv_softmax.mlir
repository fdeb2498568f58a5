// Softmax over the channels of a convolution.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> tensor<2x24x6x9xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %o = linalg.softmax dimension(1) ins(%c : tensor<2x24x6x9xf32>) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  return %o : tensor<2x24x6x9xf32>
}
