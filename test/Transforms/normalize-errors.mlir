// RUN: kiln-opt %s --kiln-normalize --split-input-file --verify-diagnostics

// Where a single row or tap never applies them, linalg itself accepts negative
// strides and dilations.
func.func @stride(%x: tensor<2x3x3x3xf32>, %w: tensor<4x3x3x3xf32>, %o: tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32> {
  // expected-error @+1 {{strides must be positive, not -2}}
  %conv = linalg.conv_2d_nchw_fchw {strides = dense<-2> : tensor<2xi64>} ins(%x, %w : tensor<2x3x3x3xf32>, tensor<4x3x3x3xf32>) outs(%o : tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32>
  return %conv : tensor<2x4x1x1xf32>
}

// -----

func.func @dilation(%x: tensor<2x6x7x3xf32>, %w: tensor<1x1x3x4xf32>, %o: tensor<2x6x7x4xf32>) -> tensor<2x6x7x4xf32> {
  // expected-error @+1 {{dilations must be positive, not -1}}
  %conv = linalg.conv_2d_nhwc_hwcf {dilations = dense<-1> : tensor<2xi64>} ins(%x, %w : tensor<2x6x7x3xf32>, tensor<1x1x3x4xf32>) outs(%o : tensor<2x6x7x4xf32>) -> tensor<2x6x7x4xf32>
  return %conv : tensor<2x6x7x4xf32>
}
