// The first layer of ResNet: 7x7 with stride 2 of three channels, bias, relu.
func.func @stem_relu_f32(%x: tensor<16x3x224x224xf32>,
    %w: tensor<64x3x7x7xf32>,
    %bias: tensor<64xf32>)
    -> tensor<16x64x112x112xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.pad %x low[0, 0, 3, 3] high[0, 0, 3, 3] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %0 : f32
  } : tensor<16x3x224x224xf32> to tensor<16x3x230x230xf32>
  %2 = arith.constant 0.0 : f32
  %3 = tensor.empty() : tensor<16x64x112x112xf32>
  %4 = linalg.fill ins(%2 : f32) outs(%3 : tensor<16x64x112x112xf32>) -> tensor<16x64x112x112xf32>
  %5 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%1, %w : tensor<16x3x230x230xf32>, tensor<64x3x7x7xf32>) outs(%4 : tensor<16x64x112x112xf32>) -> tensor<16x64x112x112xf32>
  %6 = tensor.empty() : tensor<16x64x112x112xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%5, %bias : tensor<16x64x112x112xf32>, tensor<64xf32>) outs(%6 : tensor<16x64x112x112xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %s = arith.addf %a, %b : f32
    %z = arith.constant 0.0 : f32
    %r = arith.maximumf %s, %z : f32
    linalg.yield %r : f32
  } -> tensor<16x64x112x112xf32>
  return %7 : tensor<16x64x112x112xf32>
}
