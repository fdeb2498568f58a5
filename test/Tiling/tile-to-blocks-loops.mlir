// RUN: kiln-opt %s --kiln-tile-to-blocks --split-input-file --mlir-print-local-scope | FileCheck %s
//
// Kernels with a loop schedule. Blocks lie along the axes that every result has and no
// reduction needs as a whole; the others are walked in loops of the block, a tile at a
// time. All tiles have the schedule's layout from the start.

#schedule = #kiln.loop_schedule<tile = [8, 64], threads = [[8:32], [32:1]], vector = [1, 2], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>
// An operand is read where the tile stands along the axes that it has. Threads that
// differ along the others hold copies: the eight warps of a row tile all columns, the
// lanes of a column tile all rows.
//
// CHECK-LABEL: func @broadcast
// CHECK:         ^bb0(%[[X:.+]]: tensor<13x100xf32>, %[[S:.+]]: tensor<13xf32>, %[[B:.+]]: tensor<100xf32>):
// CHECK-NEXT:    %[[OUT:.+]] = kiln.output 0 : memref<13x100xf32>
// CHECK-NEXT:    scf.forall (%[[I:.+]], %[[J:.+]]) in (2, 2) {
// CHECK-DAG:       %[[I0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[I]])
// CHECK-DAG:       %[[J0:.+]] = affine.apply affine_map<(d0) -> (d0 * 64)>(%[[J]])
// CHECK:           %[[XT:.+]] = kiln.extract_tile %[[X]][%[[I0]], %[[J0]]] in_bounds [false, false] : tensor<13x100xf32> -> tensor<8x64xf32, #kiln.layout<register = {{\[\[}}0, 1]], lane = {{\[\[}}0, 2], [0, 4], [0, 8], [0, 16], [0, 32]], warp = {{\[\[}}1, 0], [2, 0], [4, 0]]>>
// CHECK:           %[[ST:.+]] = kiln.extract_tile %[[S]][%[[I0]]] in_bounds [false] : tensor<13xf32> -> tensor<8xf32, #kiln.layout<register = [], lane = {{\[\[}}0], [0], [0], [0], [0]], warp = {{\[\[}}1], [2], [4]]>>
// CHECK:           %[[BT:.+]] = kiln.extract_tile %[[B]][%[[J0]]] in_bounds [false] : tensor<100xf32> -> tensor<64xf32, #kiln.layout<register = {{\[\[}}1]], lane = {{\[\[}}2], [4], [8], [16], [32]], warp = {{\[\[}}0], [0], [0]]>>
// CHECK:           %[[Y:.+]] = linalg.generic {{.*}} ins(%[[XT]], %[[ST]], %[[BT]] :
// CHECK:           kiln.store_tile %[[Y]], %[[OUT]][%[[I0]], %[[J0]]] in_bounds [false, false]
// CHECK-NEXT:    }
// CHECK-NEXT:    kiln.yield{{$}}
func.func @broadcast(%x: tensor<13x100xf32>, %s: tensor<13xf32>, %b: tensor<100xf32>) -> tensor<13x100xf32> {
  %y = kiln.kernel "broadcast" (%x, %s, %b : tensor<13x100xf32>, tensor<13xf32>, tensor<100xf32>) -> tensor<13x100xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<13x100xf32>, %c: tensor<13xf32>, %d: tensor<100xf32>):
    %e = tensor.empty() : tensor<13x100xf32>
    %r = linalg.generic {indexing_maps = [#id, #row, #column, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %c, %d : tensor<13x100xf32>, tensor<13xf32>, tensor<100xf32>) outs(%e : tensor<13x100xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32, %o: f32):
      %0 = arith.mulf %i, %j : f32
      %1 = arith.addf %0, %k : f32
      linalg.yield %1 : f32
    } -> tensor<13x100xf32>
    kiln.yield %r : tensor<13x100xf32>
  }
  return %y : tensor<13x100xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[8:32], [32:1]], vector = [1, 1], block = 256>
// What is computed from arguments alone has no positions of its own: the transposed
// operand is read where the tile needs it, each thread its own elements.
//
// CHECK-LABEL: func @add_transposed
// CHECK:         ^bb0(%[[X:.+]]: tensor<64x64xf32>):
// CHECK:         scf.forall (%[[I:.+]], %[[J:.+]]) in (8, 2) {
// CHECK-DAG:       %[[I0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[I]])
// CHECK-DAG:       %[[J0:.+]] = affine.apply affine_map<(d0) -> (d0 * 32)>(%[[J]])
// CHECK:           %[[XT:.+]] = kiln.extract_tile %[[X]][%[[I0]], %[[J0]]] {{.*}} -> tensor<8x32xf32, #kiln.layout<register = [], lane = {{\[\[}}0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = {{\[\[}}1, 0], [2, 0], [4, 0]]>>
// CHECK:           %[[TT:.+]] = kiln.extract_tile %[[X]][%[[J0]], %[[I0]]] {{.*}} -> tensor<32x8xf32, #kiln.layout<register = [], lane = {{\[\[}}1, 0], [2, 0], [4, 0], [8, 0], [16, 0]], warp = {{\[\[}}0, 1], [0, 2], [0, 4]]>>
// CHECK:           %[[T:.+]] = linalg.transpose ins(%[[TT]] : {{.*}}) outs(%{{.+}} : tensor<8x32xf32
// CHECK:           linalg.add ins(%[[XT]], %[[T]] :
func.func @add_transposed(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %y = kiln.kernel "add_transposed" (%x : tensor<64x64xf32>) -> tensor<64x64xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<64x64xf32>):
    %e = tensor.empty() : tensor<64x64xf32>
    %t = linalg.transpose ins(%a : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) permutation = [1, 0]
    %r = linalg.add ins(%a, %t : tensor<64x64xf32>, tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
    kiln.yield %r : tensor<64x64xf32>
  }
  return %y : tensor<64x64xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 128], threads = [[4:64], [64:1]], vector = [1, 2], block = 256>
// The sum starts from an argument and is carried by the loop over the row. What it adds
// is a tile of its own: beyond the last column zero, which a sum ignores.
//
// CHECK-LABEL: func @row_sum
// CHECK:         ^bb0(%[[X:.+]]: tensor<10x1000xf32>, %[[START:.+]]: tensor<10xf32>):
// CHECK:         scf.forall (%[[I:.+]]) in (3) {
// CHECK:           %[[I0:.+]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[I]])
// CHECK:           %[[S0:.+]] = kiln.extract_tile %[[START]][%[[I0]]] in_bounds [false] : tensor<10xf32> -> tensor<4xf32, #[[LAYOUT:kiln.layout<register = \[\], lane = \[\[0\], \[0\], \[0\], \[0\], \[0\]\], warp = \[\[0\], \[1\], \[2\]\]>]]>
// CHECK-DAG:       %[[ZERO:.+]] = arith.constant 0 : index
// CHECK-DAG:       %[[END:.+]] = arith.constant 1000 : index
// CHECK-DAG:       %[[STEP:.+]] = arith.constant 128 : index
// CHECK:           %[[SUM:.+]] = scf.for %[[J:.+]] = %[[ZERO]] to %[[END]] step %[[STEP]] iter_args(%[[S:.+]] = %[[S0]]) -> (tensor<4xf32, #[[LAYOUT]]>) {
// CHECK:             %[[T:.+]] = kiln.extract_tile %[[X]][%[[I0]], %[[J]]] in_bounds [false, false] : tensor<10x1000xf32> -> tensor<4x128xf32
// CHECK:             %[[SUMMED:.+]] = linalg.generic {{.*}}["parallel", "parallel"]} ins(%[[T]] :
// CHECK:               %[[COLUMN:.+]] = arith.addi %{{.+}}, %[[J]]
// CHECK:               %[[REAL:.+]] = arith.cmpi ult, %[[COLUMN]], %{{.+}}
// CHECK:               %[[NEUTRAL:.+]] = arith.constant 0.000000e+00 : f32
// CHECK:               arith.select %[[REAL]], %{{.+}}, %[[NEUTRAL]]
// CHECK:             %[[PART:.+]] = linalg.generic {{.*}}["parallel", "reduction"]} ins(%[[SUMMED]] : {{.*}}) outs(%[[S]] :
// CHECK-NEXT:        ^bb0(%[[A:.+]]: f32, %[[B:.+]]: f32):
// CHECK-NEXT:          arith.addf %[[B]], %[[A]]
// CHECK:             scf.yield %[[PART]]
// CHECK:           }
// CHECK-NEXT:      kiln.store_tile %[[SUM]], %{{.+}}[%[[I0]]] in_bounds [false]
func.func @row_sum(%x: tensor<10x1000xf32>, %s: tensor<10xf32>) -> tensor<10xf32> {
  %y = kiln.kernel "row_sum" (%x, %s : tensor<10x1000xf32>, tensor<10xf32>) -> tensor<10xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x1000xf32>, %b: tensor<10xf32>):
    %r = linalg.reduce { arith.addf } ins(%a : tensor<10x1000xf32>) outs(%b : tensor<10xf32>) dimensions = [1]
    kiln.yield %r : tensor<10xf32>
  }
  return %y : tensor<10xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 64, 64], threads = [[4:64], [64:1], [64:1]], vector = [1, 1, 1], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// Three passes over a row, one after another: the maximum, the sum of the exponentials,
// and the quotients, for which the exponentials are computed again. The second and the
// third walk the same axis.
//
// CHECK-LABEL: func @softmax
// CHECK:         ^bb0(%[[X:.+]]: tensor<10x100xf32>):
// CHECK:         scf.forall (%{{.+}}) in (3) {
// CHECK:           %[[MAX:.+]] = scf.for
// CHECK-NEXT:        kiln.extract_tile %[[X]]
// CHECK:             linalg.generic {{.*}}"reduction"]}
// CHECK:               arith.maximumf
// CHECK:             scf.yield
// CHECK-NEXT:      }
// CHECK:           %[[SUM:.+]] = scf.for %{{.+}} = %{{.+}} to %{{.+}} step %{{.+}} iter_args(%[[PARTIAL:.+]] = %{{.+}}) ->
// CHECK-NEXT:        %[[AGAIN:.+]] = kiln.extract_tile %[[X]]
// CHECK:             %[[EXP:.+]] = linalg.generic {{.*}} ins(%[[AGAIN]], %[[MAX]] :
// CHECK:               math.exp
// CHECK:             %[[REAL:.+]] = linalg.generic {{.*}} ins(%[[EXP]] :
// CHECK:             linalg.generic {{.*}}"reduction"]} ins(%[[REAL]] : {{.*}}) outs(%[[PARTIAL]] :
// CHECK:               arith.addf
// CHECK:             scf.yield
// CHECK-NEXT:      }
// CHECK:           scf.for %[[J:.+]] = %{{.+}} to %{{.+}} step %{{.+}} {
// CHECK-NEXT:        %[[LAST:.+]] = kiln.extract_tile %[[X]]
// CHECK:             %[[EXPS:.+]] = linalg.generic {{.*}} ins(%[[LAST]], %[[MAX]] :
// CHECK:             %[[Q:.+]] = linalg.generic {{.*}} ins(%[[EXPS]], %[[SUM]] :
// CHECK:               arith.divf
// CHECK:             kiln.store_tile %[[Q]], %{{.+}}[%{{.+}}, %[[J]]] in_bounds [false, false]
// CHECK-NEXT:      }
// CHECK-NEXT:    }
// CHECK-NEXT:    kiln.yield
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

#schedule = #kiln.loop_schedule<tile = [4, 64, 4, 64], threads = [[4:64], [64:1], [4:64], [64:1]], vector = [1, 1, 1, 1], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>
#one = affine_map<(d0, d1) -> ()>
// Sums over rows and over columns of the same values. What does not change in a loop is
// computed before it: the total first, a row's sum in the loop over rows. A column's sum
// walks all rows again, inside of the loop that stands at one tile of them.
//
// CHECK-LABEL: func @rows_and_columns
// CHECK:         ^bb0(%[[X:.+]]: tensor<10x100xf32>):
// CHECK:         scf.forall (%{{.+}}) in (1) {
// CHECK:           %[[TOTAL:.+]] = scf.for
// CHECK:             scf.for
// CHECK:               linalg.generic {{.*}}["reduction", "reduction"]}
// CHECK:           scf.for %[[I:.+]] = {{.*}} {
// CHECK:             %[[ROW:.+]] = scf.for %[[J:.+]] = {{.*}} iter_args
// CHECK:               kiln.extract_tile %[[X]][%[[I]], %[[J]]]
// CHECK:               linalg.generic {{.*}}["parallel", "reduction"]}
// CHECK:             scf.for %[[J:.+]] = {{.*}} {
// CHECK:               %[[XT:.+]] = kiln.extract_tile %[[X]][%[[I]], %[[J]]]
// CHECK:               %[[P:.+]] = linalg.generic {{.*}} ins(%[[XT]], %[[TOTAL]] :
// CHECK:               %[[COLUMN:.+]] = scf.for %[[OTHER:.+]] = {{.*}} iter_args
// CHECK:                 kiln.extract_tile %[[X]][%[[OTHER]], %[[J]]]
// CHECK:                 linalg.generic {{.*}}["reduction", "parallel"]}
// CHECK:               linalg.generic {{.*}} ins(%[[P]], %[[ROW]], %[[COLUMN]] :
// CHECK:               kiln.store_tile %{{.+}}, %{{.+}}[%[[I]], %[[J]]]
func.func @rows_and_columns(%x: tensor<10x100xf32>) -> tensor<10x100xf32> {
  %y = kiln.kernel "both" (%x : tensor<10x100xf32>) -> tensor<10x100xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>):
    %zero = arith.constant 0.0 : f32
    %e0 = tensor.empty() : tensor<f32>
    %e1 = tensor.empty() : tensor<10xf32>
    %e2 = tensor.empty() : tensor<100xf32>
    %e3 = tensor.empty() : tensor<10x100xf32>
    %f0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<f32>) -> tensor<f32>
    %f1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<10xf32>) -> tensor<10xf32>
    %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<100xf32>) -> tensor<100xf32>
    %m = linalg.reduce { arith.addf } ins(%a : tensor<10x100xf32>) outs(%f0 : tensor<f32>) dimensions = [0, 1]
    %p = linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %m : tensor<10x100xf32>, tensor<f32>) outs(%e3 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %o: f32):
      %0 = arith.divf %i, %j : f32
      linalg.yield %0 : f32
    } -> tensor<10x100xf32>
    %r = linalg.reduce { arith.addf } ins(%p : tensor<10x100xf32>) outs(%f1 : tensor<10xf32>) dimensions = [1]
    %c = linalg.reduce { arith.addf } ins(%p : tensor<10x100xf32>) outs(%f2 : tensor<100xf32>) dimensions = [0]
    %q = linalg.generic {indexing_maps = [#id, #row, #column, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %r, %c : tensor<10x100xf32>, tensor<10xf32>, tensor<100xf32>) outs(%e3 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32, %o: f32):
      %0 = arith.divf %i, %j : f32
      %1 = arith.divf %0, %k : f32
      linalg.yield %1 : f32
    } -> tensor<10x100xf32>
    kiln.yield %q : tensor<10x100xf32>
  }
  return %y : tensor<10x100xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 1, 8, 2, 1], threads = [[4:16], [1:0], [8:1], [1:0], [1:0]], vector = [1, 1, 1, 1, 1], block = 64>
// The window is two axes, walked like any other: rows of it two at a time, columns one by
// one. The image is read through a map, padding and stride are part of it, and what lies
// outside is the padding's value. One image is no axis.
//
// CHECK-LABEL: func @max_pool
// CHECK:         ^bb0(%[[X:.+]]: tensor<1x6x7x19xf32>):
// CHECK-NOT:     tensor.pad
// CHECK:         scf.forall (%[[CHANNEL:.+]], %[[ROW:.+]], %[[COLUMN:.+]]) in (2, 4, 2) {
// CHECK-DAG:       %[[C0:.+]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[CHANNEL]])
// CHECK-DAG:       %[[W0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[COLUMN]])
// CHECK:           scf.for %[[KH:.+]] = {{.*}} iter_args
// CHECK:             scf.for %[[KW:.+]] = {{.*}} iter_args
// CHECK:               %[[T:.+]] = kiln.load_tile %[[X]][%[[C0]], %[[ROW]], %[[W0]], %[[KH]], %[[KW]]] map affine_map<(d0, d1, d2, d3, d4) -> (0, d0, d1 * 2 + d3 - 1, d2 * 2 + d4 - 1)> in_bounds [true, false, false, false] padding 0xFF800000 : f32 : tensor<1x6x7x19xf32> -> tensor<4x1x8x2x1xf32,
// CHECK:               %[[IN:.+]] = linalg.generic {{.*}} ins(%[[T]], %{{.+}} : {{.*}}) outs(%{{.+}} : tensor<1x4x1x8x2x1xf32,
// CHECK:               linalg.generic {{.*}}"reduction", "reduction"]} ins(%[[IN]] : {{.*}}) outs(%{{.+}} : tensor<1x4x1x8xf32,
// CHECK:                 arith.maximumf
// CHECK:           kiln.store_tile %{{.+}}, %{{.+}}[%{{.+}}, %[[C0]], %[[ROW]], %[[W0]]] in_bounds [true, false, true, false]
func.func @max_pool(%x: tensor<1x6x7x19xf32>) -> tensor<1x6x4x10xf32> {
  %y = kiln.kernel "max_pool" (%x : tensor<1x6x7x19xf32>) -> tensor<1x6x4x10xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x6x7x19xf32>):
    %lowest = arith.constant 0xFF800000 : f32
    %p = tensor.pad %a low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb1(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %lowest : f32
    } : tensor<1x6x7x19xf32> to tensor<1x6x9x21xf32>
    %w = tensor.empty() : tensor<3x3xf32>
    %e = tensor.empty() : tensor<1x6x4x10xf32>
    %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x6x4x10xf32>) -> tensor<1x6x4x10xf32>
    %r = linalg.pooling_nchw_max {strides = dense<2> : tensor<2xi64>} ins(%p, %w : tensor<1x6x9x21xf32>, tensor<3x3xf32>) outs(%f : tensor<1x6x4x10xf32>) -> tensor<1x6x4x10xf32>
    kiln.yield %r : tensor<1x6x4x10xf32>
  }
  return %y : tensor<1x6x4x10xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 64, 64], threads = [[4:64], [64:1], [64:1]], vector = [1, 1, 1], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// Two results, each with a memory of its own. The maximum and the sum of squares of the
// quotients are one pass, in which these are computed once.
//
// CHECK-LABEL: func @two_results
// CHECK:         %[[Y:.+]] = kiln.output 0 : memref<10x100xf32>
// CHECK-NEXT:    %[[S:.+]] = kiln.output 1 : memref<10xf32>
// CHECK-NEXT:    scf.forall
// CHECK:           %[[SUM:.+]] = scf.for
// CHECK:           %[[BOTH:.+]]:2 = scf.for %{{.+}} iter_args(%[[MAX:.+]] = %{{.+}}, %[[SQUARES:.+]] = %{{.+}}) ->
// CHECK:             kiln.extract_tile
// CHECK-NEXT:        tensor.empty
// CHECK-NEXT:        %[[Q:.+]] = linalg.generic {{.*}} ins(%{{.+}}, %[[SUM]] :
// CHECK:               arith.divf
// CHECK:             %[[REAL:.+]] = linalg.generic {{.*}} ins(%[[Q]] :
// CHECK:             linalg.generic {{.*}} ins(%[[REAL]] : {{.*}}) outs(%[[MAX]] :
// CHECK:             %[[SQUARED:.+]] = linalg.generic {{.*}} ins(%[[Q]] :
// CHECK:             linalg.generic {{.*}} ins(%[[SQUARED]] : {{.*}}) outs(%[[SQUARES]] :
// CHECK:             scf.yield
// CHECK:           scf.for
// CHECK:             linalg.generic {{.*}} ins(%{{.+}}, %[[BOTH]]#0, %[[BOTH]]#1 :
// CHECK:             kiln.store_tile %{{.+}}, %[[Y]]
// CHECK:           }
// CHECK-NEXT:      kiln.store_tile %[[SUM]], %[[S]]
func.func @two_results(%x: tensor<10x100xf32>) -> (tensor<10x100xf32>, tensor<10xf32>) {
  %y:2 = kiln.kernel "two" (%x : tensor<10x100xf32>) -> tensor<10x100xf32>, tensor<10xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>):
    %zero = arith.constant 0.0 : f32
    %lowest = arith.constant 0xFF800000 : f32
    %e1 = tensor.empty() : tensor<10xf32>
    %e2 = tensor.empty() : tensor<10x100xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e1 : tensor<10xf32>) -> tensor<10xf32>
    %g = linalg.fill ins(%lowest : f32) outs(%e1 : tensor<10xf32>) -> tensor<10xf32>
    %s = linalg.reduce { arith.addf } ins(%a : tensor<10x100xf32>) outs(%f : tensor<10xf32>) dimensions = [1]
    %q = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %s : tensor<10x100xf32>, tensor<10xf32>) outs(%e2 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %o: f32):
      %0 = arith.divf %i, %j : f32
      linalg.yield %0 : f32
    } -> tensor<10x100xf32>
    %m = linalg.reduce { arith.maximumf } ins(%q : tensor<10x100xf32>) outs(%g : tensor<10xf32>) dimensions = [1]
    %t = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%q : tensor<10x100xf32>) outs(%f : tensor<10xf32>) {
    ^bb1(%i: f32, %o: f32):
      %0 = arith.mulf %i, %i : f32
      %1 = arith.addf %0, %o : f32
      linalg.yield %1 : f32
    } -> tensor<10xf32>
    %r = linalg.generic {indexing_maps = [#id, #row, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%q, %m, %t : tensor<10x100xf32>, tensor<10xf32>, tensor<10xf32>) outs(%e2 : tensor<10x100xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32, %o: f32):
      %0 = arith.subf %i, %j : f32
      %1 = arith.divf %0, %k : f32
      linalg.yield %1 : f32
    } -> tensor<10x100xf32>
    kiln.yield %r, %s : tensor<10x100xf32>, tensor<10xf32>
  }
  return %y#0, %y#1 : tensor<10x100xf32>, tensor<10xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [32, 1], threads = [[32:1], [1:0]], vector = [1, 1], block = 32>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// A tile of one position along a reduced axis: the body runs for one after another, in the
// order of the source, and may compute anything. The index is the loop's variable.
//
// CHECK-LABEL: func @argmin
// CHECK:         ^bb0(%[[X:.+]]: tensor<10x100xf32>, %[[V:.+]]: tensor<10xf32>, %[[N:.+]]: tensor<10xi32>):
// CHECK-DAG:       %[[V0:.+]] = kiln.extract_tile %[[V]]
// CHECK-DAG:       %[[N0:.+]] = kiln.extract_tile %[[N]]
// CHECK:           %[[BEST:.+]]:2 = scf.for %[[J:.+]] = {{.*}} iter_args(%[[VALUE:.+]] = %[[V0]], %[[INDEX:.+]] = %[[N0]])
// CHECK:             %[[T:.+]] = kiln.extract_tile %[[X]][%{{.+}}, %[[J]]] in_bounds [false, true] : tensor<10x100xf32> -> tensor<32x1xf32,
// CHECK:             %[[NEXT:.+]]:2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%[[T]] : {{.*}}) outs(%[[VALUE]], %[[INDEX]] :
// CHECK:               %[[LESS:.+]] = arith.cmpf olt
// CHECK:               %[[AT:.+]] = arith.index_cast %[[J]] : index to i32
// CHECK:               arith.select %[[LESS]], %[[AT]]
// CHECK:             scf.yield %[[NEXT]]#0, %[[NEXT]]#1
// CHECK:           kiln.store_tile %[[BEST]]#0
// CHECK:           kiln.store_tile %[[BEST]]#1
func.func @argmin(%x: tensor<10x100xf32>, %v: tensor<10xf32>, %n: tensor<10xi32>) -> (tensor<10xf32>, tensor<10xi32>) {
  %y:2 = kiln.kernel "argmin" (%x, %v, %n : tensor<10x100xf32>, tensor<10xf32>, tensor<10xi32>) -> tensor<10xf32>, tensor<10xi32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>, %b: tensor<10xf32>, %c: tensor<10xi32>):
    %q:2 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<10x100xf32>) outs(%b, %c : tensor<10xf32>, tensor<10xi32>) {
    ^bb1(%i: f32, %j: f32, %k: i32):
      %0 = arith.cmpf olt, %i, %j : f32
      %1 = linalg.index 1 : index
      %2 = arith.index_cast %1 : index to i32
      %3 = arith.select %0, %i, %j : f32
      %4 = arith.select %0, %2, %k : i32
      linalg.yield %3, %4 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    kiln.yield %q#0, %q#1 : tensor<10xf32>, tensor<10xi32>
  }
  return %y#0, %y#1 : tensor<10xf32>, tensor<10xi32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [8, 64, 8], threads = [[4:64], [16:4], [4:1]], vector = [1, 1, 1], block = 256>
// A product is a reduction like others under this schedule: its summed loop is the third
// axis.
//
// CHECK-LABEL: func @product
// CHECK:         ^bb0(%[[A:.+]]: tensor<8x16xf32>, %[[B:.+]]: tensor<16x64xf32>, %[[C:.+]]: tensor<8x64xf32>):
// CHECK:         scf.forall (%{{.+}}, %{{.+}}) in (1, 1) {
// CHECK:           scf.for %[[K:.+]] = {{.*}} iter_args(%[[SUM:.+]] = %{{.+}})
// CHECK-DAG:         %[[AT:.+]] = kiln.extract_tile %[[A]][%{{.+}}, %[[K]]] {{.*}} -> tensor<8x8xf32,
// CHECK-DAG:         %[[BT:.+]] = kiln.extract_tile %[[B]][%[[K]], %{{.+}}] {{.*}} -> tensor<8x64xf32,
// CHECK:             %[[P:.+]] = linalg.generic {{.*}}["parallel", "parallel", "parallel"]} ins(%[[AT]], %[[BT]] : {{.*}}) outs(%{{.+}} : tensor<8x64x8xf32,
// CHECK:               arith.mulf
// CHECK:             linalg.generic {{.*}}"reduction"]} ins(%[[P]] : {{.*}}) outs(%[[SUM]] :
func.func @product(%x: tensor<8x16xf32>, %w: tensor<16x64xf32>, %o: tensor<8x64xf32>) -> tensor<8x64xf32> {
  %y = kiln.kernel "product" (%x, %w, %o : tensor<8x16xf32>, tensor<16x64xf32>, tensor<8x64xf32>) -> tensor<8x64xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<8x16xf32>, %b: tensor<16x64xf32>, %c: tensor<8x64xf32>):
    %r = linalg.matmul ins(%a, %b : tensor<8x16xf32>, tensor<16x64xf32>) outs(%c : tensor<8x64xf32>) -> tensor<8x64xf32>
    kiln.yield %r : tensor<8x64xf32>
  }
  return %y : tensor<8x64xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [8, 32], threads = [[8:32], [32:1]], vector = [1, 1], block = 256>
#id = affine_map<(d0, d1) -> (d0, d1)>
#half = affine_map<(d0, d1) -> (d0 floordiv 2, d1 floordiv 2)>
#diagonal = affine_map<(d0, d1) -> (d0, d0)>
#first = affine_map<(d0, d1) -> (0, d1)>
// Any map that reads an argument: every element twice along both dimensions, a diagonal,
// the first row. The overhang is in bounds where the map keeps it there.
//
// CHECK-LABEL: func @maps
// CHECK:         ^bb0(%[[X:.+]]: tensor<12x24xf32>, %[[D:.+]]: tensor<20x20xf32>, %[[F:.+]]: tensor<2x48xf32>):
// CHECK-DAG:       %[[I0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>
// CHECK-DAG:       %[[J0:.+]] = affine.apply affine_map<(d0) -> (d0 * 32)>
// CHECK-DAG:       kiln.load_tile %[[X]][%[[I0]], %[[J0]]] map affine_map<(d0, d1) -> (d0 floordiv 2, d1 floordiv 2)> in_bounds [true, false] : tensor<12x24xf32> -> tensor<8x32xf32,
// CHECK-DAG:       kiln.load_tile %[[D]][%[[I0]]] map affine_map<(d0) -> (d0, d0)> in_bounds [false, false] : tensor<20x20xf32> -> tensor<8xf32,
// CHECK-DAG:       kiln.load_tile %[[F]][%[[J0]]] map affine_map<(d0) -> (0, d0)> in_bounds [true, false] : tensor<2x48xf32> -> tensor<32xf32,
func.func @maps(%x: tensor<12x24xf32>, %d: tensor<20x20xf32>, %f: tensor<2x48xf32>) -> tensor<20x48xf32> {
  %y = kiln.kernel "maps" (%x, %d, %f : tensor<12x24xf32>, tensor<20x20xf32>, tensor<2x48xf32>) -> tensor<20x48xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<12x24xf32>, %b: tensor<20x20xf32>, %c: tensor<2x48xf32>):
    %e = tensor.empty() : tensor<20x48xf32>
    %r = linalg.generic {indexing_maps = [#half, #diagonal, #first, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %b, %c : tensor<12x24xf32>, tensor<20x20xf32>, tensor<2x48xf32>) outs(%e : tensor<20x48xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32, %o: f32):
      %0 = arith.mulf %i, %j : f32
      %1 = arith.addf %0, %k : f32
      linalg.yield %1 : f32
    } -> tensor<20x48xf32>
    kiln.yield %r : tensor<20x48xf32>
  }
  return %y : tensor<20x48xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [32], threads = [[32:1]], vector = [1], block = 32>
// Padding alone. The tile is read along its only axis; the result has a dimension of
// extent 1 in front of it.
//
// CHECK-LABEL: func @pad
// CHECK:           %[[T:.+]] = kiln.load_tile %{{.+}}[%[[I0:.+]]] map affine_map<(d0) -> (0, d0 - 1)> in_bounds [true, false] padding 5.000000e-01 : f32 : tensor<1x29xf32> -> tensor<32xf32,
// CHECK:           %[[R:.+]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], {{.*}} ins(%[[T]] : {{.*}}) outs(%{{.+}} : tensor<1x32xf32,
// CHECK:           kiln.store_tile %[[R]], %{{.+}}[%{{.+}}, %[[I0]]] in_bounds [true, true]
func.func @pad(%x: tensor<1x29xf32>) -> tensor<1x32xf32> {
  %y = kiln.kernel "pad" (%x : tensor<1x29xf32>) -> tensor<1x32xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x29xf32>):
    %half = arith.constant 0.5 : f32
    %p = tensor.pad %a low[0, 1] high[0, 2] {
    ^bb1(%i: index, %j: index):
      tensor.yield %half : f32
    } : tensor<1x29xf32> to tensor<1x32xf32>
    kiln.yield %p : tensor<1x32xf32>
  }
  return %y : tensor<1x32xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 64], threads = [[4:32], [32:1]], vector = [1, 1], block = 128>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// Several positions at a time of a value and its index: both are tiles of their own,
// infinity and the largest index beyond the last. The step of the source is kept.
//
// CHECK-LABEL: func @argmin_split
// CHECK:             %[[IN:.+]]:2 = linalg.generic {{.*}}["parallel", "parallel"]}
// CHECK-DAG:           arith.constant 0x7F800000 : f32
// CHECK-DAG:           arith.constant 2147483647 : i32
// CHECK:             linalg.generic {{.*}}["parallel", "reduction"]} ins(%[[IN]]#0, %[[IN]]#1 :
// CHECK-NEXT:        ^bb0(%[[X:.+]]: f32, %[[I:.+]]: i32, %[[MIN:.+]]: f32, %[[AT:.+]]: i32):
// CHECK:               %[[LESS:.+]] = arith.cmpf olt, %[[X]], %[[MIN]]
// CHECK:               %[[V:.+]] = arith.select %[[LESS]], %[[X]], %[[MIN]]
// CHECK:               %[[N:.+]] = arith.select %[[LESS]], %[[I]], %[[AT]]
// CHECK:               linalg.yield %[[V]], %[[N]]
func.func @argmin_split(%x: tensor<10x100xf32>, %v: tensor<10xf32>, %n: tensor<10xi32>) -> (tensor<10xf32>, tensor<10xi32>) {
  %y:2 = kiln.kernel "argmin" (%x, %v, %n : tensor<10x100xf32>, tensor<10xf32>, tensor<10xi32>) -> tensor<10xf32>, tensor<10xi32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>, %b: tensor<10xf32>, %c: tensor<10xi32>):
    %q:2 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<10x100xf32>) outs(%b, %c : tensor<10xf32>, tensor<10xi32>) {
    ^bb1(%i: f32, %j: f32, %k: i32):
      %0 = arith.cmpf olt, %i, %j : f32
      %1 = linalg.index 1 : index
      %2 = arith.index_cast %1 : index to i32
      %3 = arith.select %0, %i, %j : f32
      %4 = arith.select %0, %2, %k : i32
      linalg.yield %3, %4 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    kiln.yield %q#0, %q#1 : tensor<10xf32>, tensor<10xi32>
  }
  return %y#0, %y#1 : tensor<10xf32>, tensor<10xi32>
}
