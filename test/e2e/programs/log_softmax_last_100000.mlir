// Log-softmax over the last axis.
func.func @main(%x: tensor<3x100000xf32>) -> tensor<3x100000xf32> {
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<3xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<3xf32>) -> tensor<3xf32>
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<3xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<3xf32>) -> tensor<3xf32>
  %e = tensor.empty() : tensor<3x100000xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x100000xf32>) outs(%lo : tensor<3xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%x, %m : tensor<3x100000xf32>, tensor<3xf32>) outs(%e : tensor<3x100000xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %s = arith.subf %v, %c : f32
    linalg.yield %s : f32
  } -> tensor<3x100000xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%d : tensor<3x100000xf32>) outs(%z : tensor<3xf32>) {
  ^bb0(%v: f32, %u: f32):
    %q = math.exp %v : f32
    %s2 = arith.addf %q, %u : f32
    linalg.yield %s2 : f32
  } -> tensor<3xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%d, %s : tensor<3x100000xf32>, tensor<3xf32>) outs(%e : tensor<3x100000xf32>) {
  ^bb0(%v: f32, %c: f32, %u: f32):
    %l = math.log %c : f32
    %q = arith.subf %v, %l : f32
    linalg.yield %q : f32
  } -> tensor<3x100000xf32>
  return %o : tensor<3x100000xf32>
}
