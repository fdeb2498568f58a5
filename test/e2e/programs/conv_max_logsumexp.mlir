// Logsumexp over channels, the maximum added first: it is reduced to some positions a lane, but the exponentials need all.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> tensor<2x6x9xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<2x6x9xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %zr_v = arith.constant 0.0 : f32
  %zr_e = tensor.empty() : tensor<2x6x9xf32>
  %zr = linalg.fill ins(%zr_v : f32) outs(%zr_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x24x6x9xf32>) outs(%lo : tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<2x6x9xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %m : tensor<2x24x6x9xf32>, tensor<2x6x9xf32>) outs(%z_e : tensor<2x24x6x9xf32>) {
  ^bb0(%v: f32, %k: f32, %u: f32):
    %s = arith.subf %v, %k : f32
    linalg.yield %s : f32
  } -> tensor<2x24x6x9xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%d : tensor<2x24x6x9xf32>) outs(%zr : tensor<2x6x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %q = math.exp %v : f32
    %s2 = arith.addf %q, %u : f32
    linalg.yield %s2 : f32
  } -> tensor<2x6x9xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%m, %s : tensor<2x6x9xf32>, tensor<2x6x9xf32>) outs(%zr_e : tensor<2x6x9xf32>) {
  ^bb0(%k: f32, %v: f32, %u: f32):
    %l = math.log %v : f32
    %q = arith.addf %l, %k : f32
    linalg.yield %q : f32
  } -> tensor<2x6x9xf32>
  return %o : tensor<2x6x9xf32>
}
