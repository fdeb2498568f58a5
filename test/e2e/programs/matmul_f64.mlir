// A matrix product of f64, which no instruction of the tensor cores takes.
func.func @main(%a: tensor<13x10xf64>, %b: tensor<10x21xf64>) -> tensor<13x21xf64> {
  %z_v = arith.constant 0.0 : f64
  %z_e = tensor.empty() : tensor<13x21xf64>
  %z = linalg.fill ins(%z_v : f64) outs(%z_e : tensor<13x21xf64>) -> tensor<13x21xf64>
  %p = linalg.matmul ins(%a, %b : tensor<13x10xf64>, tensor<10x21xf64>) outs(%z : tensor<13x21xf64>) -> tensor<13x21xf64>
  return %p : tensor<13x21xf64>
}
