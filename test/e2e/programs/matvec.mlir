// A matrix times a vector.
func.func @main(%a: tensor<37x130xf32>, %b: tensor<130xf32>) -> tensor<37xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<37xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<37xf32>) -> tensor<37xf32>
  %p = linalg.matvec ins(%a, %b : tensor<37x130xf32>, tensor<130xf32>) outs(%z : tensor<37xf32>) -> tensor<37xf32>
  return %p : tensor<37xf32>
}
