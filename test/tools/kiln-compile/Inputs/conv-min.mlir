#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
func.func @small(%arg0: tensor<2x16x18x34xf32>, %arg1: tensor<128x16x3x3xf32>, %arg2: tensor<128xf32>) -> tensor<2x16x32xf32> {
    %cst = arith.constant 0x7F800000 : f32
    %0 = tensor.empty() : tensor<2x128x16x32xf32>
    %b = linalg.broadcast ins(%arg2 : tensor<128xf32>) outs(%0 : tensor<2x128x16x32xf32>) dimensions = [0, 2, 3] 
    %1 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%arg0, %arg1 : tensor<2x16x18x34xf32>, tensor<128x16x3x3xf32>) outs(%b : tensor<2x128x16x32xf32>) -> tensor<2x128x16x32xf32>
    %5 = tensor.empty() : tensor<2x16x32xf32>
    %6 = linalg.fill ins(%cst : f32) outs(%5 : tensor<2x16x32xf32>) -> tensor<2x16x32xf32>
    %7 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%1 : tensor<2x128x16x32xf32>) outs(%6 : tensor<2x16x32xf32>) {
    ^bb0(%in: f32, %out: f32):
      %10 = arith.minimumf %in, %out : f32
      linalg.yield %10 : f32
    } -> tensor<2x16x32xf32>
    return %7 : tensor<2x16x32xf32>
}
