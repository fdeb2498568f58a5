// A matrix product of f16 with bias and gelu.
func.func @main(%a: tensor<50x40xf16>, %b: tensor<40x70xf16>, %bias: tensor<70xf32>) -> tensor<50x70xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<50x70xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<50x70xf32>) -> tensor<50x70xf32>
  %p = linalg.matmul ins(%a, %b : tensor<50x40xf16>, tensor<40x70xf16>) outs(%z : tensor<50x70xf32>) -> tensor<50x70xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%p, %bias : tensor<50x70xf32>, tensor<70xf32>) outs(%z_e : tensor<50x70xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %s = arith.addf %v, %c : f32
    linalg.yield %s : f32
  } -> tensor<50x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%q : tensor<50x70xf32>) outs(%z_e : tensor<50x70xf32>) {
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
  } -> tensor<50x70xf32>
  return %r : tensor<50x70xf32>
}
