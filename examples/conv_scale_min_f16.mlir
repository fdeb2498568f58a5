#map = affine_map<(d0) -> (d0)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map2 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
module {
  func.func @conv_scale_min_f16(%arg0: tensor<64x64x256x256xf16>, %arg1: tensor<128x64x3x3xf16>, %arg2: tensor<128xf16>) -> tensor<64x1x254x254xf16> {
    %c0_i64 = arith.constant 0 : i64
    %cst = arith.constant 0x7C00 : f16
    %cst_0 = arith.constant 2.000000e+00 : f16
    %0 = tensor.empty() : tensor<64x128x254x254xf32>
    %1 = tensor.empty() : tensor<128xf32>
    %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg2 : tensor<128xf16>) outs(%1 : tensor<128xf32>) {
    ^bb0(%in: f16, %out: f32):
      %12 = arith.extf %in : f16 to f32
      linalg.yield %12 : f32
    } -> tensor<128xf32>
    %broadcasted = linalg.broadcast ins(%2 : tensor<128xf32>) outs(%0 : tensor<64x128x254x254xf32>) dimensions = [0, 2, 3] 
    %3 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%arg0, %arg1 : tensor<64x64x256x256xf16>, tensor<128x64x3x3xf16>) outs(%broadcasted : tensor<64x128x254x254xf32>) -> tensor<64x128x254x254xf32>
    %4 = tensor.empty() : tensor<64x128x254x254xf16>
    %5 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%3 : tensor<64x128x254x254xf32>) outs(%4 : tensor<64x128x254x254xf16>) {
    ^bb0(%in: f32, %out: f16):
      %12 = arith.truncf %in : f32 to f16
      linalg.yield %12 : f16
    } -> tensor<64x128x254x254xf16>
    %6 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%5 : tensor<64x128x254x254xf16>) outs(%4 : tensor<64x128x254x254xf16>) {
    ^bb0(%in: f16, %out: f16):
      %12 = arith.mulf %in, %cst_0 : f16
      linalg.yield %12 : f16
    } -> tensor<64x128x254x254xf16>
    %7 = tensor.empty() : tensor<64x254x254xi64>
    %8 = linalg.fill ins(%c0_i64 : i64) outs(%7 : tensor<64x254x254xi64>) -> tensor<64x254x254xi64>
    %9 = tensor.empty() : tensor<64x254x254xf16>
    %10 = linalg.fill ins(%cst : f16) outs(%9 : tensor<64x254x254xf16>) -> tensor<64x254x254xf16>
    %11:2 = linalg.generic {indexing_maps = [#map1, #map2, #map2], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%6 : tensor<64x128x254x254xf16>) outs(%10, %8 : tensor<64x254x254xf16>, tensor<64x254x254xi64>) {
    ^bb0(%in: f16, %out: f16, %out_1: i64):
      %12 = linalg.index 1 : index
      %13 = arith.index_cast %12 : index to i64
      %14 = arith.minimumf %in, %out : f16
      %15 = arith.cmpf olt, %in, %out : f16
      %16 = arith.select %15, %13, %out_1 : i64
      linalg.yield %14, %16 : f16, i64
    } -> (tensor<64x254x254xf16>, tensor<64x254x254xi64>)
    %expanded = tensor.expand_shape %11#0 [[0, 1], [2], [3]] output_shape [64, 1, 254, 254] : tensor<64x254x254xf16> into tensor<64x1x254x254xf16>
    return %expanded : tensor<64x1x254x254xf16>
  }
}
