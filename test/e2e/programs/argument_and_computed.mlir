// An argument is returned as it came in, beside a computed value.
func.func @main(%x: tensor<41xf32>, %y: tensor<2x3xf16>) -> (tensor<41xf32>, tensor<2x3xf16>) {
  %c = math.absf %x : tensor<41xf32>
  return %c, %y : tensor<41xf32>, tensor<2x3xf16>
}
