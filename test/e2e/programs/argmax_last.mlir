// The index of the greatest element along the last axis.
func.func @main(%x: tensor<7x50xf32>) -> tensor<7xi64> {
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<7xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<7xf32>) -> tensor<7xf32>
  %zi_v = arith.constant 0 : i64
  %zi_e = tensor.empty() : tensor<7xi64>
  %zi = linalg.fill ins(%zi_v : i64) outs(%zi_e : tensor<7xi64>) -> tensor<7xi64>
  %o:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<7x50xf32>) outs(%lo, %zi : tensor<7xf32>, tensor<7xi64>) {
  ^bb0(%v: f32, %m: f32, %k: i64):
    %n = linalg.index 1 : index
    %j = arith.index_cast %n : index to i64
    %l = arith.cmpf ogt, %v, %m : f32
    %a = arith.select %l, %v, %m : f32
    %q = arith.select %l, %j, %k : i64
    linalg.yield %a, %q : f32, i64
  } -> (tensor<7xf32>, tensor<7xi64>)
  return %o#1 : tensor<7xi64>
}
