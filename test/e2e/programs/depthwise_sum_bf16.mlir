// A depthwise convolution of bf16 into bf16: products are added up in f32.
func.func @main(%x: tensor<1x9x11x8xbf16>, %w: tensor<5x5x8xbf16>) -> tensor<1x5x7x8xbf16> {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<1x5x7x8xbf16>
  %z = linalg.fill ins(%zero : bf16) outs(%e : tensor<1x5x7x8xbf16>) -> tensor<1x5x7x8xbf16>
  %p = linalg.depthwise_conv_2d_nhwc_hwc ins(%x, %w : tensor<1x9x11x8xbf16>, tensor<5x5x8xbf16>) outs(%z : tensor<1x5x7x8xbf16>) -> tensor<1x5x7x8xbf16>
  return %p : tensor<1x5x7x8xbf16>
}
