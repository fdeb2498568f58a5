// A relu before a padded convolution of odd sizes: padding stays zero behind it.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<2x13x11x15xf32>, %w: tensor<19x13x3x3xf32>) -> tensor<2x19x11x15xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x13x11x15xf32>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x13x11x15xf32>) outs(%e : tensor<2x13x11x15xf32>) {
  ^bb0(%v: f32, %u: f32):
    %m = arith.maximumf %v, %zero : f32
    linalg.yield %m : f32
  } -> tensor<2x13x11x15xf32>
  %p = tensor.pad %r low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<2x13x11x15xf32> to tensor<2x13x13x17xf32>
  %z_e = tensor.empty() : tensor<2x19x11x15xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<2x19x11x15xf32>) -> tensor<2x19x11x15xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<2x13x13x17xf32>, tensor<19x13x3x3xf32>) outs(%z : tensor<2x19x11x15xf32>) -> tensor<2x19x11x15xf32>
  return %y : tensor<2x19x11x15xf32>
}
