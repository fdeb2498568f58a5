// A matrix product with a bias.
func.func @main(%a: tensor<50x40xf32>, %b: tensor<40x70xf32>, %bias: tensor<70xf32>) -> tensor<50x70xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<50x70xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<50x70xf32>) -> tensor<50x70xf32>
  %p = linalg.matmul ins(%a, %b : tensor<50x40xf32>, tensor<40x70xf32>) outs(%z : tensor<50x70xf32>) -> tensor<50x70xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%p, %bias : tensor<50x70xf32>, tensor<70xf32>) outs(%z_e : tensor<50x70xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %s = arith.addf %v, %c : f32
    linalg.yield %s : f32
  } -> tensor<50x70xf32>
  return %q : tensor<50x70xf32>
}
