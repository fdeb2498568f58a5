// Max pooling, stride 2, of rows that are multiples of a word.
func.func @main(%x: tensor<1x3x14x32xf32>) -> tensor<1x3x7x16xf32> {
  %padv_p = arith.constant 0xFF800000 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : f32
  } : tensor<1x3x14x32xf32> to tensor<1x3x16x34xf32>
  %start = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x3x7x16xf32>
  %z = linalg.fill ins(%start : f32) outs(%e : tensor<1x3x7x16xf32>) -> tensor<1x3x7x16xf32>
  %win = tensor.empty() : tensor<3x3xf32>
  %r = linalg.pooling_nchw_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %win : tensor<1x3x16x34xf32>, tensor<3x3xf32>) outs(%z : tensor<1x3x7x16xf32>) -> tensor<1x3x7x16xf32>
  return %r : tensor<1x3x7x16xf32>
}
