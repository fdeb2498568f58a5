// The sum over the first and the last of three axes.
func.func @main(%x: tensor<7x19x23xf32>) -> tensor<19xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<19xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<19xf32>) -> tensor<19xf32>
  %r = linalg.reduce {arith.addf} ins(%x : tensor<7x19x23xf32>) outs(%z : tensor<19xf32>) dimensions = [0, 2]
  return %r : tensor<19xf32>
}
