// The greatest sigmoid of the channels of a convolution.
func.func @main(%x: tensor<2x8x11x13xf32>, %w: tensor<24x8x3x3xf32>) -> tensor<2x9x11xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %one = arith.constant dense<1.0> : tensor<2x24x9x11xf32>
  %e = tensor.empty() : tensor<2x24x9x11xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x24x9x11xf32>) -> tensor<2x24x9x11xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x11x13xf32>, tensor<24x8x3x3xf32>) outs(%init : tensor<2x24x9x11xf32>) -> tensor<2x24x9x11xf32>
  %n = arith.negf %c : tensor<2x24x9x11xf32>
  %p = math.exp %n : tensor<2x24x9x11xf32>
  %d = arith.addf %p, %one : tensor<2x24x9x11xf32>
  %s = arith.divf %one, %d : tensor<2x24x9x11xf32>
  %r = tensor.empty() : tensor<2x9x11xf32>
  %start = linalg.fill ins(%low : f32) outs(%r : tensor<2x9x11xf32>) -> tensor<2x9x11xf32>
  %y = linalg.reduce {arith.maximumf} ins(%s : tensor<2x24x9x11xf32>) outs(%start : tensor<2x9x11xf32>) dimensions = [1]
  return %y : tensor<2x9x11xf32>
}
