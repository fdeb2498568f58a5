// Windows that do not overlap.
func.func @main(%x: tensor<2x5x12x16xf32>) -> tensor<2x5x6x8xf32> {
  %start = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x5x6x8xf32>
  %z = linalg.fill ins(%start : f32) outs(%e : tensor<2x5x6x8xf32>) -> tensor<2x5x6x8xf32>
  %win = tensor.empty() : tensor<2x2xf32>
  %r = linalg.pooling_nchw_sum {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%x, %win : tensor<2x5x12x16xf32>, tensor<2x2xf32>) outs(%z : tensor<2x5x6x8xf32>) -> tensor<2x5x6x8xf32>
  return %r : tensor<2x5x6x8xf32>
}
