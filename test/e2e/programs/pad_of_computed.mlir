// A computed value is padded.
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @main(%x: tensor<10x21xf32>) -> tensor<11x25xf32> {
  %value = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<10x21xf32>
  %q = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<10x21xf32>) outs(%e : tensor<10x21xf32>) {
  ^bb0(%v: f32, %o: f32):
    %t = arith.mulf %v, %v : f32
    linalg.yield %t : f32
  } -> tensor<10x21xf32>
  %p = tensor.pad %q low[1, 1] high[0, 3] {
  ^bb0(%i: index, %j: index):
    tensor.yield %value : f32
  } : tensor<10x21xf32> to tensor<11x25xf32>
  return %p : tensor<11x25xf32>
}
