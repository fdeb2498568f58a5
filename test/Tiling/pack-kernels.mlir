// RUN: kiln-opt %s --kiln-tile-to-blocks --split-input-file --mlir-print-local-scope | FileCheck %s
//
// The kernel that packs a filter is tiled as any other: an element of a row is read from
// the place in the filter that its number and the row's give.

#filter = #kiln.shared_layout<[4:1], [2:4]>
#rows = #kiln.loop_schedule<tile = [1, 32], threads = [[1:1], [32:1]], vector = [1, 1], block = 32>
// A row has two columns of four: element e is of row e mod 4, and its column is e / 4 of
// the chunk. What the chunks are padded with is zero. Rounding to tf32 adds half of what
// is cut off; the maximum keeps a NaN.
//
// CHECK-LABEL: func @pack(
// CHECK:         ^bb0(%[[W:.+]]: tensor<3x5xf32>):
// CHECK:         scf.forall (%[[ROW:.+]], %[[PART:.+]]) in (3, 1) {
// CHECK:           %[[E0:.+]] = affine.apply affine_map<(d0) -> (d0 * 32)>(%[[PART]])
// CHECK:           %[[T:.+]] = kiln.load_tile %[[W]][%[[ROW]], %[[E0]]] map affine_map<(d0, d1) -> (d1 mod 4, d0 * 2 + d1 floordiv 4)> in_bounds [false, false] padding 0.000000e+00 : f32 : tensor<3x5xf32> -> tensor<1x32xf32,
// CHECK:           %[[R:.+]] = linalg.generic {{.*}} ins(%[[T]] :
// CHECK:             %[[BITS:.+]] = arith.bitcast
// CHECK:             %[[UP:.+]] = arith.addi %[[BITS]], %c4096_i32
// CHECK:             arith.maxsi %[[UP]], %[[BITS]]
// CHECK:           kiln.store_tile %[[R]], %{{.+}}[%[[ROW]], %[[E0]]] in_bounds [true, false] : tensor<1x32xf32, {{.*}}>, memref<3x8xf32>
func.func @pack(%w: tensor<3x5xf32>) -> tensor<3x8xf32> {
  %p = kiln.kernel "pack" (%w : tensor<3x5xf32>) -> tensor<3x8xf32> role<pack> attributes {schedule = #rows} {
  ^bb0(%a: tensor<3x5xf32>):
    %q = kiln.pack %a layout #filter tile_dims [1] round_tf32 : tensor<3x5xf32> -> tensor<3x8xf32>
    kiln.yield %q : tensor<3x8xf32>
  }
  return %p : tensor<3x8xf32>
}

// -----

#square = #kiln.shared_layout<[2:1], [2:2]>
#rows = #kiln.loop_schedule<tile = [1, 32], threads = [[1:1], [32:1]], vector = [1, 1], block = 32>
// Tiles along both dimensions: two of rows by three of columns, the columns first.
//
// CHECK-LABEL: func @pack_tiles
// CHECK:           kiln.load_tile %{{.+}} map affine_map<(d0, d1) -> (d1 mod 2 + (d0 floordiv 3) * 2, d0 * 2 + d1 floordiv 2 - (d0 floordiv 3) * 6)> in_bounds [false, false] padding 0.000000e+00
func.func @pack_tiles(%w: tensor<3x5xf32>) -> tensor<6x4xf32> {
  %p = kiln.kernel "pack" (%w : tensor<3x5xf32>) -> tensor<6x4xf32> role<pack> attributes {schedule = #rows} {
  ^bb0(%a: tensor<3x5xf32>):
    %q = kiln.pack %a layout #square tile_dims [0, 1] : tensor<3x5xf32> -> tensor<6x4xf32>
    kiln.yield %q : tensor<6x4xf32>
  }
  return %p : tensor<6x4xf32>
}

// -----

#filter = #kiln.shared_layout<[4:1], [2:4]>
#rows = #kiln.loop_schedule<tile = [1, 32], threads = [[1:1], [32:1]], vector = [1, 1], block = 32>
// A filter that is computed, here of a transposed argument, is computed where it is
// packed. What that gives outside of the filter is replaced by zero.
//
// CHECK-LABEL: func @computed
// CHECK:           %[[T:.+]] = kiln.load_tile %{{.+}} map affine_map<(d0, d1) -> (d0 * 2 + d1 floordiv 4, d1 mod 4)> in_bounds [false, false] : tensor<5x3xf32> -> tensor<1x32xf32,
// CHECK:           %[[EXP:.+]] = linalg.generic {{.*}} ins(%[[T]] :
// CHECK:             math.exp
// CHECK:           linalg.generic {{.*}} ins(%[[EXP]] :
// CHECK:             arith.cmpi ult, %{{.+}}, %c3
// CHECK:             arith.cmpi ult, %{{.+}}, %c5
// CHECK:             arith.select %{{.+}}, %{{.+}}, %cst
func.func @computed(%w: tensor<5x3xf32>) -> tensor<3x8xf32> {
  %p = kiln.kernel "pack" (%w : tensor<5x3xf32>) -> tensor<3x8xf32> role<pack> attributes {schedule = #rows} {
  ^bb0(%a: tensor<5x3xf32>):
    %e = tensor.empty() : tensor<3x5xf32>
    %t = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<5x3xf32>) outs(%e : tensor<3x5xf32>) {
    ^bb1(%i: f32, %o: f32):
      %0 = math.exp %i : f32
      linalg.yield %0 : f32
    } -> tensor<3x5xf32>
    %q = kiln.pack %t layout #filter tile_dims [1] : tensor<3x5xf32> -> tensor<3x8xf32>
    kiln.yield %q : tensor<3x8xf32>
  }
  return %p : tensor<3x8xf32>
}
