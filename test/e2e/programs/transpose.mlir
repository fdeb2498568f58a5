// A transpose.
func.func @main(%x: tensor<33x4x40xf32>) -> tensor<4x40x33xf32> {
  %e = tensor.empty() : tensor<4x40x33xf32>
  %y = linalg.transpose ins(%x : tensor<33x4x40xf32>) outs(%e : tensor<4x40x33xf32>) permutation = [1, 2, 0]
  return %y : tensor<4x40x33xf32>
}
