// BatchNorm in eval form and a residual image, channels-last, of odd sizes: staged stores
// read the image ahead, and the vectors once.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
#channel = affine_map<(a, b, c, d) -> (d)>
func.func @main(%x: tensor<2x11x15x8xf32>, %w: tensor<72x3x3x8xf32>, %mean: tensor<72xf32>, %variance: tensor<72xf32>, %gamma: tensor<72xf32>, %other: tensor<2x9x13x72xf32>) -> tensor<2x9x13x72xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x9x13x72xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x9x13x72xf32>) -> tensor<2x9x13x72xf32>
  %p = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<2x11x15x8xf32>, tensor<72x3x3x8xf32>) outs(%z : tensor<2x9x13x72xf32>) -> tensor<2x9x13x72xf32>
  %e = tensor.empty() : tensor<2x9x13x72xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #channel, #all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p, %mean, %variance, %gamma, %other : tensor<2x9x13x72xf32>, tensor<72xf32>, tensor<72xf32>, tensor<72xf32>, tensor<2x9x13x72xf32>) outs(%e : tensor<2x9x13x72xf32>) {
  ^bb0(%v: f32, %m: f32, %s: f32, %g: f32, %o: f32, %u: f32):
    %one = arith.constant 1.0 : f32
    %d = arith.subf %v, %m : f32
    %a = math.absf %s : f32
    %b = arith.addf %a, %one : f32
    %r = math.rsqrt %b : f32
    %n = arith.mulf %d, %r : f32
    %k = arith.mulf %n, %g : f32
    %l = arith.addf %k, %o : f32
    linalg.yield %l : f32
  } -> tensor<2x9x13x72xf32>
  return %y : tensor<2x9x13x72xf32>
}
