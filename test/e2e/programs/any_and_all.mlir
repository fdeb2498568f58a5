// Whether any, and whether all of a row's elements pass a threshold.
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @main(%x: tensor<67x3xf32>) -> (tensor<67xi1>, tensor<67xi1>) {
  %true = arith.constant true
  %false = arith.constant false
  %limit = arith.constant 0.1 : f32
  %em = tensor.empty() : tensor<67x3xi1>
  %mask = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<67x3xf32>) outs(%em : tensor<67x3xi1>) {
  ^bb0(%v: f32, %o: i1):
    %c = arith.cmpf ogt, %v, %limit : f32
    linalg.yield %c : i1
  } -> tensor<67x3xi1>
  %e = tensor.empty() : tensor<67xi1>
  %f = linalg.fill ins(%false : i1) outs(%e : tensor<67xi1>) -> tensor<67xi1>
  %t = linalg.fill ins(%true : i1) outs(%e : tensor<67xi1>) -> tensor<67xi1>
  %any = linalg.reduce {arith.ori} ins(%mask : tensor<67x3xi1>) outs(%f : tensor<67xi1>) dimensions = [1]
  %every = linalg.reduce {arith.andi} ins(%mask : tensor<67x3xi1>) outs(%t : tensor<67xi1>) dimensions = [1]
  return %any, %every : tensor<67xi1>, tensor<67xi1>
}
