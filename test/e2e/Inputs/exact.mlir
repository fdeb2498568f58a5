// Small whole numbers: any order of sums and any schedule gives the same bits.
func.func @main(%x: tensor<1x5x6x9xf16>, %w: tensor<24x5x3x3xf16>) -> (tensor<1x4x7xf32>, tensor<1x4x7xi32>) {
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %none = arith.constant 0 : i32
  %e = tensor.empty() : tensor<1x24x4x7xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x24x4x7xf32>) -> tensor<1x24x4x7xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x5x6x9xf16>, tensor<24x5x3x3xf16>) outs(%z : tensor<1x24x4x7xf32>) -> tensor<1x24x4x7xf32>
  %ev = tensor.empty() : tensor<1x4x7xf32>
  %ei = tensor.empty() : tensor<1x4x7xi32>
  %v = linalg.fill ins(%inf : f32) outs(%ev : tensor<1x4x7xf32>) -> tensor<1x4x7xf32>
  %i = linalg.fill ins(%none : i32) outs(%ei : tensor<1x4x7xi32>) -> tensor<1x4x7xi32>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(n, f, h, w) -> (n, f, h, w)>, affine_map<(n, f, h, w) -> (n, h, w)>, affine_map<(n, f, h, w) -> (n, h, w)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x24x4x7xf32>) outs(%v, %i : tensor<1x4x7xf32>, tensor<1x4x7xi32>) {
  ^bb0(%in: f32, %best: f32, %at: i32):
    %channel = linalg.index 1 : index
    %number = arith.index_cast %channel : index to i32
    %less = arith.cmpf olt, %in, %best : f32
    %least = arith.select %less, %in, %best : f32
    %index = arith.select %less, %number, %at : i32
    linalg.yield %least, %index : f32, i32
  } -> (tensor<1x4x7xf32>, tensor<1x4x7xi32>)
  %d = linalg.generic {indexing_maps = [affine_map<(n, h, w) -> (n, h, w)>, affine_map<(n, h, w) -> (n, h, w)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%r#0 : tensor<1x4x7xf32>) outs(%ev : tensor<1x4x7xf32>) {
  ^bb0(%in: f32, %o: f32):
    %limit = arith.constant -60.0 : f32
    %three = arith.constant 3.0 : f32
    %less = arith.cmpf olt, %in, %limit : f32
    %k = arith.select %less, %three, %in : f32
    linalg.yield %k : f32
  } -> tensor<1x4x7xf32>
  return %d, %r#1 : tensor<1x4x7xf32>, tensor<1x4x7xi32>
}
