// A matrix product whose rows are reduced to their maximum.
func.func @main(%a: tensor<50x40xf32>, %b: tensor<40x70xf32>, %bias: tensor<70xf32>) -> tensor<50xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<50x70xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<50x70xf32>) -> tensor<50x70xf32>
  %p = linalg.matmul ins(%a, %b : tensor<50x40xf32>, tensor<40x70xf32>) outs(%z : tensor<50x70xf32>) -> tensor<50x70xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%p, %bias : tensor<50x70xf32>, tensor<70xf32>) outs(%z_e : tensor<50x70xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %s = arith.addf %v, %c : f32
    linalg.yield %s : f32
  } -> tensor<50x70xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<50xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<50xf32>) -> tensor<50xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%q : tensor<50x70xf32>) outs(%lo : tensor<50xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<50xf32>
  return %m : tensor<50xf32>
}
