// Slices: every second column, one row of a matrix, and a slice of a computed
// value that is returned.
func.func @main(%x: tensor<9x41xf32>) -> (tensor<9x20xf32>, tensor<41xf32>, tensor<3x40xf32>) {
  %a = tensor.extract_slice %x[0, 1] [9, 20] [1, 2] : tensor<9x41xf32> to tensor<9x20xf32>
  %b = math.absf %a : tensor<9x20xf32>
  %c = tensor.extract_slice %x[4, 0] [1, 41] [1, 1] : tensor<9x41xf32> to tensor<41xf32>
  %d = math.absf %c : tensor<41xf32>
  %e = arith.mulf %x, %x : tensor<9x41xf32>
  %f = tensor.extract_slice %e[2, 1] [3, 40] [3, 1] : tensor<9x41xf32> to tensor<3x40xf32>
  return %b, %d, %f : tensor<9x20xf32>, tensor<41xf32>, tensor<3x40xf32>
}
