// x + transpose(x): one argument, read along two axes.
func.func @main(%x: tensor<45x45xf32>) -> tensor<45x45xf32> {
  %e = tensor.empty() : tensor<45x45xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%x, %x : tensor<45x45xf32>, tensor<45x45xf32>) outs(%e : tensor<45x45xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<45x45xf32>
  return %y : tensor<45x45xf32>
}
