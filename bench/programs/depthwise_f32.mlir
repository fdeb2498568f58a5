// A depthwise 3x3 convolution of 96 channels and relu6.
func.func @depthwise_f32(%x: tensor<32x96x56x56xf32>,
    %w: tensor<96x3x3xf32>)
    -> tensor<32x96x56x56xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %0 : f32
  } : tensor<32x96x56x56xf32> to tensor<32x96x58x58xf32>
  %2 = arith.constant 0.0 : f32
  %3 = tensor.empty() : tensor<32x96x56x56xf32>
  %4 = linalg.fill ins(%2 : f32) outs(%3 : tensor<32x96x56x56xf32>) -> tensor<32x96x56x56xf32>
  %5 = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%1, %w : tensor<32x96x58x58xf32>, tensor<96x3x3xf32>) outs(%4 : tensor<32x96x56x56xf32>) -> tensor<32x96x56x56xf32>
  %6 = tensor.empty() : tensor<32x96x56x56xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%5 : tensor<32x96x56x56xf32>) outs(%6 : tensor<32x96x56x56xf32>) {
  ^bb0(%a: f32, %u: f32):
    %z = arith.constant 0.0 : f32
    %s = arith.constant 6.0 : f32
    %m = arith.maximumf %a, %z : f32
    %r = arith.minimumf %m, %s : f32
    linalg.yield %r : f32
  } -> tensor<32x96x56x56xf32>
  return %7 : tensor<32x96x56x56xf32>
}
