// A residual block: 3x3 with padding, batch normalisation as scale and shift, the
// sum with a second image, relu.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @residual_f16(%x: tensor<32x64x56x56xf16>, %w: tensor<64x64x3x3xf16>, %scale: tensor<64xf32>, %shift: tensor<64xf32>, %residual: tensor<32x64x56x56xf16>)
    -> tensor<32x64x56x56xf16> {
  %zero = arith.constant 0.0 : f16
  %padded = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f16
  } : tensor<32x64x56x56xf16> to tensor<32x64x58x58xf16>
  %empty = tensor.empty() : tensor<32x64x56x56xf32>
  %none = arith.constant 0.0 : f32
  %init = linalg.fill ins(%none : f32) outs(%empty : tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf32>
  %conv = linalg.conv_2d_nchw_fchw
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%padded, %w : tensor<32x64x58x58xf16>, tensor<64x64x3x3xf16>)
      outs(%init : tensor<32x64x56x56xf32>) -> tensor<32x64x56x56xf32>
  %out = tensor.empty() : tensor<32x64x56x56xf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #channel, #all, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %scale, %shift, %residual : tensor<32x64x56x56xf32>, tensor<64xf32>, tensor<64xf32>, tensor<32x64x56x56xf16>)
      outs(%out : tensor<32x64x56x56xf16>) {
  ^bb0(%v: f32, %scale_f: f32, %shift_f: f32, %r: f16, %u: f16):
    %0 = arith.truncf %v : f32 to f16
    %1 = arith.extf %0 : f16 to f32
    %2 = arith.mulf %1, %scale_f : f32
    %3 = arith.addf %2, %shift_f : f32
    %4 = arith.truncf %3 : f32 to f16
    %none_h = arith.constant 0.0 : f16
    %5 = arith.addf %4, %r : f16
    %6 = arith.maximumf %5, %none_h : f16
    linalg.yield %6 : f16
  } -> tensor<32x64x56x56xf16>
  return %y : tensor<32x64x56x56xf16>
}
