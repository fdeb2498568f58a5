// Sums over the middle dimension, written in another order than the loops.
func.func @main(%x: tensor<23x4x17xf32>) -> tensor<17x23xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<17x23xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<17x23xf32>) -> tensor<17x23xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d2, d0)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%x : tensor<23x4x17xf32>) outs(%z : tensor<17x23xf32>) {
  ^bb0(%v: f32, %u: f32):
    %t = arith.addf %u, %v : f32
    linalg.yield %t : f32
  } -> tensor<17x23xf32>
  return %s : tensor<17x23xf32>
}
