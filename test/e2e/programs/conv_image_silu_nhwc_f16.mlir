// A silu before a padded convolution channels-last: halves of a word are computed
// apart, also those that taps share.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x9x13x40xf16>, %w: tensor<24x3x3x40xf16>) -> tensor<1x9x13x24xf32> {
  %zero = arith.constant 0.0 : f32
  %pad = arith.constant 0.0 : f16
  %one = arith.constant 1.0 : f16
  %e = tensor.empty() : tensor<1x9x13x40xf16>
  %s = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x9x13x40xf16>) outs(%e : tensor<1x9x13x40xf16>) {
  ^bb0(%v: f16, %u: f16):
    %n = arith.negf %v : f16
    %g = math.exp %n : f16
    %d = arith.addf %g, %one : f16
    %q = arith.divf %v, %d : f16
    linalg.yield %q : f16
  } -> tensor<1x9x13x40xf16>
  %p = tensor.pad %s low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pad : f16
  } : tensor<1x9x13x40xf16> to tensor<1x11x15x40xf16>
  %z_e = tensor.empty() : tensor<1x9x13x24xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<1x9x13x24xf32>) -> tensor<1x9x13x24xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%p, %w : tensor<1x11x15x40xf16>, tensor<24x3x3x40xf16>) outs(%z : tensor<1x9x13x24xf32>) -> tensor<1x9x13x24xf32>
  return %y : tensor<1x9x13x24xf32>
}
