// A filter that is computed with constants which its body reads.
func.func @main(%x: tensor<1x4x5x2xf16>, %w: tensor<3x3x2x8xf16>, %s: tensor<3x3x2xf16>) -> tensor<1x2x3x8xf32> {
  %small = arith.constant 0.0625 : f16
  %ew = tensor.empty() : tensor<3x3x2x8xf16>
  %v = linalg.generic {indexing_maps = [affine_map<(y, x, c, f) -> (y, x, c, f)>, affine_map<(y, x, c, f) -> (y, x, c)>, affine_map<(y, x, c, f) -> (y, x, c, f)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%w, %s : tensor<3x3x2x8xf16>, tensor<3x3x2xf16>) outs(%ew : tensor<3x3x2x8xf16>) {
  ^bb0(%a: f16, %b: f16, %o: f16):
    %m = arith.mulf %a, %small : f16
    %t = arith.addf %m, %b : f16
    linalg.yield %t : f16
  } -> tensor<3x3x2x8xf16>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2x3x8xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x3x8xf32>) -> tensor<1x2x3x8xf32>
  %r = linalg.conv_2d_nhwc_hwcf ins(%x, %v : tensor<1x4x5x2xf16>, tensor<3x3x2x8xf16>) outs(%z : tensor<1x2x3x8xf32>) -> tensor<1x2x3x8xf32>
  return %r : tensor<1x2x3x8xf32>
}
