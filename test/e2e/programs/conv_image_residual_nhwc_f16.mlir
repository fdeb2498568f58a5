// A sum of two tensors, then a relu, before a padded convolution channels-last: both are
// staged, and added where fragments are loaded. The
// result takes the sum again.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<2x9x13x24xf16>, %other: tensor<2x9x13x24xf16>, %w: tensor<24x3x3x24xf16>) -> tensor<2x9x13x24xf32> {
  %zero = arith.constant 0.0 : f32
  %pad = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<2x9x13x24xf16>
  %s = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %other : tensor<2x9x13x24xf16>, tensor<2x9x13x24xf16>) outs(%e : tensor<2x9x13x24xf16>) {
  ^bb0(%v: f16, %o: f16, %u: f16):
    %a = arith.addf %v, %o : f16
    %m = arith.maximumf %a, %pad : f16
    linalg.yield %m : f16
  } -> tensor<2x9x13x24xf16>
  %p = tensor.pad %s low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pad : f16
  } : tensor<2x9x13x24xf16> to tensor<2x11x15x24xf16>
  %z_e = tensor.empty() : tensor<2x9x13x24xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<2x9x13x24xf32>) -> tensor<2x9x13x24xf32>
  %c = linalg.conv_2d_nhwc_fhwc ins(%p, %w : tensor<2x11x15x24xf16>, tensor<24x3x3x24xf16>) outs(%z : tensor<2x9x13x24xf32>) -> tensor<2x9x13x24xf32>
  %y = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %s : tensor<2x9x13x24xf32>, tensor<2x9x13x24xf16>) outs(%z_e : tensor<2x9x13x24xf32>) {
  ^bb0(%v: f32, %o: f16, %u: f32):
    %f = arith.extf %o : f16 to f32
    %a = arith.addf %v, %f : f32
    linalg.yield %a : f32
  } -> tensor<2x9x13x24xf32>
  return %y : tensor<2x9x13x24xf32>
}
