// 3x3 with padding, channels-last, in bf16: bias, the sum with a second image, relu.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d3)>
func.func @residual_nhwc_bf16(%x: tensor<16x28x28x128xbf16>, %w: tensor<3x3x128x128xbf16>, %bias: tensor<128xf32>, %r: tensor<16x28x28x128xbf16>)
    -> tensor<16x28x28x128xbf16> {
  %pz = arith.constant 0.0 : bf16
  %padded = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pz : bf16
  } : tensor<16x28x28x128xbf16> to tensor<16x30x30x128xbf16>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<16x28x28x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<16x28x28x128xf32>) -> tensor<16x28x28x128xf32>
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%padded, %w : tensor<16x30x30x128xbf16>, tensor<3x3x128x128xbf16>) outs(%init : tensor<16x28x28x128xf32>) -> tensor<16x28x28x128xf32>
  %out = tensor.empty() : tensor<16x28x28x128xbf16>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias, %r : tensor<16x28x28x128xf32>, tensor<128xf32>, tensor<16x28x28x128xbf16>) outs(%out : tensor<16x28x28x128xbf16>) {
  ^bb0(%v: f32, %b: f32, %res: bf16, %u: bf16):
    %s = arith.addf %v, %b : f32
    %re32 = arith.extf %res : bf16 to f32
    %s2 = arith.addf %s, %re32 : f32
    %m = arith.maximumf %s2, %zero : f32
    %h = arith.truncf %m : f32 to bf16
    linalg.yield %h : bf16
  } -> tensor<16x28x28x128xbf16>
  return %y : tensor<16x28x28x128xbf16>
}
