// A matrix product with bias and relu, f32.
func.func @matmul_relu_f32(%x: tensor<2048x768xf32>, %w: tensor<768x3072xf32>, %bias: tensor<3072xf32>)
    -> tensor<2048x3072xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2048x3072xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<2048x3072xf32>) -> tensor<2048x3072xf32>
  %p = linalg.matmul ins(%x, %w : tensor<2048x768xf32>, tensor<768x3072xf32>)
      outs(%init : tensor<2048x3072xf32>) -> tensor<2048x3072xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%p, %bias : tensor<2048x3072xf32>, tensor<3072xf32>) outs(%empty : tensor<2048x3072xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %s = arith.addf %v, %b : f32
    %m = arith.maximumf %s, %zero : f32
    linalg.yield %m : f32
  } -> tensor<2048x3072xf32>
  return %y : tensor<2048x3072xf32>
}
