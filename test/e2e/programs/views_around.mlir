// A collapse of an argument before, an expansion of the result after.
func.func @main(%x: tensor<3x5x28xf32>) -> tensor<3x1x5xf32> {
  %zero = arith.constant 0.0 : f32
  %v = tensor.collapse_shape %x [[0, 1], [2]] : tensor<3x5x28xf32> into tensor<15x28xf32>
  %e = tensor.empty() : tensor<15xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<15xf32>) -> tensor<15xf32>
  %s = linalg.reduce {arith.addf} ins(%v : tensor<15x28xf32>) outs(%z : tensor<15xf32>) dimensions = [1]
  %r = tensor.expand_shape %s [[0, 1, 2]] output_shape [3, 1, 5] : tensor<15xf32> into tensor<3x1x5xf32>
  return %r : tensor<3x1x5xf32>
}
