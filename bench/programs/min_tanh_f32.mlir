// Convolution and bias, the minimum over 64 channels, tanh twice: what reduces.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
#position = affine_map<(n, f, h, w) -> (n, h, w)>
#positions = affine_map<(n, h, w) -> (n, h, w)>
func.func @min_tanh_f32(%x: tensor<128x16x256x256xf32>, %w: tensor<64x16x3x3xf32>, %bias: tensor<64xf32>)
    -> tensor<128x254x254xf32> {
  %empty = tensor.empty() : tensor<128x64x254x254xf32>
  %init = linalg.broadcast ins(%bias : tensor<64xf32>) outs(%empty : tensor<128x64x254x254xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<128x16x256x256xf32>, tensor<64x16x3x3xf32>)
      outs(%init : tensor<128x64x254x254xf32>) -> tensor<128x64x254x254xf32>
  %inf = arith.constant 0x7F800000 : f32
  %row = tensor.empty() : tensor<128x254x254xf32>
  %most = linalg.fill ins(%inf : f32) outs(%row : tensor<128x254x254xf32>) -> tensor<128x254x254xf32>
  %least = linalg.generic {indexing_maps = [#all, #position],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%conv : tensor<128x64x254x254xf32>) outs(%most : tensor<128x254x254xf32>) {
  ^bb0(%v: f32, %m: f32):
    %0 = arith.minimumf %v, %m : f32
    linalg.yield %0 : f32
  } -> tensor<128x254x254xf32>
  %y = linalg.generic {indexing_maps = [#positions, #positions],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%least : tensor<128x254x254xf32>) outs(%row : tensor<128x254x254xf32>) {
  ^bb0(%v: f32, %u: f32):
    %0 = math.tanh %v : f32
    %1 = math.tanh %0 : f32
    linalg.yield %1 : f32
  } -> tensor<128x254x254xf32>
  return %y : tensor<128x254x254xf32>
}
