// A square matrix product in f16, its result scaled by a number for each row.
func.func @matmul_square_f16(%x: tensor<2048x2048xf16>, %w: tensor<2048x2048xf16>, %scale: tensor<2048xf32>)
    -> tensor<2048x2048xf16> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2048x2048xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  %p = linalg.matmul ins(%x, %w : tensor<2048x2048xf16>, tensor<2048x2048xf16>)
      outs(%init : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  %out = tensor.empty() : tensor<2048x2048xf16>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%p, %scale : tensor<2048x2048xf32>, tensor<2048xf32>) outs(%out : tensor<2048x2048xf16>) {
  ^bb0(%v: f32, %b: f32, %u: f16):
    %s = arith.mulf %v, %b : f32
    %h = arith.truncf %s : f32 to f16
    linalg.yield %h : f16
  } -> tensor<2048x2048xf16>
  return %y : tensor<2048x2048xf16>
}
