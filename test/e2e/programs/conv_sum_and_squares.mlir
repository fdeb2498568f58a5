// Sum and sum of squares over the channels, one op with two results.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> (tensor<2x6x9xf32>, tensor<2x6x9xf32>) {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %s0_v = arith.constant 0.0 : f32
  %s0_e = tensor.empty() : tensor<2x6x9xf32>
  %s0 = linalg.fill ins(%s0_v : f32) outs(%s0_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %s1_v = arith.constant 0.0 : f32
  %s1_e = tensor.empty() : tensor<2x6x9xf32>
  %s1 = linalg.fill ins(%s1_v : f32) outs(%s1_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %o:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x24x6x9xf32>) outs(%s0, %s1 : tensor<2x6x9xf32>, tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %m: f32, %k: f32):
    %a = arith.addf %v, %m : f32
    %sq = arith.mulf %v, %v : f32
    %q = arith.addf %k, %sq : f32
    linalg.yield %a, %q : f32, f32
  } -> (tensor<2x6x9xf32>, tensor<2x6x9xf32>)
  return %o#0, %o#1 : tensor<2x6x9xf32>, tensor<2x6x9xf32>
}
