// A batch of matrix products of f16 with a bias.
func.func @main(%a: tensor<4x33x32xf16>, %b: tensor<4x32x48xf16>, %bias: tensor<48xf32>) -> tensor<4x33x48xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<4x33x48xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<4x33x48xf32>) -> tensor<4x33x48xf32>
  %p = linalg.batch_matmul ins(%a, %b : tensor<4x33x32xf16>, tensor<4x32x48xf16>) outs(%z : tensor<4x33x48xf32>) -> tensor<4x33x48xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%p, %bias : tensor<4x33x48xf32>, tensor<48xf32>) outs(%z_e : tensor<4x33x48xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %s = arith.addf %v, %c : f32
    linalg.yield %s : f32
  } -> tensor<4x33x48xf32>
  return %r : tensor<4x33x48xf32>
}
