// A 1x1 convolution of a ResNet bottleneck, 256 to 64 channels, bias, relu.
func.func @bottleneck_f32(%x: tensor<16x256x56x56xf32>,
    %w: tensor<64x256x1x1xf32>,
    %bias: tensor<64xf32>)
    -> tensor<16x64x56x56xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<16x64x56x56xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<16x64x56x56xf32>) -> tensor<16x64x56x56xf32>
  %3 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<16x256x56x56xf32>, tensor<64x256x1x1xf32>) outs(%2 : tensor<16x64x56x56xf32>) -> tensor<16x64x56x56xf32>
  %4 = tensor.empty() : tensor<16x64x56x56xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%3, %bias : tensor<16x64x56x56xf32>, tensor<64xf32>) outs(%4 : tensor<16x64x56x56xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %s = arith.addf %a, %b : f32
    %z = arith.constant 0.0 : f32
    %r = arith.maximumf %s, %z : f32
    linalg.yield %r : f32
  } -> tensor<16x64x56x56xf32>
  return %5 : tensor<16x64x56x56xf32>
}
