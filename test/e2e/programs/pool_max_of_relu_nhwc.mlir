// Max pooling of an elementwise function, channels last.
func.func @main(%x: tensor<1x8x10x6xf32>) -> tensor<1x7x9x6xf32> {
  %e = tensor.empty() : tensor<1x8x10x6xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x10x6xf32>) outs(%e : tensor<1x8x10x6xf32>) {
  ^bb0(%v: f32, %u: f32):
    %m = math.absf %v : f32
    linalg.yield %m : f32
  } -> tensor<1x8x10x6xf32>
  %z_v = arith.constant 0xFF800000 : f32
  %z_e = tensor.empty() : tensor<1x7x9x6xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<1x7x9x6xf32>) -> tensor<1x7x9x6xf32>
  %win = tensor.empty() : tensor<2x2xf32>
  %p = linalg.pooling_nhwc_max ins(%r, %win : tensor<1x8x10x6xf32>, tensor<2x2xf32>) outs(%z : tensor<1x7x9x6xf32>) -> tensor<1x7x9x6xf32>
  return %p : tensor<1x7x9x6xf32>
}
