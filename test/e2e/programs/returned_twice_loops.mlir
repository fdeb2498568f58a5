// A softmax and an argument, both returned twice, from a kernel of loops.
func.func @main(%x: tensor<5x40xf16>) -> (tensor<5x40xf16>, tensor<5x40xf16>, tensor<5x40xf16>, tensor<200xf16>) {
  %e = tensor.empty() : tensor<5x40xf16>
  %s = linalg.softmax dimension(1) ins(%x : tensor<5x40xf16>) outs(%e : tensor<5x40xf16>) -> tensor<5x40xf16>
  %flat = tensor.collapse_shape %s [[0, 1]] : tensor<5x40xf16> into tensor<200xf16>
  return %s, %x, %x, %flat : tensor<5x40xf16>, tensor<5x40xf16>, tensor<5x40xf16>, tensor<200xf16>
}
