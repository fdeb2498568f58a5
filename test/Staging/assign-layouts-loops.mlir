// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-assign-layouts))' --mlir-print-local-scope | FileCheck %s
//
// The tiles of a loop schedule have its layouts already. What is left to do are the
// reductions, each of which becomes one in the block.

#rows = #kiln.loop_schedule<tile = [4, 64], threads = [[4:32], [32:1]], vector = [1, 2], block = 128>
#row = #kiln.layout<register = [], lane = [[0], [0], [0], [0], [0]], warp = [[1], [2]]>
#tile = #kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4], [0, 8], [0, 16], [0, 32]], warp = [[1, 0], [2, 0]]>
#pool = #kiln.loop_schedule<tile = [4, 8, 2], threads = [[4:8], [8:1], [1:0]], vector = [1, 1, 1], block = 32>
#image = #kiln.layout<register = [[0, 0, 1]], lane = [[0, 1, 0], [0, 2, 0], [0, 4, 0], [1, 0, 0], [2, 0, 0]], warp = []>
#window = #kiln.layout<register = [[1]], lane = [[0], [0], [0], [0], [0]], warp = []>
#pooled = #kiln.layout<register = [], lane = [[0, 0, 1], [0, 0, 2], [0, 0, 4], [0, 1, 0], [0, 2, 0]], warp = []>

gpu.module @kernels {
  // Each pass over a tile combines it in the block first, then with what the loop carries:
  // a start value counts once, not once for each thread.
  //
  // CHECK-LABEL: gpu.func @row_sum
  // CHECK:         scf.for {{.*}} iter_args(%[[SUM:.+]] = %{{.+}})
  // CHECK:           %[[T:.+]] = kiln.extract_tile
  // CHECK:           %[[PART:.+]] = kiln.reduce %[[T]] over [1] : tensor<4x64xf32, {{.*}}> -> tensor<4xf32, #kiln.layout<register = [], lane = {{\[\[}}0], [0], [0], [0], [0]], warp = {{\[\[}}1], [2]]>> {
  // CHECK:             arith.addf
  // CHECK:           %[[NEXT:.+]] = linalg.generic {{.*}} ins(%[[SUM]], %[[PART]] :
  // CHECK:             arith.addf
  // CHECK:           scf.yield %[[NEXT]]
  gpu.func @row_sum(%x: memref<4x128xf32>, %start: memref<4xf32>, %out: memref<4xf32>) kernel attributes {kiln.schedule = #rows} {
    %0 = arith.constant 0 : index
    %64 = arith.constant 64 : index
    %128 = arith.constant 128 : index
    %init = kiln.extract_tile %start[%0] in_bounds [true] : memref<4xf32> -> tensor<4xf32, #row>
    %r = scf.for %j = %0 to %128 step %64 iter_args(%acc = %init) -> (tensor<4xf32, #row>) {
      %t = kiln.extract_tile %x[%0, %j] in_bounds [true, true] : memref<4x128xf32> -> tensor<4x64xf32, #tile>
      %s = linalg.reduce { arith.addf } ins(%t : tensor<4x64xf32, #tile>) outs(%acc : tensor<4xf32, #row>) dimensions = [1]
      scf.yield %s : tensor<4xf32, #row>
    }
    kiln.store_tile %r, %out[%0] in_bounds [true] : tensor<4xf32, #row>, memref<4xf32>
    gpu.return
  }

  // One image is a loop of extent 1 that the window's tile does not have: it has no bit.
  //
  // CHECK-LABEL: gpu.func @pool
  // CHECK:         %[[T:.+]] = kiln.load_tile
  // CHECK:         %[[IN:.+]] = linalg.generic {{.*}} ins(%[[T]], %{{.+}} : {{.*}}) outs(%{{.+}} : tensor<1x4x8x2xf32, #[[ALL:kiln.layout<register = \[\[0, 0, 0, 1\]\], lane = \[\[0, 0, 1, 0\], \[0, 0, 2, 0\], \[0, 0, 4, 0\], \[0, 1, 0, 0\], \[0, 2, 0, 0\]\], warp = \[\]>]]>)
  // CHECK:         kiln.reduce %[[IN]] over [3] : tensor<1x4x8x2xf32, #[[ALL]]> -> tensor<1x4x8xf32, #kiln.layout<register = [], lane = {{\[\[}}0, 0, 1], [0, 0, 2], [0, 0, 4], [0, 1, 0], [0, 2, 0]], warp = []>>
  gpu.func @pool(%x: memref<1x4x9xf32>, %out: memref<1x4x8xf32>) kernel attributes {kiln.schedule = #pool} {
    %0 = arith.constant 0 : index
    %t = kiln.load_tile %x[%0, %0, %0] map affine_map<(d0, d1, d2) -> (0, d0, d1 + d2)> in_bounds [true, true, true] : memref<1x4x9xf32> -> tensor<4x8x2xf32, #image>
    %w = tensor.empty() : tensor<2xf32, #window>
    %init = arith.constant dense<0xFF800000> : tensor<1x4x8xf32, #pooled>
    %m = linalg.generic {indexing_maps = [affine_map<(n, c, o, k) -> (c, o, k)>, affine_map<(n, c, o, k) -> (k)>, affine_map<(n, c, o, k) -> (n, c, o)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%t, %w : tensor<4x8x2xf32, #image>, tensor<2xf32, #window>) outs(%init : tensor<1x4x8xf32, #pooled>) {
    ^bb1(%i: f32, %j: f32, %o: f32):
      %1 = arith.maximumf %o, %i : f32
      linalg.yield %1 : f32
    } -> tensor<1x4x8xf32, #pooled>
    kiln.store_tile %m, %out[%0, %0, %0] in_bounds [true, true, true] : tensor<1x4x8xf32, #pooled>, memref<1x4x8xf32>
    gpu.return
  }

  // Value and index together: lanes compare values, and the smaller index of equal ones.
  //
  // CHECK-LABEL: gpu.func @argmin
  // CHECK:         %{{.+}}:2 = kiln.reduce %{{.+}}, %{{.+}} over [1] : {{.*}} {
  // CHECK-NEXT:    ^bb0(%{{.+}}: f32, %{{.+}}: i32, %{{.+}}: f32, %{{.+}}: i32):
  // CHECK:           arith.cmpf
  // CHECK:           kiln.reduce_yield %{{.+}}, %{{.+}} : f32, i32
  gpu.func @argmin(%x: memref<4x64xf32>, %v: memref<4xf32>, %n: memref<4xi32>, %out: memref<4xf32>, %at: memref<4xi32>) kernel attributes {kiln.num_written = 2 : i64, kiln.schedule = #rows} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<4x64xf32> -> tensor<4x64xf32, #tile>
    %e = tensor.empty() : tensor<4x64xi32, #tile>
    %i = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<4x64xi32, #tile>) {
    ^bb1(%o: i32):
      %1 = linalg.index 1 : index
      %2 = arith.index_cast %1 : index to i32
      linalg.yield %2 : i32
    } -> tensor<4x64xi32, #tile>
    %v0 = kiln.extract_tile %v[%0] in_bounds [true] : memref<4xf32> -> tensor<4xf32, #row>
    %n0 = kiln.extract_tile %n[%0] in_bounds [true] : memref<4xi32> -> tensor<4xi32, #row>
    %r:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%t, %i : tensor<4x64xf32, #tile>, tensor<4x64xi32, #tile>) outs(%v0, %n0 : tensor<4xf32, #row>, tensor<4xi32, #row>) {
    ^bb1(%a: f32, %b: i32, %c: f32, %d: i32):
      %1 = arith.cmpf olt, %a, %c : f32
      %2 = arith.select %1, %a, %c : f32
      %3 = arith.select %1, %b, %d : i32
      linalg.yield %2, %3 : f32, i32
    } -> (tensor<4xf32, #row>, tensor<4xi32, #row>)
    kiln.store_tile %r#0, %out[%0] in_bounds [true] : tensor<4xf32, #row>, memref<4xf32>
    kiln.store_tile %r#1, %at[%0] in_bounds [true] : tensor<4xi32, #row>, memref<4xi32>
    gpu.return
  }
}
