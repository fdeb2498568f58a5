// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-pipeline-main-loop))' | FileCheck %s
//
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-pipeline-main-loop))' --remarks-filter=kiln-pipeline-main-loop --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// The pass knows nothing of convolutions: these loops multiply matrices, (m, k) by
// (k, n). Whatever copies, waits, loads and multiplies in this order is pipelined.

#two = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#three = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], stages = 3>
#ahead = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1, early_barrier = true, spread = 2>
#ahead1 = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], stages = 3, lookahead = 1, early_barrier = true>
#half = #kiln.schedule<contraction = mma_m16n8k16_f16, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], transpose = true>
#peeled = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], lookahead = 1, early_barrier = true, peel = true>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#ah = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#bh = #kiln.layout<register = [[1, 0], [8, 0]], lane = [[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a1 = !kiln.shared<1 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!a2 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!a3 = !kiln.shared<3 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!a16 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:20], [16:1]>>
!b1 = !kiln.shared<1 x f32, #kiln.shared_layout<[8:8], [8:1]>>
!b2 = !kiln.shared<2 x f32, #kiln.shared_layout<[8:8], [8:1]>>
!b3 = !kiln.shared<3 x f32, #kiln.shared_layout<[8:8], [8:1]>>
!b16 = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>
!ah = !kiln.shared<2 x f16, #kiln.shared_layout<[16:24], [16:1]>>
!rows = !kiln.shared<2 x f16, #kiln.shared_layout<[16:8], [8:1]>>
!turned = !kiln.shared<2 x f16, #kiln.shared_layout<[8:1, 2:64], [8:8]>>

gpu.module @kernels {
  // Two slots: the first copies are in front of the loop; an iteration waits for its
  // own, copies for the next into the other slot, and one barrier does for both. The
  // last iteration has nothing to copy: the predicate is false.
  //
  // CHECK-LABEL: gpu.func @two_stages
  // CHECK-SAME:  (%[[X:.+]]: memref<16x64xf32>, %[[W:.+]]: memref<64x8xf32>,
  // CHECK:         %[[AS:.+]] = kiln.alloc_shared
  // CHECK:         %[[BS:.+]] = kiln.alloc_shared
  // CHECK:         %[[BEGIN:.+]] = arith.constant 0 : index
  // CHECK:         %[[STEP:.+]] = arith.constant 8 : index
  // CHECK:         %[[END:.+]] = arith.constant 64 : index
  // CHECK:         kiln.async_copy %[[X]][%{{.+}}, %[[BEGIN]]] to %[[AS]]
  // CHECK:         kiln.async_copy %[[W]][%[[BEGIN]], %{{.+}}] to %[[BS]]
  // CHECK-NEXT:    kiln.async_commit
  // CHECK:         scf.for %[[K:.+]] = {{.*}} iter_args(%[[ACC:.+]] = %{{.+}}, %[[SLOT:.+]] = %{{.+}}) ->
  // CHECK-NEXT:      kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      %[[NEXT:.+]] = arith.addi %[[K]], %[[STEP]]
  // CHECK-NEXT:      %[[MORE:.+]] = arith.cmpi slt, %[[NEXT]], %[[END]]
  // CHECK-NEXT:      %[[OTHER:.+]] = arith.subi %{{.+}}, %[[SLOT]]
  // CHECK-NEXT:      kiln.async_copy %[[X]][%{{.+}}, %[[NEXT]]] to %[[AS]][%[[OTHER]]] if %[[MORE]]
  // CHECK-NEXT:      kiln.async_copy %[[W]][%[[NEXT]], %{{.+}}] to %[[BS]][%[[OTHER]]] if %[[MORE]]
  // CHECK-NEXT:      kiln.async_commit
  // CHECK-NEXT:      %[[A:.+]] = kiln.local_load %[[AS]][%[[SLOT]]]
  // CHECK-NEXT:      %[[B:.+]] = kiln.local_load %[[BS]][%[[SLOT]]]
  // CHECK-NEXT:      %[[SUM:.+]] = kiln.dot %[[A]], %[[B]], %[[ACC]]
  // CHECK-NEXT:      scf.yield %[[SUM]], %[[OTHER]]
  //
  // REMARK: remark: [Passed] pipeline {{.*}}Function=two_stages {{.*}}Slots=2
  gpu.func @two_stages(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #two} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a2
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b2
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Three slots: two iterations are copied ahead, one group may stay open, and slots
  // wrap around.
  //
  // CHECK-LABEL: gpu.func @three_stages
  // CHECK-COUNT-2: kiln.async_commit
  // CHECK:         scf.for {{.*}}, %[[SLOT:[a-z0-9_]+]] = %{{[a-z0-9_]+}}) ->
  // CHECK-NEXT:      kiln.async_wait 1
  // CHECK-NEXT:      kiln.barrier
  // CHECK:           %[[AHEAD:.+]] = arith.addi %[[SLOT]], %{{.+}}
  // CHECK-NEXT:      %[[WRAP:.+]] = arith.cmpi sge, %[[AHEAD]], %[[THREE:.+]] :
  // CHECK-NEXT:      %[[LESS:.+]] = arith.subi %[[AHEAD]],
  // CHECK-NEXT:      %[[REFILL:.+]] = arith.select %[[WRAP]], %[[LESS]], %[[AHEAD]]
  // CHECK:           kiln.async_copy %{{.*}} to %{{.+}}[%[[REFILL]]] if
  // CHECK:           kiln.local_load %{{.+}}[%[[SLOT]]]
  //
  // REMARK: remark: [Passed] pipeline {{.*}}Function=three_stages {{.*}}Slots=3
  gpu.func @three_stages(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #three} {
    %as = kiln.alloc_shared : !a3
    %bs = kiln.alloc_shared : !b3
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a3
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b3
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a3 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b3 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Copies run ahead across tiles: behind the last iteration of a tile comes the first
  // of the block's next tile, whose offset is computed anew for the copies. Both loops
  // carry the slot.
  //
  // CHECK-LABEL: gpu.func @persistent
  // CHECK:         %[[BLOCK:.+]] = gpu.block_id x
  // CHECK:         %[[BLOCKS:.+]] = gpu.grid_dim x
  // CHECK:         %[[TILES:.+]] = arith.constant 32 : index
  // CHECK:         kiln.async_commit
  // CHECK:         scf.for %[[TILE:.+]] = %[[BLOCK]] to %[[TILES]] step %[[BLOCKS]] iter_args(
  // CHECK:           scf.for %[[K:.+]] = {{.*}} iter_args(
  // CHECK-NEXT:        kiln.async_wait 0
  // CHECK-NEXT:        kiln.barrier
  // CHECK-NEXT:        %[[LATER:.+]] = arith.addi %[[K]],
  // CHECK-NEXT:        %[[LAST:.+]] = arith.cmpi sge, %[[LATER]],
  // CHECK-NEXT:        %[[NEXT_K:.+]] = arith.select %[[LAST]], %{{.+}}, %[[LATER]]
  // CHECK-NEXT:        %[[FOLLOWING:.+]] = arith.addi %[[TILE]], %[[BLOCKS]]
  // CHECK-NEXT:        %[[NEXT_TILE:.+]] = arith.select %[[LAST]], %[[FOLLOWING]], %[[TILE]]
  // CHECK-NEXT:        %[[MORE:.+]] = arith.cmpi slt, %[[NEXT_TILE]], %[[TILES]]
  // CHECK:             %[[ROW:.+]] = affine.apply #{{.+}}(%[[NEXT_TILE]])
  // CHECK-NEXT:        kiln.async_copy %{{.+}}[%[[ROW]], %[[NEXT_K]]] to %{{.+}} if %[[MORE]]
  // CHECK:           kiln.store_tile
  //
  // REMARK: remark: [Passed] pipeline {{.*}}Function=persistent
  gpu.func @persistent(%x: memref<512x64xf32>, %w: memref<64x8xf32>, %out: memref<512x8xf32>) kernel attributes {kiln.schedule = #two} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %32 = arith.constant 32 : index
    scf.for %tile = %block to %32 step %blocks {
      %8 = arith.constant 8 : index
      %64 = arith.constant 64 : index
      %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%tile)
      %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
        kiln.async_copy %x[%row, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<512x64xf32> -> !a2
        kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b2
        kiln.async_commit
        kiln.async_wait 0
        kiln.barrier
        %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
        %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
        %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        kiln.barrier
        scf.yield %d : tensor<16x8xf32, #acc>
      }
      kiln.store_tile %r, %out[%row, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<512x8xf32>
    }
    gpu.return
  }

  // A loop between the tiles and the chunks, which carries a sum of its own, as a loop
  // over channel tiles does. The counters advance like digits: after the last chunk
  // comes the first of the next channel tile, after the last channel tile the next tile.
  // The middle loop carries its sum and the slot.
  //
  // CHECK-LABEL: gpu.func @nest
  // CHECK:         scf.for %[[TILE:.+]] = %{{.+}} to %[[TILES:.+]] step %[[BLOCKS:.+]] iter_args(%{{.+}} = %{{.+}}) -> (index)
  // CHECK:           scf.for %[[F:.+]] = %[[FIRST_F:.+]] to %[[LAST_F:.+]] step %[[STEP_F:[a-z0-9_]+]] iter_args(%[[SOFAR:.+]] = %{{.+}}, %{{.+}} = %{{.+}}) -> (tensor<16x8xf32, {{.+}}>, index)
  // CHECK:             scf.for %[[K:.+]] = %{{.+}} to %[[LAST_K:[a-z0-9_]+]] step %[[STEP_K:[a-z0-9_]+]] iter_args(
  // CHECK:               %[[K1:.+]] = arith.addi %[[K]], %[[STEP_K]]
  // CHECK-NEXT:          %[[WRAP_K:.+]] = arith.cmpi sge, %[[K1]], %[[LAST_K]]
  // CHECK-NEXT:          %[[NEXT_K:.+]] = arith.select %[[WRAP_K]], %{{.+}}, %[[K1]]
  // CHECK-NEXT:          %[[F1:.+]] = arith.addi %[[F]], %[[STEP_F]]
  // CHECK-NEXT:          %[[MOVED_F:.+]] = arith.select %[[WRAP_K]], %[[F1]], %[[F]]
  // CHECK-NEXT:          %[[WRAP_F:.+]] = arith.cmpi sge, %[[MOVED_F]], %[[LAST_F]]
  // CHECK-NEXT:          %[[NEXT_F:.+]] = arith.select %[[WRAP_F]], %[[FIRST_F]], %[[MOVED_F]]
  // CHECK-NEXT:          %[[TILE1:.+]] = arith.addi %[[TILE]], %[[BLOCKS]]
  // CHECK-NEXT:          %[[NEXT_TILE:.+]] = arith.select %[[WRAP_F]], %[[TILE1]], %[[TILE]]
  // CHECK-NEXT:          %[[MORE:.+]] = arith.cmpi slt, %[[NEXT_TILE]], %[[TILES]]
  // CHECK:               kiln.async_copy %{{.+}}[%{{.+}}, %[[NEXT_K]]] to %{{.+}} if %[[MORE]]
  // CHECK:               kiln.async_copy %{{.+}}[%[[NEXT_K]], %[[NEXT_F]]] to %{{.+}} if %[[MORE]]
  // CHECK:               kiln.dot
  // CHECK:             arith.addf %[[SOFAR]],
  // CHECK:             scf.yield
  // CHECK:           kiln.store_tile
  gpu.func @nest(%x: memref<512x64xf32>, %w: memref<64x32xf32>, %out: memref<512x8xf32>) kernel attributes {kiln.schedule = #two} {
    %as = kiln.alloc_shared : !a2
    %bs = kiln.alloc_shared : !b2
    %0 = arith.constant 0 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %tiles = arith.constant 32 : index
    scf.for %tile = %block to %tiles step %blocks {
      %8 = arith.constant 8 : index
      %32 = arith.constant 32 : index
      %64 = arith.constant 64 : index
      %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%tile)
      %total = scf.for %f = %0 to %32 step %8 iter_args(%sofar = %init) -> (tensor<16x8xf32, #acc>) {
        %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
          kiln.async_copy %x[%row, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<512x64xf32> -> !a2
          kiln.async_copy %w[%k, %f] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x32xf32> -> !b2
          kiln.async_commit
          kiln.async_wait 0
          kiln.barrier
          %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a2 -> tensor<16x8xf32, #a>
          %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b2 -> tensor<8x8xf32, #b>
          %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
          kiln.barrier
          scf.yield %d : tensor<16x8xf32, #acc>
        }
        %sum = arith.addf %sofar, %r : tensor<16x8xf32, #acc>
        scf.yield %sum : tensor<16x8xf32, #acc>
      }
      kiln.store_tile %total, %out[%row, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<512x8xf32>
    }
    gpu.return
  }

  // lookahead: each dot has its fragments from before the dot in front of it. The
  // early barrier stands before the last dot, whose fragments are in registers, so
  // that the other slot's first fragments are loaded behind it. spread: the refill's
  // copies are dealt over both dots and closed with the last of them. Behind the last
  // tile the first is copied once more, so that every slot holds numbers.
  //
  // CHECK-LABEL: gpu.func @ahead
  // CHECK:         kiln.async_commit
  // CHECK:         kiln.async_wait 0
  // CHECK-NEXT:    kiln.barrier
  // CHECK-NEXT:    %[[A0:.+]] = kiln.local_load
  // CHECK-NEXT:    %[[B0:.+]] = kiln.local_load
  // CHECK:         scf.for
  // CHECK:           scf.for {{.*}}, %[[A:[a-z0-9_]+]] = %{{[a-z0-9_]+}}, %[[B:[a-z0-9_]+]] = %{{[a-z0-9_]+}}) ->
  // CHECK:             %[[A1:.+]] = kiln.local_load %{{.+}} at [0, 8]
  // CHECK-NEXT:        %[[B1:.+]] = kiln.local_load %{{.+}} at [8, 0]
  // CHECK:             %[[VALID:.+]] = arith.cmpi slt
  // CHECK-NEXT:        arith.select %[[VALID]],
  // CHECK-NEXT:        %[[OTHER:.+]] = arith.subi
  // CHECK:             kiln.async_copy %{{.+}} to %{{.+}}[%[[OTHER]]]
  // CHECK:             kiln.async_commit
  // CHECK-NEXT:        %[[SUM:.+]] = kiln.dot %[[A]], %[[B]],
  // CHECK:             kiln.async_wait 0
  // CHECK-NEXT:        kiln.barrier
  // CHECK-NEXT:        %[[NEXT_A:.+]] = kiln.local_load %{{.+}}[%[[OTHER]]] at [0, 0]
  // CHECK-NEXT:        %[[NEXT_B:.+]] = kiln.local_load %{{.+}} at [0, 0]
  // CHECK:             kiln.async_copy
  // CHECK-NOT:         kiln.async_commit
  // CHECK:             %[[BOTH:.+]] = kiln.dot %[[A1]], %[[B1]], %[[SUM]]
  // CHECK-NEXT:        scf.yield %[[BOTH]], %[[OTHER]], %[[NEXT_A]], %[[NEXT_B]] :
  // CHECK:         }
  // CHECK:         kiln.async_wait 0
  // CHECK-NEXT:    gpu.return
  //
  // REMARK: remark: [Passed] pipeline {{.*}}Function=ahead {{.*}}Dots=2
  gpu.func @ahead(%x: memref<512x64xf32>, %w: memref<64x8xf32>, %out: memref<512x8xf32>) kernel attributes {kiln.schedule = #ahead} {
    %as = kiln.alloc_shared : !a16
    %bs = kiln.alloc_shared : !b16
    %0 = arith.constant 0 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %32 = arith.constant 32 : index
    scf.for %tile = %block to %32 step %blocks {
      %16 = arith.constant 16 : index
      %64 = arith.constant 64 : index
      %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%tile)
      %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
        kiln.async_copy %x[%row, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<512x64xf32> -> !a16
        kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b16
        kiln.async_commit
        kiln.async_wait 0
        kiln.barrier
        %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d1 = kiln.dot %a1, %b1, %d maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        kiln.barrier
        scf.yield %d1 : tensor<16x8xf32, #acc>
      }
      kiln.store_tile %r, %out[%row, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<512x8xf32>
    }
    gpu.return
  }

  // The early barrier with three slots: fragments of the next iteration are loaded
  // behind a wait that leaves the group of the one after that open, and the slot that
  // is free now takes what is three iterations ahead.
  //
  // CHECK-LABEL: gpu.func @ahead_three
  // CHECK:         kiln.async_commit
  // CHECK:         kiln.async_commit
  // CHECK-NEXT:    kiln.async_wait 1
  // CHECK:         scf.for %[[K:[a-z0-9_]+]] = {{.*}} iter_args(%{{[a-z0-9_]+}} = %{{[a-z0-9_]+}}, %[[SLOT:[a-z0-9_]+]] = %{{[a-z0-9_]+}}, %[[A:[a-z0-9_]+]] =
  // CHECK-NEXT:      kiln.async_wait 1
  // CHECK-NEXT:      kiln.barrier
  // CHECK:           %[[K1:.+]] = arith.addi %[[K]],
  // CHECK-NEXT:      %[[K2:.+]] = arith.addi %[[K1]],
  // CHECK-NEXT:      %[[K3:.+]] = arith.addi %[[K2]],
  // CHECK:           kiln.async_copy {{.*}} to %{{.+}}[%[[SLOT]]]
  // CHECK:           kiln.async_commit
  // CHECK-NEXT:      kiln.dot %[[A]],
  gpu.func @ahead_three(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ahead1} {
    %as = kiln.alloc_shared : !a3
    %bs = kiln.alloc_shared : !b3
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a3
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b3
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a3 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b3 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Peeled: the first dot of a tile stands in front of the loop and takes the start
  // values themselves; the loop runs from the second dot of an iteration to the first
  // of the next, and the rest of the last iteration follows it.
  //
  // CHECK-LABEL: gpu.func @peeled
  // CHECK:         %[[START:.+]] = arith.constant dense<0.0
  // CHECK:         scf.for
  // CHECK:           %[[FIRST:.+]] = kiln.dot %{{.+}}, %{{.+}}, %[[START]]
  // CHECK:           scf.for {{.*}} iter_args(%[[SUM:[a-z0-9_]+]] = %[[FIRST]],
  // CHECK:             kiln.barrier
  // CHECK:             %[[SECOND:.+]] = kiln.dot %{{.+}}, %{{.+}}, %[[SUM]]
  // CHECK:             kiln.dot %{{.+}}, %{{.+}}, %[[SECOND]]
  // CHECK:             scf.yield
  // CHECK:           kiln.barrier
  // CHECK:           %[[LAST:.+]] = kiln.dot
  // CHECK:           kiln.store_tile %[[LAST]]
  gpu.func @peeled(%x: memref<512x64xf32>, %w: memref<64x8xf32>, %out: memref<512x8xf32>) kernel attributes {kiln.schedule = #peeled} {
    %as = kiln.alloc_shared : !a16
    %bs = kiln.alloc_shared : !b16
    %0 = arith.constant 0 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %block = gpu.block_id x
    %blocks = gpu.grid_dim x
    %32 = arith.constant 32 : index
    scf.for %tile = %block to %32 step %blocks {
      %16 = arith.constant 16 : index
      %64 = arith.constant 64 : index
      %row = affine.apply affine_map<(d0) -> (d0 * 16)>(%tile)
      %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
        kiln.async_copy %x[%row, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<512x64xf32> -> !a16
        kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b16
        kiln.async_commit
        kiln.async_wait 0
        kiln.barrier
        %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a16 -> tensor<16x8xf32, #a>
        %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b16 -> tensor<8x8xf32, #b>
        %d1 = kiln.dot %a1, %b1, %d maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
        kiln.barrier
        scf.yield %d1 : tensor<16x8xf32, #acc>
      }
      kiln.store_tile %r, %out[%row, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<512x8xf32>
    }
    gpu.return
  }

  // A transposed operand: what is copied now is transposed in the next iteration, for
  // the one after that. In front of the loop stand the copies of three iterations and
  // the first transposition; a sync in between makes the first tile visible to it.
  //
  // CHECK-LABEL: gpu.func @transposed
  // CHECK:         %[[A:.+]] = kiln.alloc_shared
  // CHECK:         %[[ROWS:.+]] = kiln.alloc_shared
  // CHECK:         %[[TURNED:.+]] = kiln.alloc_shared
  // CHECK:         kiln.async_copy {{.*}} to %[[ROWS]]
  // CHECK-NEXT:    kiln.async_commit
  // CHECK-NEXT:    kiln.async_wait 0
  // CHECK-NEXT:    kiln.barrier
  // CHECK:         kiln.async_copy {{.*}} to %[[A]]
  // CHECK:         kiln.async_copy {{.*}} to %[[ROWS]]
  // CHECK:         kiln.async_commit
  // CHECK-NEXT:    kiln.local_copy %[[ROWS]][%{{.+}}] to %[[TURNED]]
  // CHECK:         scf.for
  // CHECK-NEXT:      kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK:           kiln.async_copy {{.*}} to %[[A]]
  // CHECK:           kiln.async_copy {{.*}} to %[[ROWS]]
  // CHECK:           kiln.async_commit
  // CHECK:           scf.if
  // CHECK-NEXT:        kiln.local_copy %[[ROWS]][%{{.+}}] to %[[TURNED]]
  // CHECK:           kiln.local_load %[[A]]
  // CHECK:           kiln.local_load %[[TURNED]]
  // CHECK-NEXT:      kiln.dot
  // CHECK-NOT:       kiln.barrier
  // CHECK:           scf.yield
  gpu.func @transposed(%x: memref<16x64xf16>, %w: memref<64x8xf16>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #half} {
    %as = kiln.alloc_shared : !ah
    %rows = kiln.alloc_shared : !rows
    %turned = kiln.alloc_shared : !turned
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 8 : memref<16x64xf16> -> !ah
      kiln.async_copy %w[%k, %0] to %rows[%0] in_bounds [true, true] vector 8 : memref<64x8xf16> -> !rows
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      kiln.local_copy %rows[%0] to %turned[%0] : !rows -> !turned
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ah -> tensor<16x16xf16, #ah>
      %b = kiln.local_load %turned[%0] at [0, 0] step [1, 1] : !turned -> tensor<16x8xf16, #bh>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<16x8xf16, #bh>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // One slot leaves no room to run ahead: the loop stays as it is.
  //
  // CHECK-LABEL: gpu.func @one_stage
  // CHECK:         scf.for
  // CHECK-NEXT:      kiln.async_copy
  // CHECK:           kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK:           kiln.dot
  // CHECK-NEXT:      kiln.barrier
  //
  // REMARK: remark: [Missed] pipeline {{.*}}Function=one_stage {{.*}}"buffers have one slot: copies wait for the computation"
  gpu.func @one_stage(%x: memref<16x64xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #two} {
    %as = kiln.alloc_shared : !a1
    %bs = kiln.alloc_shared : !b1
    %0 = arith.constant 0 : index
    %8 = arith.constant 8 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %8 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      kiln.async_copy %x[%0, %k] to %as[%0] in_bounds [true, true] vector 4 : memref<16x64xf32> -> !a1
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b1
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a1 -> tensor<16x8xf32, #a>
      %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b1 -> tensor<8x8xf32, #b>
      %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}
