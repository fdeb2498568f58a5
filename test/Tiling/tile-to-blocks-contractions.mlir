// RUN: kiln-opt %s --kiln-tile-to-blocks --split-input-file --mlir-print-local-scope | FileCheck %s
//
// Every contraction passes as a convolution does: tiles along its n loops and, where they
// are kept, its m loop; one position at a time along all other loops of the result.
// Operands behind it are read through any map.

#schedule = #kiln.schedule<contraction = fma, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
// The rows of the first matrix are the columns of the tile, the second one lies on the
// side of the filters.
//
// CHECK-LABEL: func @matmul
// CHECK:         ^bb0(%[[A:.+]]: tensor<24x32xf32>, %[[B:.+]]: tensor<32x40xf32>, %[[C:.+]]: tensor<24x40xf32>):
// CHECK:         scf.forall (%[[N:.+]], %[[M:.+]]) in (3, 3) {
// CHECK-DAG:       %[[N0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[N]])
// CHECK-DAG:       %[[M0:.+]] = affine.apply affine_map<(d0) -> (d0 * 16)>(%[[M]])
// CHECK:           %[[AT:.+]] = kiln.extract_tile %[[A]][%{{.+}}, %{{.+}}] in_bounds [true, true] : tensor<24x32xf32> -> tensor<8x32xf32>
// CHECK:           %[[BT:.+]] = kiln.extract_tile %[[B]][%{{.+}}, %[[M0]]] in_bounds [true, false] : tensor<32x40xf32> -> tensor<32x16xf32>
// CHECK:           %[[P:.+]] = linalg.matmul ins(%[[AT]], %[[BT]] : {{.*}}) outs(%{{.+}} : tensor<8x16xf32>)
// CHECK:           kiln.store_tile %[[P]], %{{.+}}[%[[N0]], %[[M0]]] in_bounds [true, false] : tensor<8x16xf32>, memref<24x40xf32>
func.func @matmul(%x: tensor<24x32xf32>, %w: tensor<32x40xf32>, %o: tensor<24x40xf32>) -> tensor<24x40xf32> {
  %y = kiln.kernel "matmul" (%x, %w, %o : tensor<24x32xf32>, tensor<32x40xf32>, tensor<24x40xf32>) -> tensor<24x40xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<24x32xf32>, %b: tensor<32x40xf32>, %c: tensor<24x40xf32>):
    %r = linalg.matmul ins(%a, %b : tensor<24x32xf32>, tensor<32x40xf32>) outs(%c : tensor<24x40xf32>) -> tensor<24x40xf32>
    kiln.yield %r : tensor<24x40xf32>
  }
  return %y : tensor<24x40xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [8, 1, 8], chunk = 8, warps = [1, 1, 1]>
// A batch is one position at a time, of both operands.
//
// CHECK-LABEL: func @batch_matmul
// CHECK:         ^bb0(%[[A:.+]]: tensor<3x8x16xf32>, %[[B:.+]]: tensor<3x16x8xf32>, %{{.+}}: tensor<3x8x8xf32>):
// CHECK:         scf.forall (%[[BATCH:.+]], %{{.+}}) in (3, 1) {
// CHECK:           kiln.extract_tile %[[A]][%[[BATCH]], %{{.+}}, %{{.+}}] {{.*}} -> tensor<1x8x16xf32>
// CHECK:           kiln.extract_tile %[[B]][%[[BATCH]], %{{.+}}, %{{.+}}] {{.*}} -> tensor<1x16x8xf32>
// CHECK:           linalg.batch_matmul
// CHECK:           kiln.store_tile %{{.+}}, %{{.+}}[%[[BATCH]], %{{.+}}, %{{.+}}]
func.func @batch_matmul(%x: tensor<3x8x16xf32>, %w: tensor<3x16x8xf32>, %o: tensor<3x8x8xf32>) -> tensor<3x8x8xf32> {
  %y = kiln.kernel "batch" (%x, %w, %o : tensor<3x8x16xf32>, tensor<3x16x8xf32>, tensor<3x8x8xf32>) -> tensor<3x8x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<3x8x16xf32>, %b: tensor<3x16x8xf32>, %c: tensor<3x8x8xf32>):
    %r = linalg.batch_matmul ins(%a, %b : tensor<3x8x16xf32>, tensor<3x16x8xf32>) outs(%c : tensor<3x8x8xf32>) -> tensor<3x8x8xf32>
    kiln.yield %r : tensor<3x8x8xf32>
  }
  return %y : tensor<3x8x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// The groups of a convolution are a batch: a tile reads the channels and the filters of
// one.
//
// CHECK-LABEL: func @grouped
// CHECK:         ^bb0(%[[X:.+]]: tensor<2x3x4x6x10xf32>, %[[W:.+]]: tensor<3x4x4x3x3xf32>, %{{.+}}: tensor<2x3x4x4x8xf32>):
// CHECK:         scf.forall (%[[N:.+]], %[[G:.+]], %{{.+}}, %{{.+}}) in (2, 3, 2, 1) {
// CHECK:           kiln.extract_tile %[[X]][%[[N]], %[[G]], %{{.+}}, %{{.+}}, %{{.+}}] {{.*}} -> tensor<1x1x4x4x10xf32>
// CHECK:           kiln.extract_tile %[[W]][%[[G]], %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}] {{.*}} -> tensor<1x4x4x3x3xf32>
// CHECK:           linalg.conv_2d_ngchw_gfchw
// CHECK:           kiln.store_tile %{{.+}}, %{{.+}}[%[[N]], %[[G]], %{{.+}}, %{{.+}}, %{{.+}}] {{.*}} : tensor<1x1x4x2x8xf32>, memref<2x3x4x4x8xf32>
func.func @grouped(%x: tensor<2x3x4x6x10xf32>, %w: tensor<3x4x4x3x3xf32>, %o: tensor<2x3x4x4x8xf32>) -> tensor<2x3x4x4x8xf32> {
  %y = kiln.kernel "grouped" (%x, %w, %o : tensor<2x3x4x6x10xf32>, tensor<3x4x4x3x3xf32>, tensor<2x3x4x4x8xf32>) -> tensor<2x3x4x4x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<2x3x4x6x10xf32>, %b: tensor<3x4x4x3x3xf32>, %c: tensor<2x3x4x4x8xf32>):
    %r = linalg.conv_2d_ngchw_gfchw ins(%a, %b : tensor<2x3x4x6x10xf32>, tensor<3x4x4x3x3xf32>) outs(%c : tensor<2x3x4x4x8xf32>) -> tensor<2x3x4x4x8xf32>
    kiln.yield %r : tensor<2x3x4x4x8xf32>
  }
  return %y : tensor<2x3x4x4x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
// One dimension: columns with a halo, no rows.
//
// CHECK-LABEL: func @conv_1d
// CHECK:         scf.forall (%[[N:.+]], %[[COLUMN:.+]]) in (2, 2) {
// CHECK:           %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 16)>(%[[COLUMN]])
// CHECK:           kiln.extract_tile %{{.+}}[%[[N]], %{{.+}}, %[[X0]]] {{.*}} : tensor<2x4x33xf32> -> tensor<1x4x17xf32>
// CHECK:           linalg.conv_1d_ncw_fcw
func.func @conv_1d(%x: tensor<2x4x33xf32>, %w: tensor<4x4x3xf32>, %o: tensor<2x4x16xf32>) -> tensor<2x4x16xf32> {
  %y = kiln.kernel "conv_1d" (%x, %w, %o : tensor<2x4x33xf32>, tensor<4x4x3xf32>, tensor<2x4x16xf32>) -> tensor<2x4x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<2x4x33xf32>, %b: tensor<4x4x3xf32>, %c: tensor<2x4x16xf32>):
    %r = linalg.conv_1d_ncw_fcw {strides = dense<2> : tensor<1xi64>} ins(%a, %b : tensor<2x4x33xf32>, tensor<4x4x3xf32>) outs(%c : tensor<2x4x16xf32>) -> tensor<2x4x16xf32>
    kiln.yield %r : tensor<2x4x16xf32>
  }
  return %y : tensor<2x4x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#row = affine_map<(d0, d1, d2, d3) -> (0, d1)>
#sum = affine_map<(d0, d1, d2, d3) -> (d2 + d3)>
// The first row of a matrix, a value for each channel; and a sum of positions, of which
// the tile reads one for each of its positions.
//
// CHECK-LABEL: func @operand_maps
// CHECK:         ^bb0(%{{.+}}, %{{.+}}, %{{.+}}, %[[ROWS:.+]]: tensor<2x4xf32>, %[[SUMS:.+]]: tensor<15xf32>):
// CHECK:         scf.forall (%{{.+}}, %[[H:.+]], %[[W:.+]]) in (1, 4, 1) {
// CHECK-DAG:       %[[Y0:.+]] = affine.apply affine_map<(d0) -> (d0 * 2)>(%[[H]])
// CHECK-DAG:       %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[W]])
// CHECK:           %[[CONV:.+]] = linalg.conv_2d_nchw_fchw
// CHECK:           %[[R:.+]] = kiln.load_tile %[[ROWS]][%{{.+}}] map affine_map<(d0) -> (0, d0)> in_bounds [true, true] : tensor<2x4xf32> -> tensor<4xf32>
// CHECK:           %[[S:.+]] = kiln.load_tile %[[SUMS]][%[[Y0]], %[[X0]]] map affine_map<(d0, d1) -> (d0 + d1)> in_bounds [true] : tensor<15xf32> -> tensor<2x8xf32>
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, {{.*}} ins(%[[CONV]], %[[R]], %[[S]] :
func.func @operand_maps(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x8x8xf32>, %u: tensor<2x4xf32>, %v: tensor<15xf32>) -> tensor<1x4x8x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %o, %u, %v : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x8x8xf32>, tensor<2x4xf32>, tensor<15xf32>) -> tensor<1x4x8x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x8x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x8x8xf32>, %d: tensor<2x4xf32>, %e: tensor<15xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
    %s = linalg.generic {indexing_maps = [#id, #row, #sum, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %d, %e : tensor<1x4x8x8xf32>, tensor<2x4xf32>, tensor<15xf32>) outs(%c : tensor<1x4x8x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32, %l: f32):
      %0 = arith.addf %i, %j : f32
      %1 = arith.mulf %0, %k : f32
      linalg.yield %1 : f32
    } -> tensor<1x4x8x8xf32>
    kiln.yield %s : tensor<1x4x8x8xf32>
  }
  return %y : tensor<1x4x8x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#unit = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3, 0)>
#kept = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>
// A tile of all channels may keep them in one result and reduce them in another, whose
// two values are found together; a dimension of extent 1 lies along no axis.
//
// CHECK-LABEL: func @results
// CHECK-DAG:     %[[Y:.+]] = kiln.output 0 : memref<1x4x2x8x1xf32>
// CHECK-DAG:     %[[S:.+]] = kiln.output 1 : memref<1x2x8xf32>
// CHECK-DAG:     %[[P:.+]] = kiln.output 2 : memref<1x2x8xf32>
// CHECK:           %[[CONV:.+]] = linalg.conv_2d_nchw_fchw
// CHECK-NOT:       linalg.conv_2d_nchw_fchw
// CHECK-DAG:       %[[T:.+]] = linalg.generic {{.*}} ins(%[[CONV]] : tensor<1x4x2x8xf32>) outs(%{{.+}} : tensor<1x4x2x8x1xf32>)
// CHECK-DAG:       kiln.store_tile %[[T]], %[[Y]][%{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}, %{{.+}}] in_bounds [true, true, true, true, true]
// CHECK-DAG:       %[[PAIR:.+]]:2 = linalg.generic {{.*}}"reduction"{{.*}} ins(%[[CONV]] : tensor<1x4x2x8xf32>) outs(%{{.+}}, %{{.+}} : tensor<1x2x8xf32>, tensor<1x2x8xf32>)
// CHECK-DAG:       kiln.store_tile %[[PAIR]]#0, %[[S]]
// CHECK-DAG:       kiln.store_tile %[[PAIR]]#1, %[[P]]
func.func @results(%x: tensor<1x2x2x8xf32>, %w: tensor<4x2x1x1xf32>, %o: tensor<1x4x2x8xf32>, %u: tensor<1x4x2x8x1xf32>, %v: tensor<1x2x8xf32>) -> (tensor<1x4x2x8x1xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>) {
  %y:3 = kiln.kernel "conv" (%x, %w, %o, %u, %v : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8x1xf32>, tensor<1x2x8xf32>) -> tensor<1x4x2x8x1xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x2x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<1x4x2x8xf32>, %d: tensor<1x4x2x8x1xf32>, %e: tensor<1x2x8xf32>):
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x2x8xf32>, tensor<4x2x1x1xf32>) outs(%c : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
    %t = linalg.generic {indexing_maps = [#id, #unit], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%d : tensor<1x4x2x8x1xf32>) {
    ^bb1(%i: f32, %j: f32):
      linalg.yield %i : f32
    } -> tensor<1x4x2x8x1xf32>
    %s:2 = linalg.generic {indexing_maps = [#id, #kept, #kept], iterator_types = ["parallel", "reduction", "parallel", "parallel"]} ins(%r : tensor<1x4x2x8xf32>) outs(%e, %e : tensor<1x2x8xf32>, tensor<1x2x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %0 = arith.addf %i, %j : f32
      %1 = arith.mulf %i, %k : f32
      linalg.yield %0, %1 : f32, f32
    } -> (tensor<1x2x8xf32>, tensor<1x2x8xf32>)
    kiln.yield %t, %s#0, %s#1 : tensor<1x4x2x8x1xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>
  }
  return %y#0, %y#1, %y#2 : tensor<1x4x2x8x1xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
#id = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// Views of arguments move coordinates: a merged dimension is a sum of multiples.
//
// CHECK-LABEL: func @views
// CHECK:         ^bb0(%{{.+}}, %{{.+}}, %[[START:.+]]: tensor<4x8x8xf32>, %[[FLAT:.+]]: tensor<4x64xf32>):
// CHECK:         scf.forall (%{{.+}}, %[[H:.+]], %[[W:.+]]) in (1, 4, 1) {
// CHECK-DAG:       %[[Y0:.+]] = affine.apply affine_map<(d0) -> (d0 * 2)>(%[[H]])
// CHECK-DAG:       %[[X0:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[W]])
// CHECK-DAG:       kiln.load_tile %[[START]][%{{.+}}, %{{.+}}, %[[Y0]], %[[X0]]] map affine_map<(d0, d1, d2, d3) -> (d0 * 4 + d1, d2, d3)>
// CHECK-DAG:       kiln.load_tile %[[FLAT]][%{{.+}}, %{{.+}}, %[[Y0]], %[[X0]]] map affine_map<(d0, d1, d2, d3) -> (d0 * 4 + d1, d2 * 8 + d3)> in_bounds [true, true] : tensor<4x64xf32> -> tensor<1x4x2x8xf32>
func.func @views(%x: tensor<1x2x8x8xf32>, %w: tensor<4x2x1x1xf32>, %u: tensor<4x8x8xf32>, %v: tensor<4x64xf32>) -> tensor<1x4x8x8xf32> {
  %y = kiln.kernel "conv" (%x, %w, %u, %v : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>, tensor<4x8x8xf32>, tensor<4x64xf32>) -> tensor<1x4x8x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x2x8x8xf32>, %b: tensor<4x2x1x1xf32>, %c: tensor<4x8x8xf32>, %d: tensor<4x64xf32>):
    %e = tensor.empty() : tensor<1x4x8x8xf32>
    %start = tensor.expand_shape %c [[0, 1], [2], [3]] output_shape [1, 4, 8, 8] : tensor<4x8x8xf32> into tensor<1x4x8x8xf32>
    %apart = tensor.expand_shape %d [[0, 1], [2, 3]] output_shape [1, 4, 8, 8] : tensor<4x64xf32> into tensor<1x4x8x8xf32>
    %r = linalg.conv_2d_nchw_fchw ins(%a, %b : tensor<1x2x8x8xf32>, tensor<4x2x1x1xf32>) outs(%start : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
    %s = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%r, %apart : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
    ^bb1(%i: f32, %j: f32, %k: f32):
      %0 = arith.addf %i, %j : f32
      linalg.yield %0 : f32
    } -> tensor<1x4x8x8xf32>
    kiln.yield %s : tensor<1x4x8x8xf32>
  }
  return %y : tensor<1x4x8x8xf32>
}
