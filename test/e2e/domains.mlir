// RUN: rm -rf %t && kiln-compile %s -o %t --no-cubin --with-reference
// RUN: kiln-run %t --device=cpu --verify | FileCheck %s
// RUN: kiln-run %t --device=cpu --verify --json | FileCheck %s --check-prefix=JSON
// RUN: not kiln-run %t --device=cpu --verify --random=arg3:-1:1 | FileCheck %s --check-prefix=RANDOM
//
// Normalisation by given statistics, divided by a vector: random data that the
// program is not defined for would make most results NaN, or infinite.

// CHECK: input arg3: random in [0.25, 1), since a root, logarithm or power of it is taken
// CHECK-NEXT: input arg4: random in [-1, -0.25] and [0.25, 1), since something is divided by it
// CHECK: verify result0 {{.*}}PASS

// JSON: "drawn": [
// JSON: "name": "arg3",
// JSON-NEXT: "domain": "positive",
// JSON-NEXT: "range": "[0.25, 1)"

// What the command line says wins.
// RANDOM-NOT: input arg3
// RANDOM: input arg4
// RANDOM: verify result0 {{.*}}FAIL
// RANDOM: reference values are not finite, so the comparison proves little

#map = affine_map<(n, f, h, w) -> (n, f, h, w)>
#channels = affine_map<(n, f, h, w) -> (f)>
#vector = affine_map<(f) -> (f)>
func.func @batch_norm(%x: tensor<1x8x6x10xf32>, %w: tensor<16x8x3x3xf32>, %mean: tensor<16xf32>, %variance: tensor<16xf32>, %by: tensor<16xf32>) -> tensor<1x16x4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %eps = arith.constant 1.0e-05 : f32
  %e = tensor.empty() : tensor<1x16x4x8xf32>
  %ev = tensor.empty() : tensor<16xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32>
  %conv = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x6x10xf32>, tensor<16x8x3x3xf32>) outs(%init : tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32>
  %shifted = linalg.generic {indexing_maps = [#vector, #vector], iterator_types = ["parallel"]} ins(%variance : tensor<16xf32>) outs(%ev : tensor<16xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %eps : f32
    linalg.yield %0 : f32
  } -> tensor<16xf32>
  %scale = linalg.rsqrt ins(%shifted : tensor<16xf32>) outs(%ev : tensor<16xf32>) -> tensor<16xf32>
  %y = linalg.generic {indexing_maps = [#map, #channels, #channels, #channels, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%conv, %mean, %scale, %by : tensor<1x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%e : tensor<1x16x4x8xf32>) {
  ^bb0(%in: f32, %m: f32, %s: f32, %d: f32, %out: f32):
    %0 = arith.subf %in, %m : f32
    %1 = arith.mulf %0, %s : f32
    %2 = arith.divf %1, %d : f32
    linalg.yield %2 : f32
  } -> tensor<1x16x4x8xf32>
  return %y : tensor<1x16x4x8xf32>
}
