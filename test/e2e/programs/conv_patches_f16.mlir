// The patch embedding of a vision transformer: a window of 14 x 14 taps that no
// block can hold beside its filter is read in loops.
#all = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
func.func @main(%x: tensor<2x3x28x42xf16>, %w: tensor<20x3x14x14xf16>, %b: tensor<20xf16>) -> tensor<2x20x2x3xf16> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x20x2x3xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<2x20x2x3xf32>) -> tensor<2x20x2x3xf32>
  %c = linalg.conv_2d_nchw_fchw {strides = dense<14> : tensor<2xi64>} ins(%x, %w : tensor<2x3x28x42xf16>, tensor<20x3x14x14xf16>) outs(%i : tensor<2x20x2x3xf32>) -> tensor<2x20x2x3xf32>
  %o = tensor.empty() : tensor<2x20x2x3xf16>
  %r = linalg.generic {indexing_maps = [#all, #channel, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %b : tensor<2x20x2x3xf32>, tensor<20xf16>) outs(%o : tensor<2x20x2x3xf16>) {
  ^bb0(%v: f32, %u: f16, %t: f16):
    %uu = arith.extf %u : f16 to f32
    %s = arith.addf %v, %uu : f32
    %h = arith.truncf %s : f32 to f16
    linalg.yield %h : f16
  } -> tensor<2x20x2x3xf16>
  return %r : tensor<2x20x2x3xf16>
}
