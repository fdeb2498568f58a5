// Padding that moves the tiles' first column off the 16-byte units of a row.
func.func @conv_three_before_f16(%x: tensor<1x16x9x40xf16>, %w: tensor<16x16x3x5xf16>) -> tensor<1x16x5x21xf32> {
  %z = arith.constant 0.0 : f16
  %p = tensor.pad %x low[0, 0, 1, 3] high[0, 0, 1, 2] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : f16
  } : tensor<1x16x9x40xf16> to tensor<1x16x11x45xf16>
  %z32 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x5x21xf32>
  %f = linalg.fill ins(%z32 : f32) outs(%e : tensor<1x16x5x21xf32>) -> tensor<1x16x5x21xf32>
  %c = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x16x11x45xf16>, tensor<16x16x3x5xf16>) outs(%f : tensor<1x16x5x21xf32>) -> tensor<1x16x5x21xf32>
  return %c : tensor<1x16x5x21xf32>
}
