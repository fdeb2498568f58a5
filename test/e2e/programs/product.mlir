// A product over rows.
func.func @main(%x: tensor<13x21xf32>) -> tensor<13xf32> {
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 4.0 : f32
  %e = tensor.empty() : tensor<13xf32>
  %z = linalg.fill ins(%one : f32) outs(%e : tensor<13xf32>) -> tensor<13xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<13x21xf32>) outs(%z : tensor<13xf32>) {
  ^bb0(%v: f32, %p: f32):
    %s = arith.mulf %v, %scale : f32
    %q = arith.mulf %p, %s : f32
    linalg.yield %q : f32
  } -> tensor<13xf32>
  return %r : tensor<13xf32>
}
