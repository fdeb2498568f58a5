// 3x3 with a dilation of 2, scale and shift, relu, rows of 65: many channels, a
// long main loop.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @dilated_bf16(%x: tensor<4x256x65x65xbf16>, %w: tensor<256x256x3x3xbf16>, %scale: tensor<256xf32>, %shift: tensor<256xf32>)
    -> tensor<4x256x65x65xbf16> {
  %zero = arith.constant 0.0 : bf16
  %padded = tensor.pad %x low[0, 0, 2, 2] high[0, 0, 2, 2] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : bf16
  } : tensor<4x256x65x65xbf16> to tensor<4x256x69x69xbf16>
  %empty = tensor.empty() : tensor<4x256x65x65xf32>
  %none = arith.constant 0.0 : f32
  %init = linalg.fill ins(%none : f32) outs(%empty : tensor<4x256x65x65xf32>) -> tensor<4x256x65x65xf32>
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<2> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%padded, %w : tensor<4x256x69x69xbf16>, tensor<256x256x3x3xbf16>)
      outs(%init : tensor<4x256x65x65xf32>) -> tensor<4x256x65x65xf32>
  %out = tensor.empty() : tensor<4x256x65x65xbf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %scale, %shift : tensor<4x256x65x65xf32>, tensor<256xf32>, tensor<256xf32>)
      outs(%out : tensor<4x256x65x65xbf16>) {
  ^bb0(%v: f32, %scale_f: f32, %shift_f: f32, %u: bf16):
    %0 = arith.truncf %v : f32 to bf16
    %1 = arith.extf %0 : bf16 to f32
    %2 = arith.mulf %1, %scale_f : f32
    %3 = arith.addf %2, %shift_f : f32
    %4 = arith.truncf %3 : f32 to bf16
    %none_h = arith.constant 0.0 : bf16
    %5 = arith.maximumf %4, %none_h : bf16
    linalg.yield %5 : bf16
  } -> tensor<4x256x65x65xbf16>
  return %y : tensor<4x256x65x65xbf16>
}
