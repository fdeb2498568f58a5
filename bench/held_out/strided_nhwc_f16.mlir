// 3x3 with stride 2, channels-last, in f16: bias and silu.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d3)>
func.func @strided_nhwc_f16(%x: tensor<16x112x112x64xf16>, %w: tensor<3x3x64x128xf16>, %bias: tensor<128xf32>)
    -> tensor<16x56x56x128xf16> {
  %pz = arith.constant 0.0 : f16
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pz : f16
  } : tensor<16x112x112x64xf16> to tensor<16x114x114x64xf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x56x56x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x56x56x128xf32>) -> tensor<16x56x56x128xf32>
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%padded, %w : tensor<16x114x114x64xf16>, tensor<3x3x64x128xf16>) outs(%init : tensor<16x56x56x128xf32>) -> tensor<16x56x56x128xf32>
  %out = tensor.empty() : tensor<16x56x56x128xf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<16x56x56x128xf32>, tensor<128xf32>) outs(%out : tensor<16x56x56x128xf16>) {
  ^bb0(%v: f32, %b: f32, %u: f16):
    %s = arith.addf %v, %b : f32
    %n = arith.negf %s : f32
    %e = math.exp %n : f32
    %one = arith.constant 1.0 : f32
    %d = arith.addf %e, %one : f32
    %m = arith.divf %s, %d : f32
    %h = arith.truncf %m : f32 to f16
    linalg.yield %h : f16
  } -> tensor<16x56x56x128xf16>
  return %y : tensor<16x56x56x128xf16>
}
