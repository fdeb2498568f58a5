// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-stage-stores))' --mlir-print-local-scope | FileCheck %s
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-stage-stores))' --remarks-filter=kiln-stage-stores --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// A result of 32 channels and 32 columns, as a warp holds it behind mma.m16n8k8: eight
// lanes are eight channels, so that a store of registers is of eight short runs. In the
// pieces neighbouring lanes are neighbours in a row.

#staged = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 1, 32], chunk = 8, warps = [1, 1, 1], persistent = false, stores = staged>
#ahead = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [32, 1, 32], chunk = 8, warps = [1, 1, 1], stores = staged>
#adjacent = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [64, 1, 8], chunk = 8, warps = [1, 1, 1], channels = adjacent>
#eight = #kiln.layout<register = [[1, 0], [0, 1], [0, 2], [0, 4]], lane = [[2, 0], [4, 0], [0, 8], [0, 16], [0, 32]], warp = []>
#held = #kiln.layout<register = [[0, 1], [8, 0], [16, 0], [0, 8], [0, 16]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#channels = #kiln.layout<register = [[8], [16]], lane = [[0], [0], [1], [2], [4]], warp = []>
#columns = #kiln.layout<register = [[1], [8], [16]], lane = [[2], [4], [0], [0], [0]], warp = []>
#copies = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [0]], warp = []>
#id = affine_map<(d0, d1) -> (d0, d1)>
#channel = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>

gpu.module @kernels {
  // Each slice has 16 of the 32 channels, four columns of a row in a thread: all that lanes tell
  // apart, and of the registers those nearest in memory, 16 a thread. Channels 8 to 15 are
  // register bits that the slice keeps, 16 to 31 share their places (stride 0). Four rows
  // are a piece.
  //
  // CHECK-LABEL: gpu.func @plain
  // CHECK:         %[[BUFFER:.+]] = kiln.alloc_shared : <1 x f32, <[16:{{[0-9]+}}, 2:0], [32:1]>>
  // CHECK:         kiln.async_commit
  // CHECK-NEXT:    kiln.async_wait 0
  // CHECK-NEXT:    kiln.barrier
  // CHECK-NEXT:    kiln.local_write %[[TILE:.+]] to %[[BUFFER]] at [0, 0]
  // CHECK-NEXT:    kiln.barrier
  // CHECK-NEXT:    %[[FIRST:.+]] = kiln.local_read %[[BUFFER]] at [0, 0] {{.*}} -> tensor<4x32xf32, #kiln.layout<register = {{\[\[}}0, 1], [0, 2]], lane = {{\[\[}}0, 4], [0, 8], [0, 16], [1, 0], [2, 0]], warp = []>>
  // CHECK-NEXT:    %[[SECOND:.+]] = kiln.local_read %[[BUFFER]] at [4, 0]
  // CHECK:         kiln.store_tile %[[FIRST]], %{{.+}}[%[[F:.+]], %[[W:.+]]] in_bounds [true, false] vector 4
  // CHECK-NEXT:    %[[F4:.+]] = affine.apply affine_map<(d0) -> (d0 + 4)>(%[[F]])
  // CHECK-NEXT:    kiln.store_tile %[[SECOND]], %{{.+}}[%[[F4]], %[[W]]] in_bounds [true, false] vector 4
  // CHECK:         kiln.barrier
  // CHECK-NEXT:    kiln.local_write %[[TILE]] to %[[BUFFER]] at [16, 0]
  // CHECK:         kiln.store_tile {{.*}} vector 4
  // CHECK-NOT:     kiln.store_tile {{.*}} tensor<32x32xf32
  // REMARK: Function=plain | Computed=before, SharedBytes={{[0-9]+}}, Slices=2, VectorOfStore=4
  gpu.func @plain(%x: memref<64x100xf32>, %y: memref<64x100xf32>) kernel attributes {kiln.schedule = #staged} {
    %0 = arith.constant 0 : index
    %32 = arith.constant 32 : index
    %t = kiln.extract_tile %x[%32, %0] in_bounds [true, false] : memref<64x100xf32> -> tensor<32x32xf32, #held>
    kiln.store_tile %t, %y[%32, %0] in_bounds [true, false] : tensor<32x32xf32, #held>, memref<64x100xf32>
    gpu.return
  }

  // Rows of 99 floats start at any of them; copies for the next tile stay under way.
  //
  // CHECK-LABEL: gpu.func @odd
  // CHECK-NOT:     kiln.async_wait
  // CHECK:         kiln.local_read {{.*}} -> tensor<1x32xf32,
  // CHECK:         kiln.store_tile
  // CHECK-NOT:     vector
  // CHECK:         gpu.return
  // REMARK: Function=odd | {{.*}}VectorOfStore=1
  gpu.func @odd(%x: memref<64x99xf32>, %y: memref<64x99xf32>) kernel attributes {kiln.schedule = #ahead} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, false] : memref<64x99xf32> -> tensor<32x32xf32, #held>
    kiln.store_tile %t, %y[%0, %0] in_bounds [true, false] : tensor<32x32xf32, #held>, memref<64x99xf32>
    gpu.return
  }

  // A residual image is read in the pieces, too, in the same units; so what reads it stands
  // behind the staging, with the bias of the piece, and a square root that is computed of
  // one. The first slice's part of the image is read in front of it, and each other one's
  // before the slice before it is computed.
  //
  // CHECK-LABEL: gpu.func @residual
  // CHECK-SAME:    (%[[X:.+]]: memref<32x64xf32>, %[[R:.+]]: memref<32x64xf32>, %[[B:.+]]: memref<32xf32>, %[[Y:.+]]: memref<32x64xf16>)
  // CHECK:         %[[BUFFER:.+]] = kiln.alloc_shared : <1 x f32,
  // CHECK:         kiln.extract_tile %[[X]]
  // CHECK-NEXT:    %[[TILE:.+]] = kiln.convert_layout
  // CHECK:         %[[READ:.+]] = kiln.extract_tile %[[R]][{{.*}}] in_bounds [true, true] vector 4 : memref<32x64xf32> -> tensor<8x32xf32,
  // CHECK:         %[[ROOT:.+]] = linalg.generic {{.*}} ins(%{{.+}} : tensor<8xf32,
  // CHECK:         kiln.barrier
  // CHECK-NEXT:    kiln.local_write %[[TILE]] to %[[BUFFER]] at [0, 0]
  // CHECK:         kiln.extract_tile %[[R]][{{.*}}] in_bounds [true, true] vector 4
  // CHECK:         kiln.barrier
  // CHECK-NEXT:    %[[PIECE:.+]] = kiln.local_read %[[BUFFER]] at [0, 0]
  // CHECK:         linalg.generic {{.*}} ins(%[[PIECE]], %[[ROOT]], %[[READ]] :
  // CHECK:         kiln.store_tile {{.*}} vector 8 : tensor<8x32xf16
  // CHECK-NOT:     scf.for
  // CHECK:         gpu.return
  // REMARK: Function=residual | Computed=behind
  gpu.func @residual(%x: memref<32x64xf32>, %r: memref<32x64xf32>, %b: memref<32xf32>, %y: memref<32x64xf16>) kernel attributes {kiln.schedule = #staged} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<32x64xf32> -> tensor<32x32xf32, #held>
    %summed = kiln.convert_layout %t : tensor<32x32xf32, #held> -> tensor<32x32xf32, #held>
    %image = kiln.extract_tile %r[%0, %0] in_bounds [true, true] : memref<32x64xf32> -> tensor<32x32xf32, #held>
    %bias = kiln.extract_tile %b[%0] in_bounds [true] : memref<32xf32> -> tensor<32xf32, #channels>
    %e = tensor.empty() : tensor<32xf32, #channels>
    %root = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%bias : tensor<32xf32, #channels>) outs(%e : tensor<32xf32, #channels>) {
    ^bb0(%in: f32, %out: f32):
      %s = math.sqrt %in : f32
      linalg.yield %s : f32
    } -> tensor<32xf32, #channels>
    %d = tensor.empty() : tensor<32x32xf16, #held>
    %sum = linalg.generic {indexing_maps = [#id, #channel, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%summed, %root, %image : tensor<32x32xf32, #held>, tensor<32xf32, #channels>, tensor<32x32xf32, #held>) outs(%d : tensor<32x32xf16, #held>) {
    ^bb0(%v: f32, %c: f32, %i: f32, %out: f16):
      %s = arith.addf %v, %c : f32
      %u = arith.addf %s, %i : f32
      %h = arith.truncf %u : f32 to f16
      linalg.yield %h : f16
    } -> tensor<32x32xf16, #held>
    kiln.store_tile %sum, %y[%0, %0] in_bounds [true, true] : tensor<32x32xf16, #held>, memref<32x64xf16>
    gpu.return
  }

  // A costly epilogue is a loop over eight channels at a time: its code stands once. What
  // is read of a vector along the rows is the same for all pieces, and is read once, as
  // what is computed of it alone.
  //
  // CHECK-LABEL: gpu.func @costly
  // CHECK-SAME:    (%[[X:.+]]: memref<32x64xf32>, %[[R:.+]]: memref<32x64xf32>, %[[B:.+]]: memref<64xf32>, %[[Y:.+]]: memref<32x64xf32>)
  // CHECK:         kiln.convert_layout
  // CHECK:         %[[VECTOR:.+]] = kiln.extract_tile %[[B]][{{.*}}] in_bounds [true] vector 4 : memref<64xf32> -> tensor<32xf32,
  // CHECK:         %[[ROOT:.+]] = linalg.generic {{.*}} ins(%[[VECTOR]] :
  // CHECK:         kiln.barrier
  // CHECK-NEXT:    kiln.local_write {{.*}} at [0, 0]
  // CHECK:         scf.for %[[I:.+]] = %{{.+}} to %{{.+}} step %{{.+}} {
  // CHECK-NEXT:      %[[MOVED:.+]] = affine.apply {{.*}}(%[[I]])
  // CHECK-NEXT:      %[[PIECE:.+]] = kiln.local_read %{{.+}} at [0, 0] moved %[[MOVED]]
  // CHECK:           %[[F:.+]] = affine.apply affine_map<(d0, d1) -> (d0 + d1)>(%{{.+}}, %[[I]])
  // CHECK:           %[[RESIDUAL:.+]] = kiln.extract_tile %[[R]][%[[F]], {{.*}}] in_bounds [true, true] vector 4
  // CHECK:           linalg.generic {{.*}} ins(%[[PIECE]], %[[ROOT]], %[[RESIDUAL]] :
  // CHECK:           kiln.store_tile
  // CHECK-NEXT:    }
  // CHECK:         scf.for
  // CHECK-NOT:       kiln.extract_tile %[[B]]
  // CHECK:         gpu.return
  // REMARK: Function=costly | Computed=behind
  gpu.func @costly(%x: memref<32x64xf32>, %r: memref<32x64xf32>, %b: memref<64xf32>, %y: memref<32x64xf32>) kernel attributes {kiln.schedule = #staged} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<32x64xf32> -> tensor<32x32xf32, #held>
    %summed = kiln.convert_layout %t : tensor<32x32xf32, #held> -> tensor<32x32xf32, #held>
    %image = kiln.extract_tile %r[%0, %0] in_bounds [true, true] : memref<32x64xf32> -> tensor<32x32xf32, #held>
    %bias = kiln.extract_tile %b[%0] in_bounds [true] : memref<64xf32> -> tensor<32xf32, #columns>
    %e = tensor.empty() : tensor<32xf32, #columns>
    %root = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%bias : tensor<32xf32, #columns>) outs(%e : tensor<32xf32, #columns>) {
    ^bb0(%in: f32, %out: f32):
      %s = math.sqrt %in : f32
      linalg.yield %s : f32
    } -> tensor<32xf32, #columns>
    %d = tensor.empty() : tensor<32x32xf32, #held>
    %sum = linalg.generic {indexing_maps = [#id, #column, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%summed, %root, %image : tensor<32x32xf32, #held>, tensor<32xf32, #columns>, tensor<32x32xf32, #held>) outs(%d : tensor<32x32xf32, #held>) {
    ^bb0(%v: f32, %c: f32, %i: f32, %out: f32):
      %s = arith.addf %v, %c : f32
      %f = math.exp %s : f32
      %g = math.log %f : f32
      %h = math.tanh %g : f32
      %u = arith.addf %h, %i : f32
      linalg.yield %u : f32
    } -> tensor<32x32xf32, #held>
    kiln.store_tile %sum, %y[%0, %0] in_bounds [true, true] : tensor<32x32xf32, #held>, memref<32x64xf32>
    gpu.return
  }

  // Threads have eight neighbouring channels: their registers are brought next to one
  // another and leave in units of 16 bytes; a residual is read so, too.
  //
  // CHECK-LABEL: gpu.func @adjacent
  // CHECK-NOT:     kiln.alloc_shared
  // CHECK:         %[[READ:.+]] = kiln.extract_tile {{.*}} vector 8 : memref<8x64xf16> -> tensor<8x64xf16, #kiln.layout<register = {{\[\[}}0, 1], [0, 2], [0, 4], [1, 0]],
  // CHECK-NEXT:    %[[HELD:.+]] = kiln.convert_layout %[[READ]]
  // CHECK:         %[[SUM:.+]] = linalg.generic {{.*}} ins(%[[HELD]] :
  // CHECK:         %[[ORDERED:.+]] = kiln.convert_layout %[[SUM]] {{.*}} -> tensor<8x64xf16, #kiln.layout<register = {{\[\[}}0, 1], [0, 2], [0, 4], [1, 0]],
  // CHECK-NEXT:    kiln.store_tile %[[ORDERED]], {{.*}} vector 8
  gpu.func @adjacent(%x: memref<8x64xf16>, %y: memref<8x64xf16>) kernel attributes {kiln.schedule = #adjacent} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<8x64xf16> -> tensor<8x64xf16, #eight>
    %e = tensor.empty() : tensor<8x64xf16, #eight>
    %sum = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%t : tensor<8x64xf16, #eight>) outs(%e : tensor<8x64xf16, #eight>) {
    ^bb0(%v: f16, %out: f16):
      %s = arith.addf %v, %v : f16
      linalg.yield %s : f16
    } -> tensor<8x64xf16, #eight>
    kiln.store_tile %sum, %y[%0, %0] in_bounds [true, true] : tensor<8x64xf16, #eight>, memref<8x64xf16>
    gpu.return
  }

  // What threads hold copies of is stored as it is.
  //
  // CHECK-LABEL: gpu.func @copies
  // CHECK-NOT:     kiln.local_write
  // CHECK:         kiln.store_tile {{.*}} in_bounds [true] : tensor<16xf32,
  // REMARK: remark: [Missed] direct-store | Category:kiln-stage-stores | Function=copies | Reason="stored as it is held: threads hold copies of it"
  gpu.func @copies(%x: memref<16xf32>) kernel attributes {kiln.schedule = #staged} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0] in_bounds [true] : memref<16xf32> -> tensor<16xf32, #copies>
    kiln.store_tile %t, %x[%0] in_bounds [true] : tensor<16xf32, #copies>, memref<16xf32>
    gpu.return
  }
}
