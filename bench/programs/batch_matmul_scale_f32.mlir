// Scores of attention: 64 products of 512x64 with 64x512, scaled.
func.func @batch_matmul_scale_f32(%q: tensor<64x512x64xf32>,
    %k: tensor<64x64x512xf32>)
    -> tensor<64x512x512xf32> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<64x512x512xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<64x512x512xf32>) -> tensor<64x512x512xf32>
  %3 = linalg.batch_matmul  ins(%q, %k : tensor<64x512x64xf32>, tensor<64x64x512xf32>) outs(%2 : tensor<64x512x512xf32>) -> tensor<64x512x512xf32>
  %4 = tensor.empty() : tensor<64x512x512xf32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%3 : tensor<64x512x512xf32>) outs(%4 : tensor<64x512x512xf32>) {
  ^bb0(%a: f32, %u: f32):
    %sc = arith.constant 0.125 : f32
    %r = arith.mulf %a, %sc : f32
    linalg.yield %r : f32
  } -> tensor<64x512x512xf32>
  return %5 : tensor<64x512x512xf32>
}
