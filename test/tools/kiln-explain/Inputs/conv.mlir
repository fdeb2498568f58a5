// A convolution, a scale and the minimum over the channels.
#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
func.func @conv_min(%x: tensor<16x32x66x66xf32>, %w: tensor<64x32x3x3xf32>) -> tensor<16x64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %two = arith.constant 2.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<16x64x64x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<16x64x64x64xf32>) -> tensor<16x64x64x64xf32>
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<16x32x66x66xf32>, tensor<64x32x3x3xf32>) outs(%init : tensor<16x64x64x64xf32>) -> tensor<16x64x64x64xf32>
  %scaled = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv : tensor<16x64x64x64xf32>) outs(%e : tensor<16x64x64x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.mulf %in, %two : f32
    linalg.yield %m : f32
  } -> tensor<16x64x64x64xf32>
  %r = tensor.empty() : tensor<16x64x64xf32>
  %rinit = linalg.fill ins(%inf : f32) outs(%r : tensor<16x64x64xf32>) -> tensor<16x64x64xf32>
  %min = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%scaled : tensor<16x64x64x64xf32>) outs(%rinit : tensor<16x64x64xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.minimumf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<16x64x64xf32>
  return %min : tensor<16x64x64xf32>
}
