// The greatest channel by compare and select; a NaN is taken and stays.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#rest = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
func.func @main(%x: tensor<1x6x6x8xf32>, %w: tensor<11x6x3x3xf32>) -> tensor<1x4x6xf32> {
  %zero = arith.constant 0.0 : f32
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x11x4x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x11x4x6xf32>) -> tensor<1x11x4x6xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x6x6x8xf32>, tensor<11x6x3x3xf32>) outs(%z : tensor<1x11x4x6xf32>) -> tensor<1x11x4x6xf32>
  %ev = tensor.empty() : tensor<1x4x6xf32>
  %v = linalg.fill ins(%low : f32) outs(%ev : tensor<1x4x6xf32>) -> tensor<1x4x6xf32>
  %r = linalg.generic {indexing_maps = [#all, #rest], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x11x4x6xf32>) outs(%v : tensor<1x4x6xf32>) {
  ^bb0(%in: f32, %best: f32):
    %more = arith.cmpf ogt, %in, %best : f32
    %nan = arith.cmpf uno, %in, %in : f32
    %take = arith.ori %more, %nan : i1
    %value = arith.select %take, %in, %best : f32
    linalg.yield %value : f32
  } -> tensor<1x4x6xf32>
  return %r : tensor<1x4x6xf32>
}
