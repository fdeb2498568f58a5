// The sum over 128 channels of squares of a 3x3 convolution.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
func.func @energy_f32(%x: tensor<16x32x112x112xf32>, %w: tensor<128x32x3x3xf32>, %bias: tensor<128xf32>)
    -> tensor<16x110x110xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x128x110x110xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x128x110x110xf32>) -> tensor<16x128x110x110xf32>
  %conv = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<16x32x112x112xf32>, tensor<128x32x3x3xf32>) outs(%init : tensor<16x128x110x110xf32>) -> tensor<16x128x110x110xf32>
  %out = tensor.empty() : tensor<16x128x110x110xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<16x128x110x110xf32>, tensor<128xf32>) outs(%out : tensor<16x128x110x110xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %s = arith.addf %v, %b : f32
    %m = arith.mulf %s, %s : f32
    linalg.yield %m : f32
  } -> tensor<16x128x110x110xf32>
  %ri = arith.constant 0.0 : f32
  %re = tensor.empty() : tensor<16x110x110xf32>
  %rf = linalg.fill ins(%ri : f32) outs(%re : tensor<16x110x110xf32>) -> tensor<16x110x110xf32>
  %z = linalg.generic {indexing_maps = [#all, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%y : tensor<16x128x110x110xf32>) outs(%rf : tensor<16x110x110xf32>) {
  ^bb0(%a: f32, %u: f32):
    %q = arith.addf %a, %u : f32
    linalg.yield %q : f32
  } -> tensor<16x110x110xf32>
  return %z : tensor<16x110x110xf32>
}
