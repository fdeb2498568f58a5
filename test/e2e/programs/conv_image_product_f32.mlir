// A product of two tensors before a convolution without padding, in planes of f32.
func.func @main(%x: tensor<1x21x10x21xf32>, %other: tensor<1x21x10x21xf32>, %w: tensor<18x21x3x3xf32>) -> tensor<1x18x8x19xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x21x10x21xf32>
  %s = linalg.mul ins(%x, %other : tensor<1x21x10x21xf32>, tensor<1x21x10x21xf32>) outs(%e : tensor<1x21x10x21xf32>) -> tensor<1x21x10x21xf32>
  %z_e = tensor.empty() : tensor<1x18x8x19xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<1x18x8x19xf32>) -> tensor<1x18x8x19xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%s, %w : tensor<1x21x10x21xf32>, tensor<18x21x3x3xf32>) outs(%z : tensor<1x18x8x19xf32>) -> tensor<1x18x8x19xf32>
  return %c : tensor<1x18x8x19xf32>
}
