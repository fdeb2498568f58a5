// Softmax over the channels.
func.func @main(%x: tensor<2x19x6x7xf32>) -> tensor<2x19x6x7xf32> {
  %e = tensor.empty() : tensor<2x19x6x7xf32>
  %o = linalg.softmax dimension(1) ins(%x : tensor<2x19x6x7xf32>) outs(%e : tensor<2x19x6x7xf32>) -> tensor<2x19x6x7xf32>
  return %o : tensor<2x19x6x7xf32>
}
