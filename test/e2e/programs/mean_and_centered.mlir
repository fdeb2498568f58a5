// The mean of each row, kept as a dimension, and the rows without it.
#all = affine_map<(d0, d1) -> (d0, d1)>
#keep = affine_map<(d0, d1) -> (d0, 0)>
func.func @main(%x: tensor<17x90xf32>) -> (tensor<17x1xf32>, tensor<17x90xf32>) {
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.0111111 : f32
  %e = tensor.empty() : tensor<17x1xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<17x1xf32>) -> tensor<17x1xf32>
  %s = linalg.generic {indexing_maps = [#all, #keep], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<17x90xf32>) outs(%z : tensor<17x1xf32>) {
  ^bb0(%v: f32, %a: f32):
    %t = arith.addf %a, %v : f32
    linalg.yield %t : f32
  } -> tensor<17x1xf32>
  %mean = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%s : tensor<17x1xf32>) outs(%e : tensor<17x1xf32>) {
  ^bb0(%v: f32, %a: f32):
    %t = arith.mulf %v, %scale : f32
    linalg.yield %t : f32
  } -> tensor<17x1xf32>
  %eo = tensor.empty() : tensor<17x90xf32>
  %r = linalg.generic {indexing_maps = [#all, #keep, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %mean : tensor<17x90xf32>, tensor<17x1xf32>) outs(%eo : tensor<17x90xf32>) {
  ^bb0(%v: f32, %m: f32, %o: f32):
    %t = arith.subf %v, %m : f32
    linalg.yield %t : f32
  } -> tensor<17x90xf32>
  return %mean, %r : tensor<17x1xf32>, tensor<17x90xf32>
}
