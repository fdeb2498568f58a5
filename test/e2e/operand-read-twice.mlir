// RUN: rm -rf %t && kiln-compile %s -o %t --no-cubin --with-reference
// RUN: kiln-run %t --device=cpu --verify 2>&1 | FileCheck %s
//
// One vector is added along the channels and along the columns, which have the same
// extent: each use has a tile of its own.

// CHECK: verify result0 {{.*}}PASS

#map = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channels = affine_map<(n, f, h, w) -> (f)>
#columns = affine_map<(n, f, h, w) -> (w)>
#kept = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @twice(%x: tensor<1x8x6x64xf32>, %w: tensor<64x8x1x1xf32>, %v: tensor<64xf32>) -> tensor<1x6x64xf32> {
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<1x64x6x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x6x64xf32>) -> tensor<1x64x6x64xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x64xf32>, tensor<64x8x1x1xf32>) outs(%z : tensor<1x64x6x64xf32>) -> tensor<1x64x6x64xf32>
  %s = linalg.generic {indexing_maps = [#map, #channels, #columns, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %v, %v : tensor<1x64x6x64xf32>, tensor<64xf32>, tensor<64xf32>) outs(%e : tensor<1x64x6x64xf32>) {
  ^bb0(%a: f32, %b: f32, %d: f32, %o: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.addf %1, %d : f32
    linalg.yield %2 : f32
  } -> tensor<1x64x6x64xf32>
  %k = tensor.empty() : tensor<1x6x64xf32>
  %i = linalg.fill ins(%inf : f32) outs(%k : tensor<1x6x64xf32>) -> tensor<1x6x64xf32>
  %m = linalg.generic {indexing_maps = [#map, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%s : tensor<1x64x6x64xf32>) outs(%i : tensor<1x6x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.minimumf %a, %o : f32
    linalg.yield %1 : f32
  } -> tensor<1x6x64xf32>
  return %m : tensor<1x6x64xf32>
}
