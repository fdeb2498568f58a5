// Elementwise work that is returned through a reshape and read by work whose result a pad and another result need.
func.func @main(%x: tensor<1x40xf32>) -> (tensor<40xf32>, tensor<40x1xf32>, tensor<41x3xf32>) {
  %e = tensor.empty() : tensor<40x1xf32>
  %a = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<1x40xf32>) outs(%e : tensor<40x1xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = math.absf %v : f32
    linalg.yield %n : f32
  } -> tensor<40x1xf32>
  %flat = tensor.collapse_shape %a [[0, 1]] : tensor<40x1xf32> into tensor<40xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (0, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a, %x : tensor<40x1xf32>, tensor<1x40xf32>) outs(%e : tensor<40x1xf32>) {
  ^bb0(%v: f32, %w: f32, %u: f32):
    %n = arith.addf %v, %w : f32
    linalg.yield %n : f32
  } -> tensor<40x1xf32>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<40x1xf32>) outs(%e : tensor<40x1xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = math.exp %v : f32
    linalg.yield %n : f32
  } -> tensor<40x1xf32>
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %b low[1, 0] high[0, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<40x1xf32> to tensor<41x3xf32>
  return %flat, %c, %p : tensor<40xf32>, tensor<40x1xf32>, tensor<41x3xf32>
}
