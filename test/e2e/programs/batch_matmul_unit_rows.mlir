// A product of one row and one column a batch is read at 0 of those dimensions.
func.func @main(%x: tensor<3x1x7xf16>, %w: tensor<3x7x1xf16>) -> tensor<3x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x1x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<3x1x1xf32>) -> tensor<3x1x1xf32>
  %m = linalg.batch_matmul ins(%x, %w : tensor<3x1x7xf16>, tensor<3x7x1xf16>) outs(%z : tensor<3x1x1xf32>) -> tensor<3x1x1xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, 0, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%m, %m : tensor<3x1x1xf32>, tensor<3x1x1xf32>) outs(%e : tensor<3x1x1xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %n = math.absf %a : f32
    %p = arith.mulf %n, %b : f32
    linalg.yield %p : f32
  } -> tensor<3x1x1xf32>
  return %r : tensor<3x1x1xf32>
}
