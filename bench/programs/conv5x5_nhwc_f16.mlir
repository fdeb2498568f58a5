// 5x5, channels-last, in f16: bias and silu of 96 channels.
func.func @conv5x5_nhwc_f16(%x: tensor<8x64x64x64xf16>,
    %w: tensor<5x5x64x96xf16>,
    %bias: tensor<96xf32>)
    -> tensor<8x60x60x96xf16> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<8x60x60x96xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<8x60x60x96xf32>) -> tensor<8x60x60x96xf32>
  %3 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<8x64x64x64xf16>, tensor<5x5x64x96xf16>) outs(%2 : tensor<8x60x60x96xf32>) -> tensor<8x60x60x96xf32>
  %4 = tensor.empty() : tensor<8x60x60x96xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%3, %bias : tensor<8x60x60x96xf32>, tensor<96xf32>) outs(%4 : tensor<8x60x60x96xf16>) {
  ^bb0(%a: f32, %b: f32, %u: f16):
    %s = arith.addf %a, %b : f32
    %m = arith.negf %s : f32
    %e = math.exp %m : f32
    %o = arith.constant 1.0 : f32
    %d = arith.addf %e, %o : f32
    %q = arith.divf %s, %d : f32
    %h = arith.truncf %q : f32 to f16
    linalg.yield %h : f16
  } -> tensor<8x60x60x96xf16>
  return %5 : tensor<8x60x60x96xf16>
}
