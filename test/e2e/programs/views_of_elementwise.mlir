// Views of elementwise results are returned beside values that those are
// computed from.
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @main(%x: tensor<5x18xf32>) -> (tensor<5x18xf32>, tensor<5x2x9xf32>, tensor<90xf32>) {
  %e = tensor.empty() : tensor<5x18xf32>
  %a:2 = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<5x18xf32>) outs(%e, %e : tensor<5x18xf32>, tensor<5x18xf32>) {
  ^bb0(%v: f32, %o: f32, %p: f32):
    %s = arith.mulf %v, %v : f32
    %t = arith.negf %v : f32
    linalg.yield %s, %t : f32, f32
  } -> (tensor<5x18xf32>, tensor<5x18xf32>)
  %b:2 = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%a#0 : tensor<5x18xf32>) outs(%e, %e : tensor<5x18xf32>, tensor<5x18xf32>) {
  ^bb0(%v: f32, %o: f32, %p: f32):
    %s = math.exp %v : f32
    %t = math.tanh %v : f32
    linalg.yield %s, %t : f32, f32
  } -> (tensor<5x18xf32>, tensor<5x18xf32>)
  %r = tensor.expand_shape %b#0 [[0], [1, 2]] output_shape [5, 2, 9] : tensor<5x18xf32> into tensor<5x2x9xf32>
  %c = tensor.collapse_shape %b#1 [[0, 1]] : tensor<5x18xf32> into tensor<90xf32>
  return %a#1, %r, %c : tensor<5x18xf32>, tensor<5x2x9xf32>, tensor<90xf32>
}
