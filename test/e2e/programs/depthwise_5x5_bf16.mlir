// A depthwise convolution of bf16, five by five taps, stride 2.
func.func @main(%x: tensor<1x6x15x32xbf16>, %w: tensor<6x5x5xbf16>) -> tensor<1x6x8x16xf32> {
  %padv_p = arith.constant 0.0 : bf16
  %p = tensor.pad %x low[0, 0, 2, 2] high[0, 0, 2, 2] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : bf16
  } : tensor<1x6x15x32xbf16> to tensor<1x6x19x36xbf16>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x6x8x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x6x8x16xf32>) -> tensor<1x6x8x16xf32>
  %r = linalg.depthwise_conv_2d_nchw_chw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x6x19x36xbf16>, tensor<6x5x5xbf16>) outs(%z : tensor<1x6x8x16xf32>) -> tensor<1x6x8x16xf32>
  return %r : tensor<1x6x8x16xf32>
}
