// In f16, silu and softplus of one convolution, as two results.
#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
func.func @main(%x: tensor<2x7x13x16xf16>, %w: tensor<3x3x16x32xf16>) -> (tensor<2x5x11x32xf16>, tensor<2x5x11x32xf16>) {
  %zero = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %e = tensor.empty() : tensor<2x5x11x32xf16>
  %init = linalg.fill ins(%zero : f16) outs(%e : tensor<2x5x11x32xf16>) -> tensor<2x5x11x32xf16>
  %c = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<2x7x13x16xf16>, tensor<3x3x16x32xf16>) outs(%init : tensor<2x5x11x32xf16>) -> tensor<2x5x11x32xf16>
  %a:2 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c : tensor<2x5x11x32xf16>) outs(%e, %e : tensor<2x5x11x32xf16>, tensor<2x5x11x32xf16>) {
  ^bb0(%v: f16, %o: f16, %q: f16):
    %n = arith.negf %v : f16
    %p = math.exp %n : f16
    %d = arith.addf %p, %one : f16
    %s = arith.divf %v, %d : f16
    %g = math.exp %v : f16
    %l = math.log1p %g : f16
    linalg.yield %s, %l : f16, f16
  } -> (tensor<2x5x11x32xf16>, tensor<2x5x11x32xf16>)
  return %a#0, %a#1 : tensor<2x5x11x32xf16>, tensor<2x5x11x32xf16>
}
