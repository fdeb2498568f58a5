// A segmentation head: 1x1 to 21 classes, the largest score of each position.
func.func @segment_max_f16(%x: tensor<8x128x128x128xf16>,
    %w: tensor<21x128x1x1xf16>,
    %bias: tensor<21xf32>)
    -> tensor<8x128x128xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<8x21x128x128xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<8x21x128x128xf32>) -> tensor<8x21x128x128xf32>
  %3 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<8x128x128x128xf16>, tensor<21x128x1x1xf16>) outs(%2 : tensor<8x21x128x128xf32>) -> tensor<8x21x128x128xf32>
  %4 = tensor.empty() : tensor<8x21x128x128xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%3, %bias : tensor<8x21x128x128xf32>, tensor<21xf32>) outs(%4 : tensor<8x21x128x128xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x21x128x128xf32>
  %6 = arith.constant 0xFF800000 : f32
  %7 = tensor.empty() : tensor<8x128x128xf32>
  %8 = linalg.fill ins(%6 : f32) outs(%7 : tensor<8x128x128xf32>) -> tensor<8x128x128xf32>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%5 : tensor<8x21x128x128xf32>) outs(%8 : tensor<8x128x128xf32>) {
  ^bb0(%a: f32, %u: f32):
    %r = arith.maximumf %a, %u : f32
    linalg.yield %r : f32
  } -> tensor<8x128x128xf32>
  return %9 : tensor<8x128x128xf32>
}
