// RUN: kiln-opt %s | kiln-opt | FileCheck %s
//
// The ops on the tiles of a block (level 3), each with all that it can carry.
// Attributes and types print as aliases; these are checked first.
//
// CHECK-DAG: #[[FILTER:.+]] = #kiln.shared_layout<[4:1], [2:4]>
// CHECK-DAG: #[[TILE:.+]] = #kiln.shared_layout<[2:1], [2:2]>
// CHECK-DAG: #[[AS:.+]] = #kiln.shared_layout<[16:8], [8:1]>
// CHECK-DAG: #[[BS:.+]] = #kiln.shared_layout<[8:20], [20:1]>
// CHECK-DAG: ![[A1:.+]] = !kiln.shared<1 x f32, #[[AS]]>
// CHECK-DAG: ![[A2:.+]] = !kiln.shared<2 x f32, #[[AS]]>
// CHECK-DAG: ![[B2:.+]] = !kiln.shared<2 x f32, #[[BS]]>

// 16 x 8 accumulators of one mma.m16n8k8 and its operands.
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#row = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = []>
#as = #kiln.shared_layout<[16:8], [8:1]>
#bs = #kiln.shared_layout<[8:20], [20:1]>
#filter = #kiln.shared_layout<[4:1], [2:4]>
#tile = #kiln.shared_layout<[2:1], [2:2]>
#km = affine_map<(d0, d1, d2) -> (d0, d2)>
#kn = affine_map<(d0, d1, d2) -> (d2, d1)>
#mn = affine_map<(d0, d1, d2) -> (d0, d1)>

// Tiles come out of tensors or memrefs, with or without a layout.
// CHECK-LABEL: func @tiles
func.func @tiles(%t: tensor<20x30xf32>, %m: memref<20x30xf32>, %i: index) {
  // CHECK: kiln.extract_tile %{{.+}}[%{{.+}}, %{{.+}}] in_bounds [true, false] : tensor<20x30xf32> -> tensor<4x6xf32>
  %p = kiln.extract_tile %t[%i, %i] in_bounds [true, false] : tensor<20x30xf32> -> tensor<4x6xf32>
  // CHECK: %[[tile:.+]] = kiln.extract_tile %{{.+}} : memref<20x30xf32> -> tensor<16x8xf32, #[[$acc:.+]]>
  %q = kiln.extract_tile %m[%i, %i] in_bounds [false, false] : memref<20x30xf32> -> tensor<16x8xf32, #acc>
  // CHECK: kiln.store_tile %[[tile]], %{{.+}}[%{{.+}}, %{{.+}}] in_bounds [false, false] : tensor<16x8xf32, #[[$acc]]>, memref<20x30xf32>
  kiln.store_tile %q, %m[%i, %i] in_bounds [false, false] : tensor<16x8xf32, #acc>, memref<20x30xf32>
  return
}

// Tiles over axes are read through a map: windows, a diagonal, a scalar. Padding stands
// where a coordinate is outside; it may be left out.
// CHECK-LABEL: func @loads
func.func @loads(%t: tensor<20x30xf32>, %m: memref<20x30xi1>, %s: memref<f32>, %i: index) {
  // CHECK: kiln.load_tile %{{.+}}[%{{.+}}, %{{.+}}] map {{.+}} in_bounds [true, false] padding 1.000000e+00 : f32 : tensor<20x30xf32> -> tensor<8x2xf32>
  %p = kiln.load_tile %t[%i, %i] map affine_map<(d0, d1) -> (0, d0 * 2 + d1 - 1)> in_bounds [true, false] padding 1.0 : f32 : tensor<20x30xf32> -> tensor<8x2xf32>
  // CHECK: kiln.load_tile %{{.+}}[%{{.+}}] map {{.+}} in_bounds [false, false] : memref<20x30xi1> -> tensor<8xi1>
  %q = kiln.load_tile %m[%i] map affine_map<(d0) -> (d0, d0)> in_bounds [false, false] : memref<20x30xi1> -> tensor<8xi1>
  // CHECK: kiln.load_tile %{{.+}}[] map {{.+}} in_bounds [] : memref<f32> -> tensor<f32>
  %r = kiln.load_tile %s[] map affine_map<() -> ()> in_bounds [] : memref<f32> -> tensor<f32>
  // CHECK: kiln.load_tile %{{.+}}[%{{.+}}, %{{.+}}] map {{.+}} : tensor<20x30xf32> -> tensor<16x8xf32, #[[$acc]]>
  %l = kiln.load_tile %t[%i, %i] map affine_map<(d0, d1) -> (d0, d1)> in_bounds [false, false] : tensor<20x30xf32> -> tensor<16x8xf32, #acc>
  return
}

// A 3 x 5 filter, of which 2 columns make a chunk: 3 chunks of 8 elements.
// CHECK-LABEL: func @packed
func.func @packed(%w: tensor<3x5xf32>) -> tensor<3x5xf32> {
  // CHECK: kiln.pack %{{.+}} layout #[[FILTER]] tile_dims [1] : tensor<3x5xf32> -> tensor<3x8xf32>
  %plain = kiln.pack %w layout #filter tile_dims [1] : tensor<3x5xf32> -> tensor<3x8xf32>
  // CHECK: %[[packed:.+]] = kiln.pack %{{.+}} tile_dims [1] round_tf32 : tensor<3x5xf32> -> tensor<3x8xf32>
  %rounded = kiln.pack %w layout #filter tile_dims [1] round_tf32 : tensor<3x5xf32> -> tensor<3x8xf32>
  // CHECK: kiln.unpack %[[packed]] layout #[[FILTER]] tile_dims [1] : tensor<3x8xf32> -> tensor<3x5xf32>
  %view = kiln.unpack %rounded layout #filter tile_dims [1] : tensor<3x8xf32> -> tensor<3x5xf32>
  return %view : tensor<3x5xf32>
}

// Tiles of 2 x 2 along both dimensions: 2 * 3 rows, those of the columns neighbours.
// CHECK-LABEL: func @packed_tiles
func.func @packed_tiles(%w: tensor<3x5xf32>) -> tensor<3x5xf32> {
  // CHECK: %[[packed:.+]] = kiln.pack %{{.+}} layout #[[TILE]] tile_dims [0, 1] : tensor<3x5xf32> -> tensor<6x4xf32>
  %rows = kiln.pack %w layout #tile tile_dims [0, 1] : tensor<3x5xf32> -> tensor<6x4xf32>
  // CHECK: kiln.unpack %[[packed]] layout #[[TILE]] tile_dims [0, 1] : tensor<6x4xf32> -> tensor<3x5xf32>
  %view = kiln.unpack %rows layout #tile tile_dims [0, 1] : tensor<6x4xf32> -> tensor<3x5xf32>
  return %view : tensor<3x5xf32>
}

// CHECK-LABEL: func @staging
func.func @staging(%x: memref<64x64xf32>, %w: memref<4x128xf32>, %i: index, %p: i1) {
  %zero = arith.constant 0 : index
  // CHECK: %[[image:.+]] = kiln.alloc_shared : ![[B2]]
  %image = kiln.alloc_shared : !kiln.shared<2 x f32, #bs>
  // CHECK: %[[filter:.+]] = kiln.alloc_shared : ![[A1]]
  %filter = kiln.alloc_shared : !kiln.shared<1 x f32, #as>
  // CHECK: kiln.async_copy %{{.+}}[%{{.+}}, %{{.+}}] to %[[image]][%{{.+}}] if %{{.+}} in_bounds [false, true] vector 4 : memref<64x64xf32> -> ![[B2]]
  kiln.async_copy %x[%i, %i] to %image[%i] if %p in_bounds [false, true] vector 4 : memref<64x64xf32> -> !kiln.shared<2 x f32, #bs>
  // CHECK: kiln.async_copy %{{.+}}[%{{.+}}, %{{.+}}] to %[[filter]][%{{.+}}] in_bounds [true, true] vector 4 flat : memref<4x128xf32> -> ![[A1]]
  kiln.async_copy %w[%i, %zero] to %filter[%zero] in_bounds [true, true] vector 4 flat : memref<4x128xf32> -> !kiln.shared<1 x f32, #as>
  // CHECK: kiln.async_commit
  kiln.async_commit
  // CHECK: kiln.async_wait 1
  kiln.async_wait 1
  // CHECK: kiln.barrier
  kiln.barrier
  // The staged tile leaves out the padding of the rows.
  // CHECK: kiln.staged %[[image]][%{{.+}}] : ![[B2]] -> tensor<8x18xf32>
  %staged = kiln.staged %image[%i] : !kiln.shared<2 x f32, #bs> -> tensor<8x18xf32>
  // CHECK: kiln.staged %[[image]][%{{.+}}] at [0, 2] : ![[B2]] -> tensor<8x16xf32>
  %behind = kiln.staged %image[%i] at [0, 2] : !kiln.shared<2 x f32, #bs> -> tensor<8x16xf32>
  return
}

// CHECK-LABEL: func @fragments
func.func @fragments(%acc: tensor<16x8xf32, #acc>, %i: index) -> tensor<8xf32, #row> {
  %as = kiln.alloc_shared : !kiln.shared<2 x f32, #as>
  %bs = kiln.alloc_shared : !kiln.shared<2 x f32, #bs>
  // CHECK: %[[a:.+]] = kiln.local_load %{{.+}}[%{{.+}}] at [0, 0] step [1, 1] : ![[A2]] -> tensor<16x8xf32, #{{.+}}>
  %a = kiln.local_load %as[%i] at [0, 0] step [1, 1] : !kiln.shared<2 x f32, #as> -> tensor<16x8xf32, #a>
  // CHECK: %[[b:.+]] = kiln.local_load %{{.+}}[%{{.+}}] at [0, 3] step [1, 2] round_tf32 : ![[B2]] -> tensor<8x8xf32, #{{.+}}>
  %b = kiln.local_load %bs[%i] at [0, 3] step [1, 2] round_tf32 : !kiln.shared<2 x f32, #bs> -> tensor<8x8xf32, #b>
  // CHECK: %[[d:.+]] = kiln.dot %[[a]], %[[b]], %{{.+}} maps [#{{.+}}, #{{.+}}, #{{.+}}] with mma_m16n8k8_tf32 : tensor<16x8xf32, #{{.+}}>, tensor<8x8xf32, #{{.+}}>, tensor<16x8xf32, #{{.+}}>
  %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
  // CHECK: kiln.reduce %[[d]] over [0] : tensor<16x8xf32, #{{.+}}> -> tensor<8xf32, #{{.+}}> {
  // CHECK: ^bb0(%[[l:.+]]: f32, %[[r:.+]]: f32):
  // CHECK:   %[[s:.+]] = arith.addf %[[l]], %[[r]]
  // CHECK:   kiln.reduce_yield %[[s]] : f32
  %sum = kiln.reduce %d over [0] : tensor<16x8xf32, #acc> -> tensor<8xf32, #row> {
  ^bb0(%l: f32, %r: f32):
    %s = arith.addf %l, %r : f32
    kiln.reduce_yield %s : f32
  }
  // CHECK: kiln.reduce %{{.+}}, %{{.+}} over [0] halving : tensor<4x8xf32>, tensor<4x8xi32> -> tensor<8xf32>, tensor<8xi32> {
  %x = tensor.empty() : tensor<4x8xf32>
  %n = tensor.empty() : tensor<4x8xi32>
  %two:2 = kiln.reduce %x, %n over [0] halving : tensor<4x8xf32>, tensor<4x8xi32> -> tensor<8xf32>, tensor<8xi32> {
  ^bb0(%x0: f32, %n0: i32, %x1: f32, %n1: i32):
    %less = arith.cmpf olt, %x0, %x1 : f32
    %m = arith.select %less, %x0, %x1 : f32
    %k = arith.select %less, %n0, %n1 : i32
    kiln.reduce_yield %m, %k : f32, i32
  }
  return %sum : tensor<8xf32, #row>
}

// Transposition in shared memory: rows of eight positions become rows of eight
// channels.
#rows = #kiln.shared_layout<[16:24], [2:8], [8:1]>
#turned = #kiln.shared_layout<[8:1, 2:128], [2:64], [8:8]>
// CHECK-LABEL: func @transposed
func.func @transposed(%i: index) {
  %rows = kiln.alloc_shared : !kiln.shared<1 x f16, #rows>
  %turned = kiln.alloc_shared : !kiln.shared<2 x f16, #turned>
  // CHECK: kiln.local_copy %{{.+}}[%{{.+}}] to %{{.+}}[%{{.+}}] : !{{.+}} -> !{{.+}}
  kiln.local_copy %rows[%i] to %turned[%i] : !kiln.shared<1 x f16, #rows> -> !kiln.shared<2 x f16, #turned>
  // CHECK: kiln.local_copy %{{.+}}[%{{.+}}] to %{{.+}}[%{{.+}}] rounds [0, 1] : !{{.+}} -> !{{.+}}
  kiln.local_copy %rows[%i] to %turned[%i] rounds [0, 1] : !kiln.shared<1 x f16, #rows> -> !kiln.shared<2 x f16, #turned>
  return
}

// Results through shared memory: the halves of eight rows share places, and threads
// read and store units of four.
#held = #kiln.layout<register = [[0, 1], [4, 0]], lane = [[0, 2], [0, 4], [0, 8], [1, 0], [2, 0]], warp = []>
#read = #kiln.layout<register = [[0, 1], [0, 2]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [0, 0]], warp = []>
#halves = #kiln.shared_layout<[4:16, 2:0], [16:1]>
// CHECK-LABEL: func @staged_stores
func.func @staged_stores(%t: tensor<8x16xf32, #held>, %m: memref<8x16xf32>, %i: index) {
  %s = kiln.alloc_shared : !kiln.shared<1 x f32, #halves>
  // CHECK: kiln.local_write %{{.+}} to %{{.+}} at [4, 0] : tensor<8x16xf32, #{{.+}}>, !{{.+}}
  kiln.local_write %t to %s at [4, 0] : tensor<8x16xf32, #held>, !kiln.shared<1 x f32, #halves>
  // CHECK: kiln.local_read %{{.+}} at [0, 0] : !{{.+}} -> tensor<4x16xf32, #{{.+}}>
  %r = kiln.local_read %s at [0, 0] : !kiln.shared<1 x f32, #halves> -> tensor<4x16xf32, #read>
  // CHECK: kiln.local_read %{{.+}} at [0, 0] moved %{{.+}} : !{{.+}} -> tensor<4x16xf32, #{{.+}}>
  %q = kiln.local_read %s at [0, 0] moved %i : !kiln.shared<1 x f32, #halves> -> tensor<4x16xf32, #read>
  // CHECK: kiln.extract_tile %{{.+}}[%{{.+}}, %{{.+}}] in_bounds [true, true] vector 2 : memref<8x16xf32> -> tensor<4x16xf32, #{{.+}}>
  %e = kiln.extract_tile %m[%i, %i] in_bounds [true, true] vector 2 : memref<8x16xf32> -> tensor<4x16xf32, #read>
  // CHECK: kiln.store_tile %{{.+}}, %{{.+}}[%{{.+}}, %{{.+}}] in_bounds [true, true] vector 4 : tensor<4x16xf32, #{{.+}}>, memref<8x16xf32>
  kiln.store_tile %r, %m[%i, %i] in_bounds [true, true] vector 4 : tensor<4x16xf32, #read>, memref<8x16xf32>
  return
}
