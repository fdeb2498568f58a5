// A 3x3 convolution and the logarithm of the sum of exponentials of its 64 channels.
func.func @conv_logsumexp_f32(%x: tensor<32x32x98x98xf32>,
    %w: tensor<64x32x3x3xf32>)
    -> tensor<32x96x96xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<32x64x96x96xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<32x64x96x96xf32>) -> tensor<32x64x96x96xf32>
  %3 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>} ins(%x, %w : tensor<32x32x98x98xf32>, tensor<64x32x3x3xf32>) outs(%2 : tensor<32x64x96x96xf32>) -> tensor<32x64x96x96xf32>
  %4 = arith.constant 0xFF800000 : f32
  %5 = tensor.empty() : tensor<32x96x96xf32>
  %6 = linalg.fill ins(%4 : f32) outs(%5 : tensor<32x96x96xf32>) -> tensor<32x96x96xf32>
  %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%3 : tensor<32x64x96x96xf32>) outs(%6 : tensor<32x96x96xf32>) {
  ^bb0(%a: f32, %u: f32):
    %r = arith.maximumf %a, %u : f32
    linalg.yield %r : f32
  } -> tensor<32x96x96xf32>
  %8 = tensor.empty() : tensor<32x64x96x96xf32>
  %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%3, %7 : tensor<32x64x96x96xf32>, tensor<32x96x96xf32>) outs(%8 : tensor<32x64x96x96xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %d = arith.subf %a, %b : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<32x64x96x96xf32>
  %10 = arith.constant 0.0 : f32
  %11 = tensor.empty() : tensor<32x96x96xf32>
  %12 = linalg.fill ins(%10 : f32) outs(%11 : tensor<32x96x96xf32>) -> tensor<32x96x96xf32>
  %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>],
      iterator_types = ["parallel", "reduction", "parallel", "parallel"]}
      ins(%9 : tensor<32x64x96x96xf32>) outs(%12 : tensor<32x96x96xf32>) {
  ^bb0(%a: f32, %u: f32):
    %r = arith.addf %a, %u : f32
    linalg.yield %r : f32
  } -> tensor<32x96x96xf32>
  %14 = tensor.empty() : tensor<32x96x96xf32>
  %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%13, %7 : tensor<32x96x96xf32>, tensor<32x96x96xf32>) outs(%14 : tensor<32x96x96xf32>) {
  ^bb0(%a: f32, %b: f32, %u: f32):
    %l = math.log %a : f32
    %r = arith.addf %l, %b : f32
    linalg.yield %r : f32
  } -> tensor<32x96x96xf32>
  return %15 : tensor<32x96x96xf32>
}
