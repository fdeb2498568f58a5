// Convolution and bias, halved, leaky relu: one chunk of channels, so that the
// stores are most of the work.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @divide_leaky_relu_f32(%x: tensor<128x8x128x128xf32>, %w: tensor<64x8x3x3xf32>, %bias: tensor<64xf32>)
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
    %half = arith.constant 0.5 : f32
    %slope = arith.constant 0.01 : f32
    %0 = arith.mulf %v, %half : f32
    %1 = arith.mulf %0, %slope : f32
    %2 = arith.cmpf ogt, %0, %zero_f : f32
    %3 = arith.select %2, %0, %1 : f32
    linalg.yield %3 : f32
  } -> tensor<128x64x126x126xf32>
  return %y : tensor<128x64x126x126xf32>
}
