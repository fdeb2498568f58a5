module @jit_conv_scale_min_nhwc_f16 {
  func.func @conv_scale_min_nhwc_f16(%arg0: tensor<2x18x66x32xf16>, %arg1: tensor<3x3x32x64xf16>, %arg2: tensor<64xf16>) -> tensor<2x16x64x1xf16> {
    %cst = arith.constant 0x7C00 : f16
    %cst_0 = arith.constant 2.000000e+00 : f16
    %cst_1 = arith.constant 0.000000e+00 : f16
    %0 = tensor.empty() : tensor<2x16x64x64xf16>
    %1 = linalg.fill ins(%cst_1 : f16) outs(%0 : tensor<2x16x64x64xf16>) -> tensor<2x16x64x64xf16>
    %2 = linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%arg0, %arg1 : tensor<2x18x66x32xf16>, tensor<3x3x32x64xf16>) outs(%1 : tensor<2x16x64x64xf16>) -> tensor<2x16x64x64xf16>
    %3 = tensor.empty() : tensor<2x16x64x64xf16>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<64xf16>) outs(%3 : tensor<2x16x64x64xf16>) {
    ^bb0(%in: f16, %out: f16):
      linalg.yield %in : f16
    } -> tensor<2x16x64x64xf16>
    %5 = tensor.empty() : tensor<2x16x64x64xf16>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%2, %4 : tensor<2x16x64x64xf16>, tensor<2x16x64x64xf16>) outs(%5 : tensor<2x16x64x64xf16>) {
    ^bb0(%in: f16, %in_2: f16, %out: f16):
      %12 = arith.addf %in, %in_2 : f16
      linalg.yield %12 : f16
    } -> tensor<2x16x64x64xf16>
    %7 = tensor.empty() : tensor<2x16x64x64xf16>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%6 : tensor<2x16x64x64xf16>) outs(%7 : tensor<2x16x64x64xf16>) {
    ^bb0(%in: f16, %out: f16):
      %12 = arith.mulf %in, %cst_0 : f16
      linalg.yield %12 : f16
    } -> tensor<2x16x64x64xf16>
    %9 = tensor.empty() : tensor<2x16x64xf16>
    %10 = linalg.fill ins(%cst : f16) outs(%9 : tensor<2x16x64xf16>) -> tensor<2x16x64xf16>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%8 : tensor<2x16x64x64xf16>) outs(%10 : tensor<2x16x64xf16>) {
    ^bb0(%in: f16, %out: f16):
      %12 = arith.minimumf %out, %in : f16
      linalg.yield %12 : f16
    } -> tensor<2x16x64xf16>
    %expanded = tensor.expand_shape %11 [[0], [1], [2, 3]] output_shape [2, 16, 64, 1] : tensor<2x16x64xf16> into tensor<2x16x64x1xf16>
    return %expanded : tensor<2x16x64x1xf16>
  }
}