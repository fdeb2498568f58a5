// Max pooling of f16 with channels last, padded, stride 2.
func.func @main(%x: tensor<2x11x13x24xf16>) -> tensor<2x6x7x24xf16> {
  %padv_p = arith.constant 0xFC00 : f16
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv_p : f16
  } : tensor<2x11x13x24xf16> to tensor<2x13x15x24xf16>
  %start = arith.constant 0xFC00 : f16
  %e = tensor.empty() : tensor<2x6x7x24xf16>
  %z = linalg.fill ins(%start : f16) outs(%e : tensor<2x6x7x24xf16>) -> tensor<2x6x7x24xf16>
  %win = tensor.empty() : tensor<3x3xf16>
  %r = linalg.pooling_nhwc_max {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %win : tensor<2x13x15x24xf16>, tensor<3x3xf16>) outs(%z : tensor<2x6x7x24xf16>) -> tensor<2x6x7x24xf16>
  return %r : tensor<2x6x7x24xf16>
}
