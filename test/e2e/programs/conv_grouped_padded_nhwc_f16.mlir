// A grouped convolution channels-last, as torch-mlir writes it: the image is padded, and
// then its channels are split into groups; the result's are merged again.
func.func @main(%x: tensor<2x9x11x48xf16>, %w: tensor<3x16x3x3x16xf16>, %bias: tensor<48xf16>) -> tensor<2x9x11x48xf16> {
  %zero = arith.constant 0.0 : f16
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f16
  } : tensor<2x9x11x48xf16> to tensor<2x11x13x48xf16>
  %g = tensor.expand_shape %p [[0], [1], [2], [3, 4]] output_shape [2, 11, 13, 3, 16] : tensor<2x11x13x48xf16> into tensor<2x11x13x3x16xf16>
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x9x11x3x16xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x9x11x3x16xf32>) -> tensor<2x9x11x3x16xf32>
  %c = linalg.conv_2d_nhwgc_gfhwc ins(%g, %w : tensor<2x11x13x3x16xf16>, tensor<3x16x3x3x16xf16>) outs(%z : tensor<2x9x11x3x16xf32>) -> tensor<2x9x11x3x16xf32>
  %m = tensor.collapse_shape %c [[0], [1], [2], [3, 4]] : tensor<2x9x11x3x16xf32> into tensor<2x9x11x48xf32>
  %e = tensor.empty() : tensor<2x9x11x48xf16>
  %y = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%m, %bias : tensor<2x9x11x48xf32>, tensor<48xf16>) outs(%e : tensor<2x9x11x48xf16>) {
  ^bb0(%v: f32, %b: f16, %u: f16):
    %t = arith.truncf %v : f32 to f16
    %s = arith.addf %t, %b : f16
    linalg.yield %s : f16
  } -> tensor<2x9x11x48xf16>
  return %y : tensor<2x9x11x48xf16>
}
