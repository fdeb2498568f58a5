// Convolution and bias, relu, hardswish: one chunk of channels.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @relu_hardswish_f32(%x: tensor<128x8x128x128xf32>, %w: tensor<64x8x3x3xf32>, %bias: tensor<64xf32>)
    -> tensor<128x64x126x126xf32> {
  %empty = tensor.empty() : tensor<128x64x126x126xf32>
  %init = linalg.broadcast ins(%bias : tensor<64xf32>) outs(%empty : tensor<128x64x126x126xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<128x8x128x128xf32>, tensor<64x8x3x3xf32>)
      outs(%init : tensor<128x64x126x126xf32>) -> tensor<128x64x126x126xf32>
  %y = linalg.generic {indexing_maps = [#all, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv : tensor<128x64x126x126xf32>)
      outs(%empty : tensor<128x64x126x126xf32>) {
  ^bb0(%v: f32, %u: f32):
    %zero_f = arith.constant 0.0 : f32
    %relu = arith.maximumf %v, %zero_f : f32
    %one = arith.constant 1.0 : f32
    %three = arith.constant 3.0 : f32
    %six = arith.constant 6.0 : f32
    %0 = arith.addf %relu, %three : f32
    %1 = arith.divf %0, %six : f32
    %2 = arith.maximumf %1, %zero_f : f32
    %3 = arith.minimumf %2, %one : f32
    %4 = arith.mulf %relu, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<128x64x126x126xf32>
  return %y : tensor<128x64x126x126xf32>
}
