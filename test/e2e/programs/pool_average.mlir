// Average pooling: a sum and a division.
func.func @main(%x: tensor<2x5x13x17xf32>) -> tensor<2x5x7x9xf32> {
  %padv = arith.constant 0.0 : f32
  %pd = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i0: index, %i1: index, %i2: index, %i3: index):
    tensor.yield %padv : f32
  } : tensor<2x5x13x17xf32> to tensor<2x5x15x19xf32>
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x5x7x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x5x7x9xf32>) -> tensor<2x5x7x9xf32>
  %win = tensor.empty() : tensor<3x3xf32>
  %p = linalg.pooling_nchw_sum {strides = dense<2> : tensor<2xi64>} ins(%pd, %win : tensor<2x5x15x19xf32>, tensor<3x3xf32>) outs(%z : tensor<2x5x7x9xf32>) -> tensor<2x5x7x9xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p : tensor<2x5x7x9xf32>) outs(%z_e : tensor<2x5x7x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %n = arith.constant 9.0 : f32
    %s = arith.divf %v, %n : f32
    linalg.yield %s : f32
  } -> tensor<2x5x7x9xf32>
  return %q : tensor<2x5x7x9xf32>
}
