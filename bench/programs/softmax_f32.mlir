// Softmax over rows of 2048.
func.func @softmax_f32(%x: tensor<16384x2048xf32>)
    -> tensor<16384x2048xf32> {
  %1 = tensor.empty() : tensor<16384x2048xf32>
  %y = linalg.softmax dimension(1) ins(%x : tensor<16384x2048xf32>) outs(%1 : tensor<16384x2048xf32>) -> tensor<16384x2048xf32>
  return %y : tensor<16384x2048xf32>
}
