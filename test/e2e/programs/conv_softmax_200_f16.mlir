// Softmax over 200 channels of a convolution of f16.
func.func @main(%x: tensor<2x8x8x11xf16>, %w: tensor<200x8x3x3xf16>) -> tensor<2x200x6x9xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x200x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x200x6x9xf32>) -> tensor<2x200x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf16>, tensor<200x8x3x3xf16>) outs(%z : tensor<2x200x6x9xf32>) -> tensor<2x200x6x9xf32>
  %o = linalg.softmax dimension(1) ins(%c : tensor<2x200x6x9xf32>) outs(%z_e : tensor<2x200x6x9xf32>) -> tensor<2x200x6x9xf32>
  return %o : tensor<2x200x6x9xf32>
}
