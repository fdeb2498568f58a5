// Softmax of a reshaped elementwise result.
func.func @main(%x: tensor<4x6x5xf32>) -> tensor<4x30xf32> {
  %e = tensor.empty() : tensor<4x6x5xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<4x6x5xf32>) outs(%e : tensor<4x6x5xf32>) {
  ^bb0(%a: f32, %u: f32):
    %1 = math.tanh %a : f32
    linalg.yield %1 : f32
  } -> tensor<4x6x5xf32>
  %f = tensor.collapse_shape %y [[0], [1, 2]] : tensor<4x6x5xf32> into tensor<4x30xf32>
  %e2 = tensor.empty() : tensor<4x30xf32>
  %o = linalg.softmax dimension(1) ins(%f : tensor<4x30xf32>) outs(%e2 : tensor<4x30xf32>) -> tensor<4x30xf32>
  return %o : tensor<4x30xf32>
}
