// RUN: rm -rf %t && kiln-compile %s -o %t --no-cubin --with-reference
// RUN: kiln-run %t --device=cpu --verify --sample=3 | FileCheck %s
// RUN: not kiln-run %t --device=cpu --verify --sample=3 --inject=index | FileCheck %s --check-prefix=FAULT
//
// Tiles of a kernel with two outputs, each in boxes of its own: the second has no channels,
// so that its rows are another dimension than those of the first.

// CHECK: tiles: 0 findings
// CHECK-NEXT: verify result0 {{.*}}: PASS
// CHECK: verify result1 {{.*}}: PASS

// FAULT-DAG: verify result0 {{.*}}: FAIL
// FAULT-DAG: verify result1 {{.*}}: FAIL
func.func @main(%x: tensor<2x8x40x11xf32>, %w: tensor<24x8x3x3xf32>) -> (tensor<2x24x38x9xf32>, tensor<2x38x9xf32>) {
  %z_v = arith.constant 0.0 : f32
  %z_e = tensor.empty() : tensor<2x24x38x9xf32>
  %z = linalg.fill ins(%z_v : f32) outs(%z_e : tensor<2x24x38x9xf32>) -> tensor<2x24x38x9xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<2x8x40x11xf32>, tensor<24x8x3x3xf32>) outs(%z : tensor<2x24x38x9xf32>) -> tensor<2x24x38x9xf32>
  %lo_v = arith.constant 0xFF800000 : f32
  %lo_e = tensor.empty() : tensor<2x38x9xf32>
  %lo = linalg.fill ins(%lo_v : f32) outs(%lo_e : tensor<2x38x9xf32>) -> tensor<2x38x9xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%c : tensor<2x24x38x9xf32>) outs(%lo : tensor<2x38x9xf32>) {
  ^bb0(%v: f32, %u: f32):
    %s = arith.maximumf %v, %u : f32
    linalg.yield %s : f32
  } -> tensor<2x38x9xf32>
  return %c, %m : tensor<2x24x38x9xf32>, tensor<2x38x9xf32>
}
