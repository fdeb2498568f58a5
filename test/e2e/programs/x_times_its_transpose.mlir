// X times its transpose: one argument, two row axes.
func.func @main(%x: tensor<45x24xf32>) -> tensor<45x45xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<45x45xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<45x45xf32>) -> tensor<45x45xf32>
  %p = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %x : tensor<45x24xf32>, tensor<45x24xf32>) outs(%z : tensor<45x45xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %m = arith.mulf %v, %c : f32
    %s = arith.addf %u, %m : f32
    linalg.yield %s : f32
  } -> tensor<45x45xf32>
  return %p : tensor<45x45xf32>
}
