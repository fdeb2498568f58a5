// The row of the smallest element of each column, and that element.
#all = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d1)>
func.func @main(%x: tensor<131x37xf32>) -> (tensor<37xf32>, tensor<37xi32>) {
  %inf = arith.constant 0x7F800000 : f32
  %none = arith.constant 0 : i32
  %ev = tensor.empty() : tensor<37xf32>
  %ei = tensor.empty() : tensor<37xi32>
  %v = linalg.fill ins(%inf : f32) outs(%ev : tensor<37xf32>) -> tensor<37xf32>
  %i = linalg.fill ins(%none : i32) outs(%ei : tensor<37xi32>) -> tensor<37xi32>
  %r:2 = linalg.generic {indexing_maps = [#all, #column, #column], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<131x37xf32>) outs(%v, %i : tensor<37xf32>, tensor<37xi32>) {
  ^bb0(%in: f32, %best: f32, %at: i32):
    %row = linalg.index 0 : index
    %number = arith.index_cast %row : index to i32
    %less = arith.cmpf olt, %in, %best : f32
    %a = arith.select %less, %in, %best : f32
    %b = arith.select %less, %number, %at : i32
    linalg.yield %a, %b : f32, i32
  } -> (tensor<37xf32>, tensor<37xi32>)
  return %r#0, %r#1 : tensor<37xf32>, tensor<37xi32>
}
