// Max pooling 3x3 with stride 2, padded: behind the first layer of ResNet.
func.func @max_pool_f32(%x: tensor<32x64x112x112xf32>)
    -> tensor<32x64x56x56xf32> {
  %0 = arith.constant 0xFF800000 : f32
  %1 = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %0 : f32
  } : tensor<32x64x112x112xf32> to tensor<32x64x114x114xf32>
  %2 = tensor.empty() : tensor<3x3xf32>
  %3 = arith.constant 0xFF800000 : f32
  %4 = tensor.empty() : tensor<32x64x56x56xf32>
  %5 = linalg.fill ins(%3 : f32) outs(%4 : tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf32>
  %6 = linalg.pooling_nchw_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%1, %2 : tensor<32x64x114x114xf32>, tensor<3x3xf32>) outs(%5 : tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf32>
  return %6 : tensor<32x64x56x56xf32>
}
