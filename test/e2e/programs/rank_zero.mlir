// Results of rank 0: the sum and the largest of all elements, and a scalar
// computed from both.
#id = affine_map<() -> ()>
func.func @main(%x: tensor<9x31xf32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<f32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %l = linalg.fill ins(%low : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %s = linalg.reduce {arith.addf} ins(%x : tensor<9x31xf32>) outs(%z : tensor<f32>) dimensions = [0, 1]
  %m = linalg.reduce {arith.maximumf} ins(%x : tensor<9x31xf32>) outs(%l : tensor<f32>) dimensions = [0, 1]
  %r = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = []} ins(%s, %m, %y : tensor<f32>, tensor<f32>, tensor<f32>) outs(%e : tensor<f32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.addf %p, %c : f32
    linalg.yield %q : f32
  } -> tensor<f32>
  return %s, %m, %r : tensor<f32>, tensor<f32>, tensor<f32>
}
