// RUN: kiln-opt %s --kiln-tile-to-blocks --split-input-file --mlir-print-local-scope | FileCheck %s
//
// An axis of one tile needs no loop, and what was read or computed on it is there for
// every later pass over it.

#schedule = #kiln.loop_schedule<tile = [8, 128, 128], threads = [[8:32], [32:1], [32:1]], vector = [1, 4, 4], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// A softmax over rows that a block holds: the argument is read once, although the maximum
// and the sum walk axes of their own, and the exponentials are computed once.
//
// CHECK-LABEL: func @softmax
// CHECK:         ^bb0(%[[X:.+]]: tensor<10x100xf32>):
// CHECK:         scf.forall (%{{.+}}) in (2) {
// CHECK-NOT:       scf.for
// CHECK:           kiln.extract_tile %[[X]]
// CHECK-NOT:       kiln.extract_tile
// CHECK:           %[[MAX:.+]] = linalg.generic {{.*}}"reduction"]}
// CHECK:           %[[EXP:.+]] = linalg.generic {{.*}} ins(%{{.+}}, %[[MAX]] :
// CHECK:             math.exp
// CHECK:           %[[REAL:.+]] = linalg.generic {{.*}} ins(%[[EXP]] :
// CHECK:             arith.select
// CHECK:           %[[SUM:.+]] = linalg.generic {{.*}}"reduction"]} ins(%[[REAL]] :
// CHECK-NOT:       math.exp
// CHECK:           linalg.generic {{.*}} ins(%[[EXP]], %[[SUM]] :
// CHECK:             arith.divf
// CHECK:           kiln.store_tile
func.func @softmax(%x: tensor<10x100xf32>) -> tensor<10x100xf32> {
  %y = kiln.kernel "softmax" (%x : tensor<10x100xf32>) -> tensor<10x100xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %e1 = tensor.empty() : tensor<10xf32>
    %e2 = tensor.empty() : tensor<10x100xf32>
    %f = linalg.fill ins(%lowest : f32) outs(%e1 : tensor<10xf32>) -> tensor<10xf32>
    %m = linalg.reduce { arith.maximumf } ins(%a : tensor<10x100xf32>) outs(%f : tensor<10xf32>) dimensions = [1]
    %p = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %m : tensor<10x100xf32>, tensor<10xf32>) outs(%e2 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %o: f32):
      %0 = arith.subf %i, %j : f32
      %1 = math.exp %0 : f32
      linalg.yield %1 : f32
    } -> tensor<10x100xf32>
    %g = linalg.fill ins(%zero : f32) outs(%e1 : tensor<10xf32>) -> tensor<10xf32>
    %s = linalg.reduce { arith.addf } ins(%p : tensor<10x100xf32>) outs(%g : tensor<10xf32>) dimensions = [1]
    %q = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %s : tensor<10x100xf32>, tensor<10xf32>) outs(%e2 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %o: f32):
      %0 = arith.divf %i, %j : f32
      linalg.yield %0 : f32
    } -> tensor<10x100xf32>
    kiln.yield %q : tensor<10x100xf32>
  }
  return %y : tensor<10x100xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 1, 32, 4, 4], threads = [[4:8], [1:0], [8:1], [1:0], [1:0]], vector = [1, 1, 4, 1, 1], block = 32>
// Taps as registers: one tile has the whole window of three by three, padded to four, and
// the fourth row and column are left out of the maximum.
//
// CHECK-LABEL: func @max_pool
// CHECK:         scf.forall
// CHECK-NOT:       scf.for
// CHECK:           kiln.load_tile {{.*}} map affine_map<(d0, d1, d2, d3, d4) -> (0, d0, d1 * 2 + d3 - 1, d2 * 2 + d4 - 1)> {{.*}} -> tensor<4x1x32x4x4xf32, #kiln.layout<register = {{\[\[}}0, 0, 1, 0, 0], [0, 0, 2, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 2], [0, 0, 0, 1, 0], [0, 0, 0, 2, 0]],
// CHECK:           linalg.generic {{.*}} outs(%{{.+}} : tensor<1x4x1x32x4x4xf32
// CHECK-DAG:         arith.cmpi ult, %{{.+}}, %c3
// CHECK:           linalg.generic {{.*}}"reduction", "reduction"]}
func.func @max_pool(%x: tensor<1x6x7x63xf32>) -> tensor<1x6x4x32xf32> {
  %y = kiln.kernel "max_pool" (%x : tensor<1x6x7x63xf32>) -> tensor<1x6x4x32xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x6x7x63xf32>):
    %lowest = arith.constant 0xFF800000 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %lowest : f32
    } : tensor<1x6x7x63xf32> to tensor<1x6x9x65xf32>
    %w = tensor.empty() : tensor<3x3xf32>
    %e = tensor.empty() : tensor<1x6x4x32xf32>
    %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x6x4x32xf32>) -> tensor<1x6x4x32xf32>
    %r = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x6x9x65xf32>, tensor<3x3xf32>) outs(%f : tensor<1x6x4x32xf32>) -> tensor<1x6x4x32xf32>
    kiln.yield %r : tensor<1x6x4x32xf32>
  }
  return %y : tensor<1x6x4x32xf32>
}
