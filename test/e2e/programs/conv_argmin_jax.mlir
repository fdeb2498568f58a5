// The least channel and its index as jax writes them: what is there stays where
// it is less or NaN, or equal with the smaller index.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#rest = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
func.func @main(%x: tensor<1x6x6x8xf32>, %w: tensor<11x6x3x3xf32>) -> (tensor<1x4x6xf32>, tensor<1x4x6xi32>) {
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %none = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x11x4x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x11x4x6xf32>) -> tensor<1x11x4x6xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x6x6x8xf32>, tensor<11x6x3x3xf32>) outs(%z : tensor<1x11x4x6xf32>) -> tensor<1x11x4x6xf32>
  %ev = tensor.empty() : tensor<1x4x6xf32>
  %ei = tensor.empty() : tensor<1x4x6xi32>
  %v = linalg.fill ins(%inf : f32) outs(%ev : tensor<1x4x6xf32>) -> tensor<1x4x6xf32>
  %i = linalg.fill ins(%none : i32) outs(%ei : tensor<1x4x6xi32>) -> tensor<1x4x6xi32>
  %r:2 = linalg.generic {indexing_maps = [#all, #rest, #rest], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x11x4x6xf32>) outs(%v, %i : tensor<1x4x6xf32>, tensor<1x4x6xi32>) {
  ^bb0(%in: f32, %best: f32, %at: i32):
    %channel = linalg.index 1 : index
    %number = arith.index_cast %channel : index to i32
    %less = arith.cmpf olt, %best, %in : f32
    %nan = arith.cmpf une, %best, %best : f32
    %stays = arith.ori %less, %nan : i1
    %value = arith.select %stays, %best, %in : f32
    %equal = arith.cmpf oeq, %best, %in : f32
    %before = arith.cmpi slt, %at, %number : i32
    %tie = arith.andi %equal, %before : i1
    %keep = arith.ori %stays, %tie : i1
    %index = arith.select %keep, %at, %number : i32
    linalg.yield %value, %index : f32, i32
  } -> (tensor<1x4x6xf32>, tensor<1x4x6xi32>)
  return %r#0, %r#1 : tensor<1x4x6xf32>, tensor<1x4x6xi32>
}
