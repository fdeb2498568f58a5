// A convolution in f16 as a generic: the image is NHWC, the result has columns,
// channels, images, rows.
#image = affine_map<(n, oh, ow, f, kh, kw, c) -> (n, oh + kh, ow * 2 + kw, c)>
#filter = affine_map<(n, oh, ow, f, kh, kw, c) -> (kh, kw, c, f)>
#out = affine_map<(n, oh, ow, f, kh, kw, c) -> (ow, f, n, oh)>
func.func @main(%x: tensor<2x7x11x8xf16>, %w: tensor<3x3x8x19xf16>) -> tensor<5x19x2x5xf16> {
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<5x19x2x5xf16>
  %z = linalg.fill ins(%zero : f16) outs(%e : tensor<5x19x2x5xf16>) -> tensor<5x19x2x5xf16>
  %r = linalg.generic {indexing_maps = [#image, #filter, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x7x11x8xf16>, tensor<3x3x8x19xf16>) outs(%z : tensor<5x19x2x5xf16>) {
  ^bb0(%a: f16, %b: f16, %s: f16):
    %m = arith.mulf %a, %b : f16
    %t = arith.addf %s, %m : f16
    linalg.yield %t : f16
  } -> tensor<5x19x2x5xf16>
  return %r : tensor<5x19x2x5xf16>
}
