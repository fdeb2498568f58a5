// RUN: rm -rf %t && kiln-compile %s -o %t --no-cubin --with-reference
// RUN: kiln-run %t --device=cpu --verify 2>&1 | FileCheck %s
//
// 20 channels in a tile of 32: what the reductions' bodies make of a padded channel,
// exp(0) and the scale of a channel that does not exist, is not combined.

// CHECK: verify result0 {{.*}}PASS

#map = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channel = affine_map<(n, f, h, w) -> (f)>
#kept = affine_map<(n, f, h, w) -> (n, h, w)>
func.func @padded(%x: tensor<1x8x6x18xf32>, %w: tensor<20x8x3x3xf32>, %scale: tensor<20xf32>) -> tensor<1x4x16xf32> {
  %zero = arith.constant 0.0 : f32
  %inf = arith.constant 0x7F800000 : f32
  %e = tensor.empty() : tensor<1x20x4x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x4x16xf32>) -> tensor<1x20x4x16xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x18xf32>, tensor<20x8x3x3xf32>) outs(%z : tensor<1x20x4x16xf32>) -> tensor<1x20x4x16xf32>
  %k = tensor.empty() : tensor<1x4x16xf32>
  %i = linalg.fill ins(%zero : f32) outs(%k : tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  %s = linalg.generic {indexing_maps = [#map, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<1x20x4x16xf32>) outs(%i : tensor<1x4x16xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = math.exp %a : f32
    %2 = arith.addf %o, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<1x4x16xf32>
  %j = linalg.fill ins(%inf : f32) outs(%k : tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  %m = linalg.generic {indexing_maps = [#map, #channel, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c, %scale : tensor<1x20x4x16xf32>, tensor<20xf32>) outs(%j : tensor<1x4x16xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.mulf %a, %b : f32
    %2 = arith.minimumf %1, %o : f32
    linalg.yield %2 : f32
  } -> tensor<1x4x16xf32>
  %r = linalg.map { arith.addf } ins(%s, %m : tensor<1x4x16xf32>, tensor<1x4x16xf32>) outs(%k : tensor<1x4x16xf32>)
  return %r : tensor<1x4x16xf32>
}
