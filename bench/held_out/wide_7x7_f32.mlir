// 7x7 with padding, 16 to 64 channels, bias and silu.
#all = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#channel = affine_map<(d0, d1, d2, d3) -> (d1)>
func.func @wide_7x7_f32(%x: tensor<8x16x96x96xf32>, %w: tensor<64x16x7x7xf32>, %bias: tensor<64xf32>)
    -> tensor<8x64x96x96xf32> {
  %pz = arith.constant 0.0 : f32
  %padded = tensor.pad %x low[0, 0, 3, 3] high[0, 0, 3, 3] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %pz : f32
  } : tensor<8x16x96x96xf32> to tensor<8x16x102x102xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8x64x96x96xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x64x96x96xf32>) -> tensor<8x64x96x96xf32>
  %conv = linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%padded, %w : tensor<8x16x102x102xf32>, tensor<64x16x7x7xf32>) outs(%init : tensor<8x64x96x96xf32>) -> tensor<8x64x96x96xf32>
  %out = tensor.empty() : tensor<8x64x96x96xf32>
  %y = linalg.generic {indexing_maps = [#all, #channel, #all],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<8x64x96x96xf32>, tensor<64xf32>) outs(%out : tensor<8x64x96x96xf32>) {
  ^bb0(%v: f32, %b: f32, %u: f32):
    %s = arith.addf %v, %b : f32
    %n = arith.negf %s : f32
    %e = math.exp %n : f32
    %one = arith.constant 1.0 : f32
    %d = arith.addf %e, %one : f32
    %m = arith.divf %s, %d : f32
    linalg.yield %m : f32
  } -> tensor<8x64x96x96xf32>
  return %y : tensor<8x64x96x96xf32>
}
