// Elementwise work with every broadcast.
func.func @main(%x: tensor<4x5x6x7xf32>, %c: tensor<5xf32>, %r: tensor<6x7xf32>, %s: tensor<f32>, %o: tensor<1x5x1x1xf32>, %n: tensor<4x1xf32>) -> tensor<4x5x6x7xf32> {
  %e = tensor.empty() : tensor<4x5x6x7xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (0, d1, 0, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, 0)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %c, %r, %s, %o, %n : tensor<4x5x6x7xf32>, tensor<5xf32>, tensor<6x7xf32>, tensor<f32>, tensor<1x5x1x1xf32>, tensor<4x1xf32>) outs(%e : tensor<4x5x6x7xf32>) {
  ^bb0(%v: f32, %a: f32, %b: f32, %k: f32, %d: f32, %g: f32, %u: f32):
    %1 = arith.mulf %v, %a : f32
    %2 = arith.addf %1, %b : f32
    %3 = arith.mulf %2, %k : f32
    %4 = arith.addf %3, %d : f32
    %5 = arith.addf %4, %g : f32
    linalg.yield %5 : f32
  } -> tensor<4x5x6x7xf32>
  return %y : tensor<4x5x6x7xf32>
}
