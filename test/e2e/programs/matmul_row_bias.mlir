// A matrix product that starts at a bias for each row.
func.func @main(%a: tensor<37x50xf32>, %b: tensor<50x29xf32>, %c: tensor<37xf32>) -> tensor<37x29xf32> {
  %e = tensor.empty() : tensor<37x29xf32>
  %init = linalg.broadcast ins(%c : tensor<37xf32>) outs(%e : tensor<37x29xf32>) dimensions = [1]
  %r = linalg.matmul ins(%a, %b : tensor<37x50xf32>, tensor<50x29xf32>) outs(%init : tensor<37x29xf32>) -> tensor<37x29xf32>
  return %r : tensor<37x29xf32>
}
