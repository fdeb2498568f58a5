// A batch of matrix products with gelu.
func.func @main(%a: tensor<3x20x17xf32>, %b: tensor<3x17x30xf32>) -> tensor<3x20x30xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<3x20x30xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<3x20x30xf32>) -> tensor<3x20x30xf32>
  %p = linalg.batch_matmul ins(%a, %b : tensor<3x20x17xf32>, tensor<3x17x30xf32>) outs(%z : tensor<3x20x30xf32>) -> tensor<3x20x30xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%p : tensor<3x20x30xf32>) outs(%z_e : tensor<3x20x30xf32>) {
  ^bb0(%v: f32, %u: f32):
    %h = arith.constant 0.5 : f32
    %r = arith.constant 0.70710678 : f32
    %one = arith.constant 1.0 : f32
    %s = arith.mulf %v, %r : f32
    %f = math.erf %s : f32
    %g = arith.addf %f, %one : f32
    %k = arith.mulf %v, %h : f32
    %o = arith.mulf %k, %g : f32
    linalg.yield %o : f32
  } -> tensor<3x20x30xf32>
  return %r : tensor<3x20x30xf32>
}
