// The mean over the image.
func.func @main(%x: tensor<3x8x15x20xf32>) -> tensor<3x8xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<3x8xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<3x8xf32>) -> tensor<3x8xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x : tensor<3x8x15x20xf32>) outs(%z : tensor<3x8xf32>) {
  ^bb0(%v: f32, %u: f32):
    %a = arith.addf %v, %u : f32
    linalg.yield %a : f32
  } -> tensor<3x8xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%s : tensor<3x8xf32>) outs(%z_e : tensor<3x8xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = arith.constant 300.0 : f32
    %a = arith.divf %v, %n : f32
    linalg.yield %a : f32
  } -> tensor<3x8xf32>
  return %m : tensor<3x8xf32>
}
