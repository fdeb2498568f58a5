// Elementwise work that is returned through reshapes, read on inside and returned as it is.
func.func @main(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<8x4xf32>, tensor<2x16xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %e1 = tensor.empty() : tensor<32xf32>
  %y = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %flat = tensor.collapse_shape %y [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %s = linalg.negf ins(%flat : tensor<32xf32>) outs(%e1 : tensor<32xf32>) -> tensor<32xf32>
  %r = tensor.expand_shape %flat [[0, 1]] output_shape [8, 4] : tensor<32xf32> into tensor<8x4xf32>
  %q = tensor.expand_shape %s [[0, 1]] output_shape [2, 16] : tensor<32xf32> into tensor<2x16xf32>
  return %y, %r, %q : tensor<4x8xf32>, tensor<8x4xf32>, tensor<2x16xf32>
}
