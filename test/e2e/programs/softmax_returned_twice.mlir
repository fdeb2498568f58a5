// A reduced value, an elementwise one and an argument are returned twice.
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @main(%x: tensor<5x18xf32>) -> (tensor<5xf32>, tensor<5x18xf32>, tensor<1x5xf32>, tensor<90xf32>, tensor<5x18xf32>, tensor<5x18xf32>) {
  %e = tensor.empty() : tensor<5x18xf32>
  %a = linalg.exp ins(%x : tensor<5x18xf32>) outs(%e : tensor<5x18xf32>) -> tensor<5x18xf32>
  %zero = arith.constant 0.0 : f32
  %s_e = tensor.empty() : tensor<5xf32>
  %s_z = linalg.fill ins(%zero : f32) outs(%s_e : tensor<5xf32>) -> tensor<5xf32>
  %s = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<5x18xf32>) outs(%s_z : tensor<5xf32>) {
  ^bb0(%v: f32, %o: f32):
    %t = arith.addf %v, %o : f32
    linalg.yield %t : f32
  } -> tensor<5xf32>
  %r = tensor.expand_shape %s [[0, 1]] output_shape [1, 5] : tensor<5xf32> into tensor<1x5xf32>
  %c = tensor.collapse_shape %a [[0, 1]] : tensor<5x18xf32> into tensor<90xf32>
  return %s, %a, %r, %c, %x, %x : tensor<5xf32>, tensor<5x18xf32>, tensor<1x5xf32>, tensor<90xf32>, tensor<5x18xf32>, tensor<5x18xf32>
}
