// Two results that combine one value: positions beyond the last channel take
// part in neither.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#rest = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @conv_min_and_max(%x: tensor<1x8x6x6xf32>, %w: tensor<5x8x3x3xf32>, %o: tensor<1x5x4x4xf32>, %i: tensor<1x4x4xf32>, %j: tensor<1x4x4xf32>) -> (tensor<1x4x4xf32>, tensor<1x4x4xf32>) {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x6xf32>, tensor<5x8x3x3xf32>) outs(%o : tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
  %r:2 = linalg.generic {indexing_maps = [#all, #rest, #rest], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x5x4x4xf32>) outs(%i, %j : tensor<1x4x4xf32>, tensor<1x4x4xf32>) {
  ^bb0(%v: f32, %p: f32, %q: f32):
    %a = arith.minimumf %v, %p : f32
    %b = arith.maximumf %v, %q : f32
    linalg.yield %a, %b : f32, f32
  } -> (tensor<1x4x4xf32>, tensor<1x4x4xf32>)
  return %r#0, %r#1 : tensor<1x4x4xf32>, tensor<1x4x4xf32>
}
