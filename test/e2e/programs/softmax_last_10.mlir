// Softmax over the last axis.
func.func @main(%x: tensor<33x10xf32>) -> tensor<33x10xf32> {
  %e = tensor.empty() : tensor<33x10xf32>
  %o = linalg.softmax dimension(1) ins(%x : tensor<33x10xf32>) outs(%e : tensor<33x10xf32>) -> tensor<33x10xf32>
  return %o : tensor<33x10xf32>
}
