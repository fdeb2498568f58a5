// A relu before padding and a split into groups: the reshape passes both.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<2x9x11x48xf16>, %w: tensor<3x16x3x3x16xf16>) -> tensor<2x9x11x48xf32> {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<2x9x11x48xf16>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x9x11x48xf16>) outs(%e : tensor<2x9x11x48xf16>) {
  ^bb0(%v: f16, %u: f16):
    %m = arith.maximumf %v, %zero : f16
    linalg.yield %m : f16
  } -> tensor<2x9x11x48xf16>
  %p = tensor.pad %r low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f16
  } : tensor<2x9x11x48xf16> to tensor<2x11x13x48xf16>
  %g = tensor.expand_shape %p [[0], [1], [2], [3, 4]] output_shape [2, 11, 13, 3, 16] : tensor<2x11x13x48xf16> into tensor<2x11x13x3x16xf16>
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x9x11x3x16xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x9x11x3x16xf32>) -> tensor<2x9x11x3x16xf32>
  %c = linalg.conv_2d_nhwgc_gfhwc ins(%g, %w : tensor<2x11x13x3x16xf16>, tensor<3x16x3x3x16xf16>) outs(%z : tensor<2x9x11x3x16xf32>) -> tensor<2x9x11x3x16xf32>
  %m = tensor.collapse_shape %c [[0], [1], [2], [3, 4]] : tensor<2x9x11x3x16xf32> into tensor<2x9x11x48xf32>
  return %m : tensor<2x9x11x48xf32>
}
