// 1x1 with a stride of 2, scale and shift: many channels, one tap.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @downsample_f32(%x: tensor<16x256x56x56xf32>, %w: tensor<512x256x1x1xf32>, %scale: tensor<512xf32>, %shift: tensor<512xf32>)
    -> tensor<16x512x28x28xf32> {
  %empty = tensor.empty() : tensor<16x512x28x28xf32>
  %none = arith.constant 0.0 : f32
  %init = linalg.fill ins(%none : f32) outs(%empty : tensor<16x512x28x28xf32>) -> tensor<16x512x28x28xf32>
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%x, %w : tensor<16x256x56x56xf32>, tensor<512x256x1x1xf32>)
      outs(%init : tensor<16x512x28x28xf32>) -> tensor<16x512x28x28xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %scale, %shift : tensor<16x512x28x28xf32>, tensor<512xf32>, tensor<512xf32>)
      outs(%empty : tensor<16x512x28x28xf32>) {
  ^bb0(%v: f32, %scale_f: f32, %shift_f: f32, %u: f32):
    %0 = arith.mulf %v, %scale_f : f32
    %1 = arith.addf %0, %shift_f : f32
    linalg.yield %1 : f32
  } -> tensor<16x512x28x28xf32>
  return %y : tensor<16x512x28x28xf32>
}
