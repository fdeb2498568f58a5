// LayerNorm over the last axis: mean, variance, scale and shift.
func.func @main(%x: tensor<5x200xf32>, %g: tensor<200xf32>, %b: tensor<200xf32>) -> tensor<5x200xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<5xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<5xf32>) -> tensor<5xf32>
  %e = tensor.empty() : tensor<5x200xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x200xf32>) outs(%z : tensor<5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %a = arith.addf %v, %u : f32
    linalg.yield %a : f32
  } -> tensor<5xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<5xf32>) outs(%z_e : tensor<5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = arith.constant 200.0 : f32
    %a = arith.divf %v, %n : f32
    linalg.yield %a : f32
  } -> tensor<5xf32>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%x, %m : tensor<5x200xf32>, tensor<5xf32>) outs(%e : tensor<5x200xf32>) {
  ^bb0(%v: f32, %k: f32, %u: f32):
    %a = arith.subf %v, %k : f32
    linalg.yield %a : f32
  } -> tensor<5x200xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%c : tensor<5x200xf32>) outs(%z : tensor<5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %sq = arith.mulf %v, %v : f32
    %a = arith.addf %sq, %u : f32
    linalg.yield %a : f32
  } -> tensor<5xf32>
  %i = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%q : tensor<5xf32>) outs(%z_e : tensor<5xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = arith.constant 200.0 : f32
    %eps = arith.constant 1.0e-05 : f32
    %a = arith.divf %v, %n : f32
    %k = arith.addf %a, %eps : f32
    %r = math.rsqrt %k : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%c, %i, %g, %b : tensor<5x200xf32>, tensor<5xf32>, tensor<200xf32>, tensor<200xf32>) outs(%e : tensor<5x200xf32>) {
  ^bb0(%v: f32, %k: f32, %ga: f32, %be: f32, %u: f32):
    %a = arith.mulf %v, %k : f32
    %a2 = arith.mulf %a, %ga : f32
    %a3 = arith.addf %a2, %be : f32
    linalg.yield %a3 : f32
  } -> tensor<5x200xf32>
  return %o : tensor<5x200xf32>
}
