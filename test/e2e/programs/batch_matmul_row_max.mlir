// A batch of matrix products whose rows are reduced to their maximum.
func.func @main(%a: tensor<3x20x17xf32>, %b: tensor<3x17x30xf32>) -> tensor<3x20xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<3x20x30xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<3x20x30xf32>) -> tensor<3x20x30xf32>
  %p = linalg.batch_matmul ins(%a, %b : tensor<3x20x17xf32>, tensor<3x17x30xf32>) outs(%z : tensor<3x20x30xf32>) -> tensor<3x20x30xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<3x20xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<3x20xf32>) -> tensor<3x20xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%p : tensor<3x20x30xf32>) outs(%lo : tensor<3x20xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<3x20xf32>
  return %m : tensor<3x20xf32>
}
