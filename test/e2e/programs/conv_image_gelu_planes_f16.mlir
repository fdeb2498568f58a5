// A gelu, in f32, before a convolution whose channels lie in planes: the image is
// transposed as it lies. Its padding comes first, so that it need not keep zero.
#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<2x32x16x16xf16>, %w: tensor<32x32x3x3xf16>) -> tensor<2x32x16x16xf32> {
  %zero = arith.constant 0.0 : f32
  %pad = arith.constant 0.0 : f16
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %root = arith.constant 0.70710678 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pad : f16
  } : tensor<2x32x16x16xf16> to tensor<2x32x18x18xf16>
  %e = tensor.empty() : tensor<2x32x18x18xf16>
  %g = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p : tensor<2x32x18x18xf16>) outs(%e : tensor<2x32x18x18xf16>) {
  ^bb0(%v: f16, %u: f16):
    %f = arith.extf %v : f16 to f32
    %r = arith.mulf %f, %root : f32
    %t = math.erf %r : f32
    %a = arith.addf %t, %one : f32
    %h = arith.mulf %f, %half : f32
    %q = arith.mulf %h, %a : f32
    %b = arith.addf %q, %one : f32
    %c = arith.truncf %b : f32 to f16
    linalg.yield %c : f16
  } -> tensor<2x32x18x18xf16>
  %z_e = tensor.empty() : tensor<2x32x16x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%z_e : tensor<2x32x16x16xf32>) -> tensor<2x32x16x16xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%g, %w : tensor<2x32x18x18xf16>, tensor<32x32x3x3xf16>) outs(%z : tensor<2x32x16x16xf32>) -> tensor<2x32x16x16xf32>
  return %y : tensor<2x32x16x16xf32>
}
