// A mask of a convolution as i1.
func.func @main(%x: tensor<2x8x8x11xf32>, %w: tensor<24x8x3x3xf32>) -> tensor<2x24x6x9xi1> {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x6x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x8x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x6x9xf32>) -> tensor<2x24x6x9xf32>
  %ie = tensor.empty() : tensor<2x24x6x9xi1>
  %zero = arith.constant 0.0 : f32
  %a = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c : tensor<2x24x6x9xf32>) outs(%ie : tensor<2x24x6x9xi1>) {
  ^bb0(%v: f32, %u: i1):
    %o = arith.cmpf ogt, %v, %zero : f32
    linalg.yield %o : i1
  } -> tensor<2x24x6x9xi1>
  return %a : tensor<2x24x6x9xi1>
}
