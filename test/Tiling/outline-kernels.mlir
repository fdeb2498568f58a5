// RUN: kiln-opt %s --kiln-outline-kernels --split-input-file --mlir-print-local-scope | FileCheck %s
//
// Kernels become functions on memrefs, and their caller the launch plan. What a
// kernel computes does not matter here: these copy tiles.

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 2, 1]>
// A persistent block works on every n-th tile, n blocks in all: as many as there
// are multiprocessors, but no more than the 3 * 3 * 2 tiles. The memory of the result
// is an argument behind the inputs.
//
// CHECK-LABEL: gpu.func @copy
// CHECK-SAME:  (%[[IN:.+]]: memref<3x4x5x16xf32>, %[[OUT:.+]]: memref<3x4x5x16xf32>) kernel
// CHECK-SAME:  known_block_size = array<i32: 64, 1, 1>
// CHECK-DAG:     %[[BLOCK:.+]] = gpu.block_id x
// CHECK-DAG:     %[[BLOCKS:.+]] = gpu.grid_dim x
// CHECK-DAG:     %[[TILES:.+]] = arith.constant 18 : index
// CHECK:         scf.for %[[TILE:.+]] = %[[BLOCK]] to %[[TILES]] step %[[BLOCKS]] {
// CHECK:           %[[AT:.+]]:3 = affine.delinearize_index %[[TILE]] into (3, 3, 2)
// CHECK-DAG:       %[[Y:.+]] = affine.apply affine_map<(d0) -> (d0 * 2)>(%[[AT]]#1)
// CHECK-DAG:       %[[X:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[AT]]#2)
// CHECK:           %[[VALUES:.+]] = kiln.extract_tile %[[IN]][%[[AT]]#0, %{{.+}}, %[[Y]], %[[X]]]
// CHECK-NEXT:      kiln.store_tile %[[VALUES]], %[[OUT]][%[[AT]]#0, %{{.+}}, %[[Y]], %[[X]]] in_bounds [true, true, false, true]
// CHECK:       func.func @persistent(%[[IN:.+]]: memref<3x4x5x16xf32> {kiln.fan_in = 1 : i64}, %[[OUT:.+]]: memref<3x4x5x16xf32>) attributes {kiln.num_inputs = 1 : i64} {
// CHECK-NEXT:    kiln.launch @kernels::@copy(%[[IN]], %[[OUT]] : {{.*}}) grid [min(18, sm_count), 1, 1] block [64, 1, 1] shared 0
// CHECK-SAME:      flops = 99
// CHECK-SAME:      tiles = [#kiln.tiles<grid = [3, 3, 2], shape = [1, 2, 8], output_dims = [0, 2, 3]>]
// CHECK-NEXT:    return
func.func @persistent(%x: tensor<3x4x5x16xf32> {kiln.fan_in = 1 : i64}) -> tensor<3x4x5x16xf32> {
  %y = kiln.kernel "copy" (%x : tensor<3x4x5x16xf32>) -> tensor<3x4x5x16xf32> attributes {flops = 99 : i64, schedule = #schedule} {
  ^bb0(%a: tensor<3x4x5x16xf32>):
    %out = kiln.output 0 : memref<3x4x5x16xf32>
    scf.forall (%n, %i, %j) in (3, 3, 2) {
      %zero = arith.constant 0 : index
      %y0 = affine.apply affine_map<(d0) -> (d0 * 2)>(%i)
      %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%j)
      %t = kiln.extract_tile %a[%n, %zero, %y0, %x0] in_bounds [true, true, false, true] : tensor<3x4x5x16xf32> -> tensor<1x4x2x8xf32>
      kiln.store_tile %t, %out[%n, %zero, %y0, %x0] in_bounds [true, true, false, true] : tensor<1x4x2x8xf32>, memref<3x4x5x16xf32>
    }
    kiln.yield
  }
  return %y : tensor<3x4x5x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1], persistent = false>
#rows = #kiln.loop_schedule<tile = [1, 8], threads = [[1:0], [8:1]], vector = [1, 1], block = 256>
// Two kernels, one tile a block. The packed filter lives in workspace, the constant
// in a global; views of arguments and of the result move nothing. The dimensions
// that tiles are placed in are those of the output as the caller sees it.
//
// CHECK-LABEL: module
// CHECK:       memref.global "private" constant @[[BIAS:.+]] : memref<1x3xf32> = dense<{{.*}}[1.000000e+00, 2.000000e+00, 3.000000e+00]]>
// CHECK:       gpu.func @pack(%[[W:.+]]: memref<3x5xf32>, %[[ROWS:.+]]: memref<3x8xf32>) kernel attributes {{{.*}}known_block_size = array<i32: 256, 1, 1>}
// CHECK:         %[[PACKED:.+]] = kiln.load_tile %[[W]]
// CHECK:         kiln.store_tile %[[PACKED]], %[[ROWS]]
// CHECK:       gpu.func @copy
// CHECK:         %[[BLOCK:.+]] = gpu.block_id x
// CHECK-NOT:     scf.for
// CHECK:         affine.delinearize_index %[[BLOCK]] into (1, 1, 2)
// CHECK:       func.func @plan(%[[X:.+]]: memref<1x16xf32>, %[[W:.+]]: memref<3x5xf32>, %[[OUT:.+]]: memref<1x1x1x16xf32>) attributes {kiln.num_inputs = 2 : i64}
// CHECK-DAG:     %[[CONSTANT:.+]] = memref.get_global @[[BIAS]]
// CHECK-DAG:     %[[WORKSPACE:.+]] = memref.alloc() : memref<3x8xf32>
// CHECK:         kiln.launch @kernels::@pack(%[[W]], %[[WORKSPACE]] : {{.*}}) grid [3, 1, 1] block [256, 1, 1] shared 0 role<pack> attributes {schedule =
// CHECK-NEXT:    kiln.launch @kernels::@copy(%[[X]], %[[WORKSPACE]], %[[CONSTANT]], %[[OUT]] : memref<1x16xf32>, memref<3x8xf32>, memref<1x3xf32>, memref<1x1x1x16xf32>) grid [2, 1, 1] block [32, 1, 1]
// CHECK-SAME:      tiles = [#kiln.tiles<grid = [1, 1, 2], shape = [1, 1, 8], output_dims = [0, 1, 3]>]
// CHECK-NEXT:    return
func.func @plan(%x: tensor<1x16xf32>, %w: tensor<3x5xf32>) -> tensor<1x1x1x16xf32> {
  %bias = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %flat = tensor.expand_shape %x [[0], [1, 2]] output_shape [1, 1, 16] : tensor<1x16xf32> into tensor<1x1x16xf32>
  %p = kiln.kernel "pack" (%w : tensor<3x5xf32>) -> tensor<3x8xf32> role<pack> attributes {schedule = #rows} {
  ^bb0(%a: tensor<3x5xf32>):
    %out = kiln.output 0 : memref<3x8xf32>
    scf.forall (%r) in (3) {
      %zero = arith.constant 0 : index
      %t = kiln.load_tile %a[%r, %zero] map affine_map<(d0, d1) -> (d1 mod 4, d0 * 2 + d1 floordiv 4)> in_bounds [false, false] : tensor<3x5xf32> -> tensor<1x8xf32>
      kiln.store_tile %t, %out[%r, %zero] in_bounds [true, true] : tensor<1x8xf32>, memref<3x8xf32>
    }
    kiln.yield
  }
  %y = kiln.kernel "copy" (%flat, %p, %bias : tensor<1x1x16xf32>, tensor<3x8xf32>, tensor<1x3xf32>) -> tensor<1x1x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x1x16xf32>, %b: tensor<3x8xf32>, %c: tensor<1x3xf32>):
    %out = kiln.output 0 : memref<1x1x16xf32>
    scf.forall (%n, %i, %j) in (1, 1, 2) {
      %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%j)
      %t = kiln.extract_tile %a[%n, %i, %x0] in_bounds [true, true, true] : tensor<1x1x16xf32> -> tensor<1x1x8xf32>
      kiln.store_tile %t, %out[%n, %i, %x0] in_bounds [true, true, true] : tensor<1x1x8xf32>, memref<1x1x16xf32>
    }
    kiln.yield
  }
  %v = tensor.expand_shape %y [[0, 1], [2], [3]] output_shape [1, 1, 1, 16] : tensor<1x1x16xf32> into tensor<1x1x1x16xf32>
  return %v : tensor<1x1x1x16xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// Tiles along the channels, too: their number changes first from block to block, while
// the dimension of the output that they are cut from is the second.
//
// CHECK-LABEL: gpu.func @channels
// CHECK:         %[[AT:.+]]:4 = affine.delinearize_index %{{.+}} into (3, 1, 2, 3)
// CHECK-DAG:     %[[X:.+]] = affine.apply affine_map<(d0) -> (d0 * 8)>(%[[AT]]#2)
// CHECK-DAG:     %[[F:.+]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[AT]]#3)
// CHECK:         kiln.store_tile %{{.+}}, %{{.+}}[%[[AT]]#0, %[[F]], %[[AT]]#1, %[[X]]] in_bounds [true, false, true, true]
// CHECK:         kiln.launch {{.*}} grid [min(18, sm_count), 1, 1]
// CHECK-SAME:      tiles = [#kiln.tiles<grid = [3, 1, 2, 3], shape = [1, 2, 8, 4], output_dims = [0, 2, 3, 1]>]
func.func @channel_tiles(%x: tensor<3x10x2x16xf32>) -> tensor<3x10x2x16xf32> {
  %y = kiln.kernel "channels" (%x : tensor<3x10x2x16xf32>) -> tensor<3x10x2x16xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<3x10x2x16xf32>):
    %out = kiln.output 0 : memref<3x10x2x16xf32>
    scf.forall (%n, %i, %j, %k) in (3, 1, 2, 3) {
      %x0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%j)
      %f0 = affine.apply affine_map<(d0) -> (d0 * 4)>(%k)
      %t = kiln.extract_tile %a[%n, %f0, %i, %x0] in_bounds [true, false, true, true] : tensor<3x10x2x16xf32> -> tensor<1x4x2x8xf32>
      kiln.store_tile %t, %out[%n, %f0, %i, %x0] in_bounds [true, false, true, true] : tensor<1x4x2x8xf32>, memref<3x10x2x16xf32>
    }
    kiln.yield
  }
  return %y : tensor<3x10x2x16xf32>
}

// -----

#schedule = #kiln.loop_schedule<tile = [4, 64, 64], threads = [[4:64], [64:1], [64:1]], vector = [1, 1, 1], block = 256>
// Two results are two arguments behind the inputs, in the order of the results, and what
// the launch writes. The threads of a block and whether blocks loop over tiles are asked
// of any schedule. Tiles are described for each result: a loop of the block that walks a
// dimension covers it whole.
//
// CHECK-LABEL: gpu.func @two
// CHECK-SAME:    (%[[X:.+]]: memref<10x100xf32>, %[[Y:.+]]: memref<10x100xf32>, %[[S:.+]]: memref<10xf32>) kernel attributes {kiln.num_written = 2 : i64, kiln.schedule = #kiln.loop_schedule<{{.*}}>, known_block_size = array<i32: 256, 1, 1>}
// CHECK:         %[[AT:.+]] = affine.delinearize_index %{{.+}} into (3)
// CHECK:         %[[I0:.+]] = affine.apply affine_map<(d0) -> (d0 * 4)>(%[[AT]])
// CHECK:         scf.for %[[J:.+]] =
// CHECK:           kiln.store_tile %{{.+}}, %[[Y]][%[[I0]], %[[J]]]
// CHECK:         kiln.store_tile %{{.+}}, %[[S]][%[[I0]]]
// CHECK:       func.func @two_results(%[[X:.+]]: memref<10x100xf32>, %[[S:.+]]: memref<10xf32>, %[[Y:.+]]: memref<10x100xf32>)
// CHECK-NEXT:    kiln.launch @kernels::@two(%[[X]], %[[Y]], %[[S]] : {{.*}}) grid [3, 1, 1] block [256, 1, 1] shared 0 attributes {num_written = 2 : i64, schedule = #kiln.loop_schedule<{{.*}}>, tiles = [#kiln.tiles<grid = [3], shape = [4], output_dims = [0]>, #kiln.tiles<grid = [3], shape = [4], output_dims = [0]>]}
// CHECK-NEXT:    return
func.func @two_results(%x: tensor<10x100xf32>) -> (tensor<10xf32>, tensor<10x100xf32>) {
  %y:2 = kiln.kernel "two" (%x : tensor<10x100xf32>) -> tensor<10x100xf32>, tensor<10xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<10x100xf32>):
    %out0 = kiln.output 0 : memref<10x100xf32>
    %out1 = kiln.output 1 : memref<10xf32>
    scf.forall (%i) in (3) {
      %zero = arith.constant 0 : index
      %step = arith.constant 64 : index
      %end = arith.constant 100 : index
      %i0 = affine.apply affine_map<(d0) -> (d0 * 4)>(%i)
      scf.for %j = %zero to %end step %step {
        %t = kiln.extract_tile %a[%i0, %j] in_bounds [false, false] : tensor<10x100xf32> -> tensor<4x64xf32>
        kiln.store_tile %t, %out0[%i0, %j] in_bounds [false, false] : tensor<4x64xf32>, memref<10x100xf32>
      }
      %s = arith.constant dense<1.0> : tensor<4xf32>
      kiln.store_tile %s, %out1[%i0] in_bounds [false] : tensor<4xf32>, memref<10xf32>
    }
    kiln.yield
  }
  return %y#1, %y#0 : tensor<10xf32>, tensor<10x100xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 2, 8], chunk = 1, warps = [1, 1, 1]>
// A loop's variable that places no tile leaves the tiles undescribed.
//
// CHECK-LABEL: func.func @unplaced
// CHECK:         kiln.launch
// CHECK-NOT:     tiles =
func.func @unplaced(%x: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %y = kiln.kernel "copy" (%x : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<1x4x2x8xf32>):
    %out = kiln.output 0 : memref<1x4x2x8xf32>
    scf.forall (%n, %i, %j) in (1, 1, 1) {
      %zero = arith.constant 0 : index
      %t = kiln.extract_tile %a[%n, %zero, %i, %j] in_bounds [true, true, true, true] : tensor<1x4x2x8xf32> -> tensor<1x4x2x8xf32>
      kiln.store_tile %t, %out[%n, %zero, %i, %zero] in_bounds [true, true, true, true] : tensor<1x4x2x8xf32>, memref<1x4x2x8xf32>
    }
    kiln.yield
  }
  return %y : tensor<1x4x2x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
// Each of two results has tiles of its own, of the same loops over tiles: their shape and the
// dimensions they lie along are those of the result.
//
// CHECK-LABEL: func.func @transposed_besides
// CHECK:         kiln.launch {{.*}} grid [min(6, sm_count), 1, 1]
// CHECK-SAME:      tiles = [#kiln.tiles<grid = [2, 3], shape = [4, 8], output_dims = [0, 1]>, #kiln.tiles<grid = [2, 3], shape = [4, 8], output_dims = [1, 0]>]
func.func @transposed_besides(%x: tensor<8x20xf32>) -> (tensor<8x20xf32>, tensor<20x8xf32>) {
  %y:2 = kiln.kernel "both" (%x : tensor<8x20xf32>) -> tensor<8x20xf32>, tensor<20x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<8x20xf32>):
    %out0 = kiln.output 0 : memref<8x20xf32>
    %out1 = kiln.output 1 : memref<20x8xf32>
    scf.forall (%i, %j) in (2, 3) {
      %i0 = affine.apply affine_map<(d0) -> (d0 * 4)>(%i)
      %j0 = affine.apply affine_map<(d0) -> (d0 * 8)>(%j)
      %t = kiln.extract_tile %a[%i0, %j0] in_bounds [true, false] : tensor<8x20xf32> -> tensor<4x8xf32>
      kiln.store_tile %t, %out0[%i0, %j0] in_bounds [true, false] : tensor<4x8xf32>, memref<8x20xf32>
      %zero = arith.constant dense<0.0> : tensor<8x4xf32>
      kiln.store_tile %zero, %out1[%j0, %i0] in_bounds [false, true] : tensor<8x4xf32>, memref<20x8xf32>
    }
    kiln.yield
  }
  return %y#0, %y#1 : tensor<8x20xf32>, tensor<20x8xf32>
}

// -----

#schedule = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
// Tiles that overlap, begin elsewhere, leave a part of another dimension to nobody, are stored
// in a loop that does not reach the end, or only now and then, are no boxes that cover the
// result once. The last result shows that one without a description leaves that of others.
//
// CHECK-LABEL: func.func @no_boxes
// CHECK:         kiln.launch
// CHECK-SAME:      tiles = [unit, unit, unit, unit, unit, #kiln.tiles<grid = [2], shape = [4], output_dims = [0]>]
func.func @no_boxes(%x: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  %y:6 = kiln.kernel "six" (%x : tensor<8x8xf32>) -> tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32> attributes {schedule = #schedule} {
  ^bb0(%a: tensor<8x8xf32>):
    %out0 = kiln.output 0 : memref<8x8xf32>
    %out1 = kiln.output 1 : memref<8x8xf32>
    %out2 = kiln.output 2 : memref<8x8xf32>
    %out3 = kiln.output 3 : memref<8x8xf32>
    %out4 = kiln.output 4 : memref<8x8xf32>
    %out5 = kiln.output 5 : memref<8x8xf32>
    scf.forall (%i) in (2) {
      %zero = arith.constant 0 : index
      %four = arith.constant 4 : index
      %overlapping = affine.apply affine_map<(d0) -> (d0 * 2)>(%i)
      %i0 = affine.apply affine_map<(d0) -> (d0 * 4)>(%i)
      %t = arith.constant dense<0.0> : tensor<4x8xf32>
      %u = arith.constant dense<0.0> : tensor<4x4xf32>
      kiln.store_tile %t, %out0[%overlapping, %zero] in_bounds [true, true] : tensor<4x8xf32>, memref<8x8xf32>
      kiln.store_tile %u, %out1[%i0, %four] in_bounds [true, true] : tensor<4x4xf32>, memref<8x8xf32>
      kiln.store_tile %u, %out2[%i0, %zero] in_bounds [true, true] : tensor<4x4xf32>, memref<8x8xf32>
      scf.for %j = %zero to %four step %four {
        kiln.store_tile %u, %out3[%i0, %j] in_bounds [true, true] : tensor<4x4xf32>, memref<8x8xf32>
      }
      %first = arith.cmpi eq, %i, %zero : index
      scf.if %first {
        kiln.store_tile %t, %out4[%i0, %zero] in_bounds [true, true] : tensor<4x8xf32>, memref<8x8xf32>
      }
      kiln.store_tile %t, %out5[%i0, %zero] in_bounds [true, true] : tensor<4x8xf32>, memref<8x8xf32>
    }
    kiln.yield
  }
  return %y#0, %y#1, %y#2, %y#3, %y#4, %y#5 : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}
