// The index of the smallest of more channels than a tile holds: the block carries value
// and index from tile to tile and stores only one of them.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<160x8x3x3xf32>) -> tensor<2x6x9xi64> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x160x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x160x6x9xf32>) -> tensor<2x160x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<160x8x3x3xf32>) outs(%z : tensor<2x160x6x9xf32>) -> tensor<2x160x6x9xf32>
  %hi_v = arith.constant 0x7F800000 : f32
  %hi_e = tensor.empty() : tensor<2x6x9xf32>
  %hi = linalg.fill ins(%hi_v : f32) outs(%hi_e : tensor<2x6x9xf32>) -> tensor<2x6x9xf32>
  %zi_v = arith.constant 0 : i64
  %zi_e = tensor.empty() : tensor<2x6x9xi64>
  %zi = linalg.fill ins(%zi_v : i64) outs(%zi_e : tensor<2x6x9xi64>) -> tensor<2x6x9xi64>
  %o:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x160x6x9xf32>) outs(%hi, %zi : tensor<2x6x9xf32>, tensor<2x6x9xi64>) {
  ^bb0(%v: f32, %m: f32, %k: i64):
    %n = linalg.index 1 : index
    %j = arith.index_cast %n : index to i64
    %l = arith.cmpf olt, %v, %m : f32
    %a = arith.select %l, %v, %m : f32
    %q = arith.select %l, %j, %k : i64
    linalg.yield %a, %q : f32, i64
  } -> (tensor<2x6x9xf32>, tensor<2x6x9xi64>)
  return %o#1 : tensor<2x6x9xi64>
}

