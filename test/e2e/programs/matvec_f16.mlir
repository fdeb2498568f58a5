// A matrix times a vector in f16: products are added up in f32.
func.func @main(%a: tensor<37x600xf16>, %b: tensor<600xf16>) -> tensor<37xf16> {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<37xf16>
  %z = linalg.fill ins(%zero : f16) outs(%e : tensor<37xf16>) -> tensor<37xf16>
  %p = linalg.matvec ins(%a, %b : tensor<37x600xf16>, tensor<600xf16>) outs(%z : tensor<37xf16>) -> tensor<37xf16>
  return %p : tensor<37xf16>
}
