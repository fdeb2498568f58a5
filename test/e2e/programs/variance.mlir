// The variance over the last axis: the mean first, then the squares of the
// distances to it.
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#id = affine_map<(d0) -> (d0)>
func.func @main(%x: tensor<19x301xf32>) -> tensor<19xf32> {
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 301.0 : f32
  %e = tensor.empty() : tensor<19xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<19xf32>) -> tensor<19xf32>
  %sum = linalg.reduce {arith.addf} ins(%x : tensor<19x301xf32>) outs(%z : tensor<19xf32>) dimensions = [1]
  %mean = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%sum : tensor<19xf32>) outs(%e : tensor<19xf32>) {
  ^bb0(%s: f32, %o: f32):
    %m = arith.divf %s, %count : f32
    linalg.yield %m : f32
  } -> tensor<19xf32>
  %squares = linalg.generic {indexing_maps = [#all, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %mean : tensor<19x301xf32>, tensor<19xf32>) outs(%z : tensor<19xf32>) {
  ^bb0(%v: f32, %m: f32, %s: f32):
    %d = arith.subf %v, %m : f32
    %q = arith.mulf %d, %d : f32
    %t = arith.addf %s, %q : f32
    linalg.yield %t : f32
  } -> tensor<19xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%squares : tensor<19xf32>) outs(%e : tensor<19xf32>) {
  ^bb0(%s: f32, %o: f32):
    %m = arith.divf %s, %count : f32
    linalg.yield %m : f32
  } -> tensor<19xf32>
  return %r : tensor<19xf32>
}
