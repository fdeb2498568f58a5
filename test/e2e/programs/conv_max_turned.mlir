// Convolution, maximum over the channels, written columns first.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<32x8x3x3xf32>) -> tensor<9x2x6xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x32x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x32x6x9xf32>) -> tensor<2x32x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<32x8x3x3xf32>) outs(%z : tensor<2x32x6x9xf32>) -> tensor<2x32x6x9xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<9x2x6xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<9x2x6xf32>) -> tensor<9x2x6xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d3, d0, d2)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x32x6x9xf32>) outs(%lo : tensor<9x2x6xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<9x2x6xf32>
  return %m : tensor<9x2x6xf32>
}
