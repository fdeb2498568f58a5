// RUN: kiln-opt %s --split-input-file --kiln-set-target --kiln-select-schedule | FileCheck %s
//
// What the rules choose where no instruction multiplies: a block owns a tile of
// the axes that all results have and walks the others.

// Elementwise: lanes along the innermost axis. With 1 << 20 elements there are
// tiles enough for four values a thread.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [1, 1024], threads = {{\[\[}}1:1], [256:1]], vector = [1, 4], block = 256>
// CHECK-LABEL: func.func @negate(
// CHECK: kiln.kernel "negate" {{.*}} attributes {schedule = #[[S]]}
func.func @negate(%x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  %y = kiln.kernel "negate" (%x : tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
  ^bb0(%a: tensor<1024x1024xf32>):
    %r = linalg.negf ins(%a : tensor<1024x1024xf32>) outs(%a : tensor<1024x1024xf32>) -> tensor<1024x1024xf32>
    kiln.yield %r : tensor<1024x1024xf32>
  }
  return %y : tensor<1024x1024xf32>
}

// -----

// A sum over rows of 100: 128 threads walk a row, two rows a block; a thread
// adds up several values where the axis is long enough.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [2, 128], threads = {{\[\[}}2:128], [128:1]], vector = [1, 1], block = 256>
// CHECK-LABEL: func.func @row_sum(
func.func @row_sum(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// f64 is multiplied by no instruction: lanes lie along the columns, channels and
// taps are walked one by one.
// CHECK: #kiln.loop_schedule<tile = [1, 1, 32, 8, 1, 1], threads = {{\[\[}}1:1], [1:1], [32:1], [8:32], [1:1], [1:1]], vector = [1, 1, 1, 1, 1, 1], block = 256>
// CHECK-LABEL: func.func @f64(
func.func @f64(%x: tensor<1x8x66x66xf64>, %w: tensor<64x8x3x3xf64>, %o: tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64> {
  %y = kiln.kernel "conv" (%x, %w, %o : tensor<1x8x66x66xf64>, tensor<64x8x3x3xf64>, tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64> {
  ^bb0(%a: tensor<1x8x66x66xf64>, %b: tensor<64x8x3x3xf64>, %c: tensor<1x64x64x64xf64>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x8x66x66xf64>, tensor<64x8x3x3xf64>) outs(%c : tensor<1x64x64x64xf64>) -> tensor<1x64x64x64xf64>
    kiln.yield %r : tensor<1x64x64x64xf64>
  }
  return %y : tensor<1x64x64x64xf64>
}

// -----

// A body that has no combiner runs in order: its axis has no threads.
// CHECK: #kiln.loop_schedule<tile = [64, 1], threads = {{\[\[}}64:1], [1:{{[0-9]+}}]], vector = [1, 1], block = 64>
// CHECK-LABEL: func.func @horner(
#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @horner(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "horner" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %half = arith.constant 0.5 : f32
    %r = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) {
    ^bb1(%v: f32, %s: f32):
      %m = arith.mulf %s, %half : f32
      %t = arith.addf %m, %v : f32
      linalg.yield %t : f32
    } -> tensor<64xf32>
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}

// -----

// A schedule that is given stays.
// CHECK: #[[S:[a-z_0-9]+]] = #kiln.loop_schedule<tile = [8, 32], threads = {{\[\[}}1:0], [32:1]], vector = [1, 1], block = 32>
// CHECK-LABEL: func.func @given(
// CHECK: kiln.kernel "row_sum" {{.*}} attributes {schedule = #[[S]]}
func.func @given(%x: tensor<64x100xf32>, %o: tensor<64xf32>) -> tensor<64xf32> {
  %y = kiln.kernel "row_sum" (%x, %o : tensor<64x100xf32>, tensor<64xf32>) -> tensor<64xf32> attributes {schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[1:0], [32:1]], vector = [1, 1], block = 32>} {
  ^bb0(%a: tensor<64x100xf32>, %b: tensor<64xf32>):
    %r = linalg.reduce {arith.addf} ins(%a : tensor<64x100xf32>) outs(%b : tensor<64xf32>) dimensions = [1]
    kiln.yield %r : tensor<64xf32>
  }
  return %y : tensor<64xf32>
}
