// The largest of 256 scores of each position, channels-last, 1x1 in f16.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d3)>
func.func @score_max_nhwc_f16(%x: tensor<32x56x56x256xf16>, %w: tensor<1x1x256x256xf16>, %bias: tensor<256xf32>)
    -> tensor<32x56x56xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<32x56x56x256xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<32x56x56x256xf32>) -> tensor<32x56x56x256xf32>
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<32x56x56x256xf16>, tensor<1x1x256x256xf16>) outs(%init : tensor<32x56x56x256xf32>) -> tensor<32x56x56x256xf32>
  %out = tensor.empty() : tensor<32x56x56x256xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<32x56x56x256xf32>, tensor<256xf32>) outs(%out : tensor<32x56x56x256xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %s = arith.addf %v, %b : f32
    linalg.yield %s : f32
  } -> tensor<32x56x56x256xf32>
  %ri = arith.constant 0xFF800000 : f32
  %re = tensor.empty() : tensor<32x56x56xf32>
  %rf = linalg.fill ins(%ri : f32) outs(%re : tensor<32x56x56xf32>) -> tensor<32x56x56xf32>
  %z = linalg.generic {indexing_maps = [#all, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%y : tensor<32x56x56x256xf32>) outs(%rf : tensor<32x56x56xf32>) {
  ^bb0(%a: f32, %u: f32):
    %q = arith.maximumf %a, %u : f32
    linalg.yield %q : f32
  } -> tensor<32x56x56xf32>
  return %z : tensor<32x56x56xf32>
}
