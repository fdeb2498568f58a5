// x[i - 1] + x[i] + x[i + 1], zero beyond the ends, from slices of a padded
// tensor.
func.func @main(%x: tensor<5x37xf32>) -> tensor<5x37xf32> {
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1] high[0, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<5x37xf32> to tensor<5x39xf32>
  %a = tensor.extract_slice %p[0, 0] [5, 37] [1, 1] : tensor<5x39xf32> to tensor<5x37xf32>
  %c = tensor.extract_slice %p[0, 2] [5, 37] [1, 1] : tensor<5x39xf32> to tensor<5x37xf32>
  %s = arith.addf %a, %x : tensor<5x37xf32>
  %t = arith.addf %s, %c : tensor<5x37xf32>
  return %t : tensor<5x37xf32>
}
