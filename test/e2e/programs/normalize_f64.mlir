// Rows divided by their sums, in f64.
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @main(%x: tensor<11x45xf64>) -> tensor<11x45xf64> {
  %one = arith.constant 100.0 : f64
  %e = tensor.empty() : tensor<11xf64>
  %z = linalg.fill ins(%one : f64) outs(%e : tensor<11xf64>) -> tensor<11xf64>
  %s = linalg.reduce {arith.addf} ins(%x : tensor<11x45xf64>) outs(%z : tensor<11xf64>) dimensions = [1]
  %o = tensor.empty() : tensor<11x45xf64>
  %r = linalg.generic {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]} ins(%x, %s : tensor<11x45xf64>, tensor<11xf64>) outs(%o : tensor<11x45xf64>) {
  ^bb0(%v: f64, %t: f64, %out: f64):
    %d = arith.divf %v, %t : f64
    linalg.yield %d : f64
  } -> tensor<11x45xf64>
  return %r : tensor<11x45xf64>
}
