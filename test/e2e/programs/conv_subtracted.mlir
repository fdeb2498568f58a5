// What is left of a start value when all channels are taken from it, in f32 and
// (rounded down) in i32.
#id = affine_map<(n, f, h, w) -> (n, f, h, w)>
#k = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @main(%x: tensor<1x8x6x10xf32>, %w: tensor<7x8x1x1xf32>, %s: tensor<1x6x10xf32>, %t: tensor<1x6x10xi32>) -> (tensor<1x6x10xf32>, tensor<1x6x10xi32>) {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x7x6x10xf32>
  %o = linalg.fill ins(%z : f32) outs(%e : tensor<1x7x6x10xf32>) -> tensor<1x7x6x10xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x10xf32>, tensor<7x8x1x1xf32>) outs(%o : tensor<1x7x6x10xf32>) -> tensor<1x7x6x10xf32>
  %r:2 = linalg.generic {indexing_maps = [#id, #k, #k], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x7x6x10xf32>) outs(%s, %t : tensor<1x6x10xf32>, tensor<1x6x10xi32>) {
  ^bb0(%a: f32, %u: f32, %v: i32):
    %left = arith.subf %u, %a : f32
    %hundred = arith.constant 100.0 : f32
    %scaled = arith.mulf %a, %hundred : f32
    %whole = arith.fptosi %scaled : f32 to i32
    %rest = arith.subi %v, %whole : i32
    linalg.yield %left, %rest : f32, i32
  } -> (tensor<1x6x10xf32>, tensor<1x6x10xi32>)
  return %r#0, %r#1 : tensor<1x6x10xf32>, tensor<1x6x10xi32>
}
