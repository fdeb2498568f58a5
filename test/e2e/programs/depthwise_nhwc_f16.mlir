// A depthwise convolution of f16 with channels last.
func.func @main(%x: tensor<2x9x11x24xf16>, %w: tensor<3x3x24xf16>) -> tensor<2x4x5x24xf32> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x4x5x24xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x4x5x24xf32>) -> tensor<2x4x5x24xf32>
  %p = linalg.depthwise_conv_2d_nhwc_hwc {strides = dense<2> : tensor<2xi64>} ins(%x, %w : tensor<2x9x11x24xf16>, tensor<3x3x24xf16>) outs(%z : tensor<2x4x5x24xf32>) -> tensor<2x4x5x24xf32>
  return %p : tensor<2x4x5x24xf32>
}
