// The sum of all elements.
func.func @main(%x: tensor<9x33x5xf32>) -> tensor<f32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<f32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<f32>) -> tensor<f32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> ()>], iterator_types = ["reduction", "reduction", "reduction"]} ins(%x : tensor<9x33x5xf32>) outs(%z : tensor<f32>) {
  ^bb0(%v: f32, %u: f32):
    %a = arith.addf %v, %u : f32
    linalg.yield %a : f32
  } -> tensor<f32>
  return %s : tensor<f32>
}
