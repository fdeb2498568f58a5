// A grouped convolution.
func.func @main(%x: tensor<2x3x8x10x14xf16>, %w: tensor<3x16x8x3x3xf16>) -> tensor<2x3x16x8x12xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x3x16x8x12xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x3x16x8x12xf32>) -> tensor<2x3x16x8x12xf32>
  %p = linalg.conv_2d_ngchw_gfchw ins(%x, %w : tensor<2x3x8x10x14xf16>, tensor<3x16x8x3x3xf16>) outs(%z : tensor<2x3x16x8x12xf32>) -> tensor<2x3x16x8x12xf32>
  return %p : tensor<2x3x16x8x12xf32>
}
