// Convolution and bias, relu, a second bias: keeps 128 channels.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @relu_bias_f32(%x: tensor<128x64x128x128xf32>, %w: tensor<128x64x3x3xf32>, %bias: tensor<128xf32>, %second: tensor<128xf32>)
    -> tensor<128x128x126x126xf32> {
  %empty = tensor.empty() : tensor<128x128x126x126xf32>
  %init = linalg.broadcast ins(%bias : tensor<128xf32>) outs(%empty : tensor<128x128x126x126xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<128x64x128x128xf32>, tensor<128x64x3x3xf32>)
      outs(%init : tensor<128x128x126x126xf32>) -> tensor<128x128x126x126xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %second : tensor<128x128x126x126xf32>, tensor<128xf32>)
      outs(%empty : tensor<128x128x126x126xf32>) {
  ^bb0(%v: f32, %second_f: f32, %u: f32):
    %zero_f = arith.constant 0.0 : f32
    %relu = arith.maximumf %v, %zero_f : f32
    %0 = arith.addf %relu, %second_f : f32
    linalg.yield %0 : f32
  } -> tensor<128x128x126x126xf32>
  return %y : tensor<128x128x126x126xf32>
}
