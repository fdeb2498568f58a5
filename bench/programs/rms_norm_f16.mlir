// RMS norm of rows of 1024 in f16, sums in f32, with a scale.
func.func @rms_norm_f16(%x: tensor<16384x1024xf16>,
    %g: tensor<1024xf32>)
    -> tensor<16384x1024xf16> {
  %0 = arith.constant 0.0 : f32
  %1 = tensor.empty() : tensor<16384xf32>
  %2 = linalg.fill ins(%0 : f32) outs(%1 : tensor<16384xf32>) -> tensor<16384xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<16384x1024xf16>) outs(%2 : tensor<16384xf32>) {
  ^bb0(%a: f16, %u: f32):
    %e = arith.extf %a : f16 to f32
    %q = arith.mulf %e, %e : f32
    %r = arith.addf %q, %u : f32
    linalg.yield %r : f32
  } -> tensor<16384xf32>
  %4 = tensor.empty() : tensor<16384x1024xf16>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %3, %g : tensor<16384x1024xf16>, tensor<16384xf32>, tensor<1024xf32>) outs(%4 : tensor<16384x1024xf16>) {
  ^bb0(%a: f16, %b: f32, %c: f32, %u: f16):
    %n = arith.constant 1024.0 : f32
    %k = arith.constant 1.0e-05 : f32
    %m = arith.divf %b, %n : f32
    %p = arith.addf %m, %k : f32
    %r = math.rsqrt %p : f32
    %e = arith.extf %a : f16 to f32
    %q = arith.mulf %e, %r : f32
    %v = arith.mulf %q, %c : f32
    %h = arith.truncf %v : f32 to f16
    linalg.yield %h : f16
  } -> tensor<16384x1024xf16>
  return %5 : tensor<16384x1024xf16>
}
