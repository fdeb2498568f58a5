// A copy.
func.func @main(%x: tensor<7x129xf16>) -> tensor<7x129xf16> {
  %e = tensor.empty() : tensor<7x129xf16>
  %y = linalg.copy ins(%x : tensor<7x129xf16>) outs(%e : tensor<7x129xf16>) -> tensor<7x129xf16>
  return %y : tensor<7x129xf16>
}
