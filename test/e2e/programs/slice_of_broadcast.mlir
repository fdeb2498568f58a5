// The first rows of a broadcast, and that broadcast padded along the dimension
// it adds.
#all = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @main(%x: tensor<5x3xf32>) -> (tensor<1x3x16xf32>, tensor<8x3x18xf32>) {
  %e = tensor.empty() : tensor<5x3x16xf32>
  %b = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, #all], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<5x3xf32>) outs(%e : tensor<5x3x16xf32>) {
  ^bb0(%v: f32, %o: f32):
    %t = math.exp %v : f32
    linalg.yield %t : f32
  } -> tensor<5x3x16xf32>
  %s = tensor.extract_slice %b[0, 0, 0] [1, 3, 16] [1, 1, 1] : tensor<5x3x16xf32> to tensor<1x3x16xf32>
  %value = arith.constant 3.0 : f32
  %p = tensor.pad %b low[1, 0, 0] high[2, 0, 2] {
  ^bb0(%i: index, %j: index, %k: index):
    tensor.yield %value : f32
  } : tensor<5x3x16xf32> to tensor<8x3x18xf32>
  return %s, %p : tensor<1x3x16xf32>, tensor<8x3x18xf32>
}
