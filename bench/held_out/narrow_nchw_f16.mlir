// 3x3 in f16 planes of 96 columns, 32 to 48 channels, bias and relu.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
func.func @narrow_nchw_f16(%x: tensor<32x32x96x96xf16>, %w: tensor<48x32x3x3xf16>, %bias: tensor<48xf32>)
    -> tensor<32x48x96x96xf16> {
  %pz = arith.constant 0.0 : f16
  %padded = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pz : f16
  } : tensor<32x32x96x96xf16> to tensor<32x32x98x98xf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x48x96x96xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x48x96x96xf32>) -> tensor<32x48x96x96xf32>
  %conv = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%padded, %w : tensor<32x32x98x98xf16>, tensor<48x32x3x3xf16>) outs(%init : tensor<32x48x96x96xf32>) -> tensor<32x48x96x96xf32>
  %out = tensor.empty() : tensor<32x48x96x96xf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<32x48x96x96xf32>, tensor<48xf32>) outs(%out : tensor<32x48x96x96xf16>) {
  ^bb0(%v: f32, %b: f32, %u: f16):
    %s = arith.addf %v, %b : f32
    %m = arith.maximumf %s, %zero : f32
    %h = arith.truncf %m : f32 to f16
    linalg.yield %h : f16
  } -> tensor<32x48x96x96xf16>
  return %y : tensor<32x48x96x96xf16>
}
