// Each channel divided by the L2 norm over the channels.
func.func @main(%x: tensor<2x19x6x7xf32>) -> tensor<2x19x6x7xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x6x7xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x6x7xf32>) -> tensor<2x6x7xf32>
  %e = tensor.empty() : tensor<2x19x6x7xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%x : tensor<2x19x6x7xf32>) outs(%z : tensor<2x6x7xf32>) {
  ^bb0(%v: f32, %u: f32):
    %sq = arith.mulf %v, %v : f32
    %a = arith.addf %sq, %u : f32
    linalg.yield %a : f32
  } -> tensor<2x6x7xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %q : tensor<2x19x6x7xf32>, tensor<2x6x7xf32>) outs(%e : tensor<2x19x6x7xf32>) {
  ^bb0(%v: f32, %k: f32, %u: f32):
    %n = math.sqrt %k : f32
    %a = arith.divf %v, %n : f32
    linalg.yield %a : f32
  } -> tensor<2x19x6x7xf32>
  return %o : tensor<2x19x6x7xf32>
}
