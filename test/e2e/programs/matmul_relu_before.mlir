// Two ops on the first operand of a product, whose last chunk reaches beyond it: the
// work makes 0.25 of the zeros there. The result takes it again.
#all = affine_map<(a, b) -> (a, b)>
func.func @main(%x: tensor<45x45xf32>, %w: tensor<45x45xf32>) -> tensor<45x45xf32> {
  %zero = arith.constant 0.0 : f32
  %quarter = arith.constant 0.25 : f32
  %e = tensor.empty() : tensor<45x45xf32>
  %r = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<45x45xf32>) outs(%e : tensor<45x45xf32>) {
  ^bb0(%v: f32, %u: f32):
    %m = arith.maximumf %v, %zero : f32
    linalg.yield %m : f32
  } -> tensor<45x45xf32>
  %a = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<45x45xf32>) outs(%e : tensor<45x45xf32>) {
  ^bb0(%v: f32, %u: f32):
    %m = arith.addf %v, %quarter : f32
    linalg.yield %m : f32
  } -> tensor<45x45xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<45x45xf32>) -> tensor<45x45xf32>
  %p = linalg.matmul ins(%a, %w : tensor<45x45xf32>, tensor<45x45xf32>) outs(%z : tensor<45x45xf32>) -> tensor<45x45xf32>
  %y = linalg.generic {indexing_maps = [#all, #all, #all], iterator_types = ["parallel", "parallel"]} ins(%p, %a : tensor<45x45xf32>, tensor<45x45xf32>) outs(%e : tensor<45x45xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %m = arith.addf %v, %b : f32
    linalg.yield %m : f32
  } -> tensor<45x45xf32>
  return %y : tensor<45x45xf32>
}
