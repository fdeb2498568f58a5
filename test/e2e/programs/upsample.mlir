// Nearest upsampling: a map with divisions.
func.func @main(%x: tensor<2x3x10x14xf32>, %r: tensor<2x3x5x7xf32>) -> tensor<2x3x10x14xf32> {
  %e = tensor.empty() : tensor<2x3x10x14xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2 floordiv 2, d3 floordiv 2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %r : tensor<2x3x10x14xf32>, tensor<2x3x5x7xf32>) outs(%e : tensor<2x3x10x14xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %1 = arith.addf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<2x3x10x14xf32>
  return %y : tensor<2x3x10x14xf32>
}
