// The smallest channel and its index as torch writes them.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> (tensor<2x6x9xf32>, tensor<2x6x9xi64>) {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %hi_v = arith.constant 0x7F800000 : f32
  %hi_e = tensor.empty() : tensor<2x6x9xf32>
  %hi = linalg.fill ins(%hi_v : f32) outs(%hi_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %zi_v = arith.constant 0 : i64
  %zi_e = tensor.empty() : tensor<2x6x9xi64>
  %zi = linalg.fill ins(%zi_v : i64) outs(%zi_e : tensor<2x6x9xi64>) -> tensor<2x6x9xi64>
  %o:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x24x6x9xf32>) outs(%hi, %zi : tensor<2x6x9xf32>, tensor<2x6x9xi64>) {
  ^bb0(%v: f32, %m: f32, %k: i64):
    %n = linalg.index 1 : index
    %j = arith.index_cast %n : index to i64
    %a = arith.minimumf %v, %m : f32
    %l = arith.cmpf olt, %v, %m : f32
    %e0 = arith.cmpf oeq, %v, %m : f32
    %mi = arith.minsi %j, %k : i64
    %s0 = arith.select %e0, %mi, %k : i64
    %q = arith.select %l, %j, %s0 : i64
    linalg.yield %a, %q : f32, i64
  } -> (tensor<2x6x9xf32>, tensor<2x6x9xi64>)
  return %o#0, %o#1 : tensor<2x6x9xf32>, tensor<2x6x9xi64>
}
