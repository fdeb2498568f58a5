// The result has its rows inside its columns, the image has them outside: what is
// next to one another in memory is apart in the tile.
#image = affine_map<(n, f, oh, ow, c, kh, kw) -> (n, c, oh + kh, ow + kw)>
#filter = affine_map<(n, f, oh, ow, c, kh, kw) -> (f, c, kh, kw)>
#out = affine_map<(n, f, oh, ow, c, kh, kw) -> (ow, n, oh, f)>
func.func @main(%x: tensor<2x5x7x12xf32>, %w: tensor<17x5x3x3xf32>) -> tensor<10x2x5x17xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<10x2x5x17xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<10x2x5x17xf32>) -> tensor<10x2x5x17xf32>
  %r = linalg.generic {indexing_maps = [#image, #filter, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%x, %w : tensor<2x5x7x12xf32>, tensor<17x5x3x3xf32>) outs(%z : tensor<10x2x5x17xf32>) {
  ^bb0(%a: f32, %b: f32, %s: f32):
    %m = arith.mulf %a, %b : f32
    %t = arith.addf %s, %m : f32
    linalg.yield %t : f32
  } -> tensor<10x2x5x17xf32>
  return %r : tensor<10x2x5x17xf32>
}
