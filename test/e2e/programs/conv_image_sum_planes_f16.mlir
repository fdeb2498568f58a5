// A sum of two tensors whose channels lie in planes: both are transposed.
func.func @main(%x: tensor<2x32x18x18xf16>, %other: tensor<2x32x18x18xf16>, %w: tensor<32x32x3x3xf16>) -> tensor<2x32x16x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x32x18x18xf16>
  %s = linalg.add ins(%x, %other : tensor<2x32x18x18xf16>, tensor<2x32x18x18xf16>) outs(%e : tensor<2x32x18x18xf16>) -> tensor<2x32x18x18xf16>
  %z_e = tensor.empty() : tensor<2x32x16x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<2x32x16x16xf32>) -> tensor<2x32x16x16xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%s, %w : tensor<2x32x18x18xf16>, tensor<32x32x3x3xf16>) outs(%z : tensor<2x32x16x16xf32>) -> tensor<2x32x16x16xf32>
  return %c : tensor<2x32x16x16xf32>
}
