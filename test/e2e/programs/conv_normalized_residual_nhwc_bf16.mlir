// The same in bf16, whose lanes store adjacent channels.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
#channel = affine_map<(a, b, c, d) -> (d)>
func.func @main(%x: tensor<1x12x13x16xbf16>, %w: tensor<40x3x3x16xbf16>, %mean: tensor<40xbf16>, %variance: tensor<40xbf16>, %gamma: tensor<40xbf16>, %other: tensor<1x10x11x40xbf16>) -> tensor<1x10x11x40xbf16> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<1x10x11x40xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<1x10x11x40xf32>) -> tensor<1x10x11x40xf32>
  %p = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x12x13x16xbf16>, tensor<40x3x3x16xbf16>) outs(%z : tensor<1x10x11x40xf32>) -> tensor<1x10x11x40xf32>
  %e = tensor.empty() : tensor<1x10x11x40xbf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p, %mean, %variance, %gamma, %other : tensor<1x10x11x40xf32>, tensor<40xbf16>, tensor<40xbf16>, tensor<40xbf16>, tensor<1x10x11x40xbf16>) outs(%e : tensor<1x10x11x40xbf16>) {
  ^bb0(%v: f32, %m: bf16, %s: bf16, %g: bf16, %o: bf16, %u: bf16):
    %one = arith.constant 1.0 : bf16
    %t = arith.truncf %v : f32 to bf16
    %d = arith.subf %t, %m : bf16
    %a = math.absf %s : bf16
    %b = arith.addf %a, %one : bf16
    %r = math.rsqrt %b : bf16
    %n = arith.mulf %d, %r : bf16
    %k = arith.mulf %n, %g : bf16
    %l = arith.addf %k, %o : bf16
    linalg.yield %l : bf16
  } -> tensor<1x10x11x40xbf16>
  return %y : tensor<1x10x11x40xbf16>
}
