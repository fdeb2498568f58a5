// A depthwise convolution in planes whose rows are multiples of a word.
func.func @main(%x: tensor<1x4x10x24xf32>, %w: tensor<4x3x3xf32>) -> tensor<1x4x10x24xf32> {
  %padv_p = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : f32
  } : tensor<1x4x10x24xf32> to tensor<1x4x12x26xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x4x10x24xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x10x24xf32>) -> tensor<1x4x10x24xf32>
  %r = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%p, %w : tensor<1x4x12x26xf32>, tensor<4x3x3xf32>) outs(%z : tensor<1x4x10x24xf32>) -> tensor<1x4x10x24xf32>
  return %r : tensor<1x4x10x24xf32>
}
