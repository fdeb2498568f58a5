// The index of the least channel, from starts that are arguments.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#rest = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @main(%x: tensor<1x8x6x6xf32>, %w: tensor<4x8x3x3xf32>, %o: tensor<1x4x4x4xf32>, %i: tensor<1x4x4xf32>, %j: tensor<1x4x4xi64>) -> tensor<1x4x4xi64> {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x6xf32>, tensor<4x8x3x3xf32>) outs(%o : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %r:2 = linalg.generic {indexing_maps = [#all, #rest, #rest], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x4x4x4xf32>) outs(%i, %j : tensor<1x4x4xf32>, tensor<1x4x4xi64>) {
  ^bb0(%v: f32, %p: f32, %q: i64):
    %n = linalg.index 1 : index
    %k = arith.index_cast %n : index to i64
    %a = arith.minimumf %v, %p : f32
    %l = arith.cmpf olt, %v, %p : f32
    %b = arith.select %l, %k, %q : i64
    linalg.yield %a, %b : f32, i64
  } -> (tensor<1x4x4xf32>, tensor<1x4x4xi64>)
  return %r#1 : tensor<1x4x4xi64>
}
