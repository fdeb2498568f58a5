// A broadcast of a tensor with a unit dimension is padded in other dimensions.
func.func @main(%x: tensor<2x40x1xf32>) -> tensor<4x42x1x9xf32> {
  %e = tensor.empty() : tensor<2x40x1x9xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<2x40x1xf32>) outs(%e : tensor<2x40x1x9xf32>) {
  ^bb0(%v: f32, %o: f32):
    %t = math.absf %v : f32
    linalg.yield %t : f32
  } -> tensor<2x40x1x9xf32>
  %value = arith.constant -1.0 : f32
  %p = tensor.pad %b low[0, 0, 0, 0] high[2, 2, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %value : f32
  } : tensor<2x40x1x9xf32> to tensor<4x42x1x9xf32>
  return %p : tensor<4x42x1x9xf32>
}
