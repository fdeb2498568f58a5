// A slice of an argument is added to a convolution.
func.func @main(%x: tensor<1x8x8x11xf32>, %w: tensor<12x8x3x3xf32>, %r: tensor<1x12x8x11xf32>) -> tensor<1x12x6x9xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x12x6x9xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x12x6x9xf32>) -> tensor<1x12x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x8x11xf32>, tensor<12x8x3x3xf32>) outs(%z : tensor<1x12x6x9xf32>) -> tensor<1x12x6x9xf32>
  %s = tensor.extract_slice %r[0, 0, 1, 1] [1, 12, 6, 9] [1, 1, 1, 1] : tensor<1x12x8x11xf32> to tensor<1x12x6x9xf32>
  %a = arith.addf %c, %s : tensor<1x12x6x9xf32>
  return %a : tensor<1x12x6x9xf32>
}
