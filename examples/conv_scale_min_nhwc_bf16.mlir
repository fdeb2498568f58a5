module @jit_conv_scale_min_nhwc_bf16 {
  func.func @conv_scale_min_nhwc_bf16(%arg0: tensor<64x256x256x64xbf16>, %arg1: tensor<3x3x64x128xbf16>, %arg2: tensor<128xbf16>) -> tensor<64x254x254x1xbf16> {
    %cst = arith.constant 0x7F80 : bf16
    %cst_0 = arith.constant 2.000000e+00 : bf16
    %cst_1 = arith.constant 0.000000e+00 : bf16
    %0 = tensor.empty() : tensor<64x254x254x128xbf16>
    %1 = linalg.fill ins(%cst_1 : bf16) outs(%0 : tensor<64x254x254x128xbf16>) -> tensor<64x254x254x128xbf16>
    %2 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<64x256x256x64xbf16>, tensor<3x3x64x128xbf16>) outs(%1 : tensor<64x254x254x128xbf16>) -> tensor<64x254x254x128xbf16>
    %3 = tensor.empty() : tensor<64x254x254x128xbf16>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<128xbf16>) outs(%3 : tensor<64x254x254x128xbf16>) {
    ^bb0(%in: bf16, %out: bf16):
      linalg.yield %in : bf16
    } -> tensor<64x254x254x128xbf16>
    %5 = tensor.empty() : tensor<64x254x254x128xbf16>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2, %4 : tensor<64x254x254x128xbf16>, tensor<64x254x254x128xbf16>) outs(%5 : tensor<64x254x254x128xbf16>) {
    ^bb0(%in: bf16, %in_2: bf16, %out: bf16):
      %12 = arith.addf %in, %in_2 : bf16
      linalg.yield %12 : bf16
    } -> tensor<64x254x254x128xbf16>
    %7 = tensor.empty() : tensor<64x254x254x128xbf16>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<64x254x254x128xbf16>) outs(%7 : tensor<64x254x254x128xbf16>) {
    ^bb0(%in: bf16, %out: bf16):
      %12 = arith.mulf %in, %cst_0 : bf16
      linalg.yield %12 : bf16
    } -> tensor<64x254x254x128xbf16>
    %9 = tensor.empty() : tensor<64x254x254xbf16>
    %10 = linalg.fill ins(%cst : bf16) outs(%9 : tensor<64x254x254xbf16>) -> tensor<64x254x254xbf16>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<64x254x254x128xbf16>) outs(%10 : tensor<64x254x254xbf16>) {
    ^bb0(%in: bf16, %out: bf16):
      %12 = arith.minimumf %out, %in : bf16
      linalg.yield %12 : bf16
    } -> tensor<64x254x254xbf16>
    %expanded = tensor.expand_shape %11 [[0], [1], [2, 3]] output_shape [64, 254, 254, 1] : tensor<64x254x254xbf16> into tensor<64x254x254x1xbf16>
    return %expanded : tensor<64x254x254x1xbf16>
  }
}