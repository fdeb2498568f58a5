// 1x1, scale and shift, silu: six times more channels out than in.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @pointwise_silu_f16(%x: tensor<8x32x112x112xf16>, %w: tensor<192x32x1x1xf16>, %scale: tensor<192xf32>, %shift: tensor<192xf32>)
    -> tensor<8x192x112x112xf16> {
  %empty = tensor.empty() : tensor<8x192x112x112xf32>
  %none = arith.constant 0.0 : f32
  %init = linalg.fill ins(%none : f32) outs(%empty : tensor<8x192x112x112xf32>) -> tensor<8x192x112x112xf32>
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<8x32x112x112xf16>, tensor<192x32x1x1xf16>)
      outs(%init : tensor<8x192x112x112xf32>) -> tensor<8x192x112x112xf32>
  %out = tensor.empty() : tensor<8x192x112x112xf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %scale, %shift : tensor<8x192x112x112xf32>, tensor<192xf32>, tensor<192xf32>)
      outs(%out : tensor<8x192x112x112xf16>) {
  ^bb0(%v: f32, %scale_f: f32, %shift_f: f32, %u: f16):
    %0 = arith.truncf %v : f32 to f16
    %1 = arith.extf %0 : f16 to f32
    %2 = arith.mulf %1, %scale_f : f32
    %3 = arith.addf %2, %shift_f : f32
    %4 = arith.truncf %3 : f32 to f16
    %one = arith.constant 1.0 : f32
    %5 = arith.extf %4 : f16 to f32
    %6 = arith.negf %5 : f32
    %7 = math.exp %6 : f32
    %8 = arith.addf %7, %one : f32
    %9 = arith.divf %5, %8 : f32
    %10 = arith.truncf %9 : f32 to f16
    linalg.yield %10 : f16
  } -> tensor<8x192x112x112xf16>
  return %y : tensor<8x192x112x112xf16>
}
