// A window over the whole image: one position, and taps that read x[0 + k].
func.func @main(%x: tensor<2x17xf32>, %w: tensor<2x17xf32>) -> tensor<1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1xf32>) -> tensor<1x1xf32>
  %c = linalg.conv_2d ins(%x, %w : tensor<2x17xf32>, tensor<2x17xf32>) outs(%z : tensor<1x1xf32>) -> tensor<1x1xf32>
  return %c : tensor<1x1xf32>
}
