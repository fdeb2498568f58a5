// 1x1 of a bottleneck, 512 to 128 channels at 28x28, bias and relu.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
func.func @pointwise_f32(%x: tensor<32x512x28x28xf32>, %w: tensor<128x512x1x1xf32>, %bias: tensor<128xf32>)
    -> tensor<32x128x28x28xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x128x28x28xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x128x28x28xf32>) -> tensor<32x128x28x28xf32>
  %conv = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<32x512x28x28xf32>, tensor<128x512x1x1xf32>) outs(%init : tensor<32x128x28x28xf32>) -> tensor<32x128x28x28xf32>
  %out = tensor.empty() : tensor<32x128x28x28xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<32x128x28x28xf32>, tensor<128xf32>) outs(%out : tensor<32x128x28x28xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %s = arith.addf %v, %b : f32
    %m = arith.maximumf %s, %zero : f32
    linalg.yield %m : f32
  } -> tensor<32x128x28x28xf32>
  return %y : tensor<32x128x28x28xf32>
}
