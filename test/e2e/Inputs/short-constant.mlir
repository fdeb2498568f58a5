// The resource has one element, the type 128.
func.func @main(%x: tensor<1x8x1x8xf32>) -> tensor<1x16x1x8xf32> {
  %w = arith.constant dense_resource<weights> : tensor<16x8x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x16x1x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x1x8xf32>, tensor<16x8x1x1xf32>) outs(%init : tensor<1x16x1x8xf32>) -> tensor<1x16x1x8xf32>
  return %y : tensor<1x16x1x8xf32>
}
{-# dialect_resources: { builtin: { weights: "0x040000000000803F" } } #-}
