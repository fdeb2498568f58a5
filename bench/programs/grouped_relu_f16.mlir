// A 3x3 convolution in 4 groups of 32 channels, relu.
func.func @grouped_relu_f16(%x: tensor<16x4x32x58x58xf16>,
    %w: tensor<4x32x32x3x3xf16>)
    -> tensor<16x4x32x56x56xf16> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<16x4x32x56x56xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<16x4x32x56x56xf32>) -> tensor<16x4x32x56x56xf32>
  %3 = linalg.conv_2d_ngchw_gfchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<16x4x32x58x58xf16>, tensor<4x32x32x3x3xf16>) outs(%2 : tensor<16x4x32x56x56xf32>) -> tensor<16x4x32x56x56xf32>
  %4 = tensor.empty() : tensor<16x4x32x56x56xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%3 : tensor<16x4x32x56x56xf32>) outs(%4 : tensor<16x4x32x56x56xf16>) {
  ^bb0(%a: f32, %u: f16):
    %z = arith.constant 0.0 : f32
    %r = arith.maximumf %a, %z : f32
    %h = arith.truncf %r : f32 to f16
    linalg.yield %h : f16
  } -> tensor<16x4x32x56x56xf16>
  return %5 : tensor<16x4x32x56x56xf16>
}
