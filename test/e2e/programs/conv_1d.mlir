// A convolution along one dimension.
func.func @main(%x: tensor<2x8x40xf32>, %w: tensor<16x8x3xf32>) -> tensor<2x16x38xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x16x38xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x16x38xf32>) -> tensor<2x16x38xf32>
  %p = linalg.conv_1d_ncw_fcw ins(%x, %w : tensor<2x8x40xf32>, tensor<16x8x3xf32>) outs(%z : tensor<2x16x38xf32>) -> tensor<2x16x38xf32>
  return %p : tensor<2x16x38xf32>
}
