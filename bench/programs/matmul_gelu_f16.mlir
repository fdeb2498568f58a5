// A matrix product with bias and gelu (tanh), f16 with f32 sums: an MLP's first layer.
func.func @matmul_gelu_f16(%x: tensor<4096x1024xf16>,
    %w: tensor<1024x4096xf16>,
    %bias: tensor<4096xf32>)
    -> tensor<4096x4096xf16> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<4096x4096xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  %3 = linalg.matmul  ins(%x, %w : tensor<4096x1024xf16>, tensor<1024x4096xf16>) outs(%2 : tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  %4 = tensor.empty() : tensor<4096x4096xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%3, %bias : tensor<4096x4096xf32>, tensor<4096xf32>) outs(%4 : tensor<4096x4096xf16>) {
  ^bb0(%a: f32, %b: f32, %u: f16):
    %s = arith.addf %a, %b : f32
    %k = arith.constant 0.044715 : f32
    %g = arith.constant 0.797884583 : f32
    %h = arith.constant 0.5 : f32
    %o = arith.constant 1.0 : f32
    %p2 = arith.mulf %s, %s : f32
    %p3 = arith.mulf %p2, %s : f32
    %q = arith.mulf %p3, %k : f32
    %r = arith.addf %q, %s : f32
    %v = arith.mulf %r, %g : f32
    %th = math.tanh %v : f32
    %i = arith.addf %th, %o : f32
    %j = arith.mulf %s, %h : f32
    %l = arith.mulf %i, %j : f32
    %y = arith.truncf %l : f32 to f16
    linalg.yield %y : f16
  } -> tensor<4096x4096xf16>
  return %5 : tensor<4096x4096xf16>
}
