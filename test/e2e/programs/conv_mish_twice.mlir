// A convolution with bias and mish, twice, as PyTorch writes it.
#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
func.func @main(%x: tensor<2x8x11x13xf32>, %w: tensor<24x8x3x3xf32>, %b: tensor<24xf32>) -> tensor<2x24x9x11xf32> {
  %twenty = arith.constant 20.0 : f32
  %e = tensor.empty() : tensor<2x24x9x11xf32>
  %init = linalg.broadcast ins(%b : tensor<24xf32>) outs(%e : tensor<2x24x9x11xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x11x13xf32>, tensor<24x8x3x3xf32>) outs(%init : tensor<2x24x9x11xf32>) -> tensor<2x24x9x11xf32>
  %m = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c : tensor<2x24x9x11xf32>) outs(%e : tensor<2x24x9x11xf32>) {
  ^bb0(%v: f32, %o: f32):
    %p = math.exp %v : f32
    %l = math.log1p %p : f32
    %g = arith.cmpf ogt, %v, %twenty : f32
    %s = arith.select %g, %v, %l : f32
    %t = math.tanh %s : f32
    %r = arith.mulf %v, %t : f32
    linalg.yield %r : f32
  } -> tensor<2x24x9x11xf32>
  %n = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%m : tensor<2x24x9x11xf32>) outs(%e : tensor<2x24x9x11xf32>) {
  ^bb0(%v: f32, %o: f32):
    %p = math.exp %v : f32
    %l = math.log1p %p : f32
    %g = arith.cmpf ogt, %v, %twenty : f32
    %s = arith.select %g, %v, %l : f32
    %t = math.tanh %s : f32
    %r = arith.mulf %v, %t : f32
    linalg.yield %r : f32
  } -> tensor<2x24x9x11xf32>
  return %n : tensor<2x24x9x11xf32>
}
