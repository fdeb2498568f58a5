#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
module {
  func.func @conv2d_scaling_min(%arg0: tensor<2x16x18x66xf32>, %arg1: tensor<64x16x3x3xf32>, %arg2: tensor<64xf32>) -> tensor<2x1x16x64xf32> {
    %c0_i64 = arith.constant 0 : i64
    %cst = arith.constant 0x7F800000 : f32
    %cst_0 = arith.constant 2.000000e+00 : f32
    %0 = tensor.empty() : tensor<2x64x16x64xf32>
    %broadcasted = linalg.broadcast ins(%arg2 : tensor<64xf32>) outs(%0 : tensor<2x64x16x64xf32>) dimensions = [0, 2, 3] 
    %1 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%arg0, %arg1 : tensor<2x16x18x66xf32>, tensor<64x16x3x3xf32>) outs(%broadcasted : tensor<2x64x16x64xf32>) -> tensor<2x64x16x64xf32>
    %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<2x64x16x64xf32>) outs(%0 : tensor<2x64x16x64xf32>) {
    ^bb0(%in: f32, %out: f32):
      %8 = arith.mulf %in, %cst_0 : f32
      linalg.yield %8 : f32
    } -> tensor<2x64x16x64xf32>
    %3 = tensor.empty() : tensor<2x16x64xi64>
    %4 = linalg.fill ins(%c0_i64 : i64) outs(%3 : tensor<2x16x64xi64>) -> tensor<2x16x64xi64>
    %5 = tensor.empty() : tensor<2x16x64xf32>
    %6 = linalg.fill ins(%cst : f32) outs(%5 : tensor<2x16x64xf32>) -> tensor<2x16x64xf32>
    %7:2 = linalg.generic {indexing_maps = [#map, #map1, #map1], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%2 : tensor<2x64x16x64xf32>) outs(%6, %4 : tensor<2x16x64xf32>, tensor<2x16x64xi64>) {
    ^bb0(%in: f32, %out: f32, %out_1: i64):
      %8 = linalg.index 1 : index
      %9 = arith.index_cast %8 : index to i64
      %10 = arith.minimumf %in, %out : f32
      %11 = arith.cmpf olt, %in, %out : f32
      %12 = arith.select %11, %9, %out_1 : i64
      linalg.yield %10, %12 : f32, i64
    } -> (tensor<2x16x64xf32>, tensor<2x16x64xi64>)
    %expanded = tensor.expand_shape %7#0 [[0, 1], [2], [3]] output_shape [2, 1, 16, 64] : tensor<2x16x64xf32> into tensor<2x1x16x64xf32>
    return %expanded : tensor<2x1x16x64xf32>
  }
}
