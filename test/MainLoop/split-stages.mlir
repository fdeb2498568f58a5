// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-split-stages))' --mlir-print-local-scope | FileCheck %s
//
// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-split-stages,kiln-pipeline-main-loop))' --mlir-print-local-scope | FileCheck %s --check-prefix=PIPELINED
// RUN: not kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-split-stages,kiln-split-stages))' 2>&1 | FileCheck %s --check-prefix=TWICE
//
// A matrix product whose left operand comes packed, a chunk of two k-steps in a row of
// 256 elements. With a ring it is staged one k-step after the other.
//
// TWICE: error: is already split into segments

#ring = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1], ring = 3, lookahead = 1, early_barrier = true>
#none = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 16, warps = [1, 1, 1]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!a = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1, 2:128]>>
!b = !kiln.shared<2 x f32, #kiln.shared_layout<[16:8], [8:1]>>

gpu.module @kernels {
  // Slots hold one k-step of the packed operand, 128 elements. The body has two
  // segments: the first copies the other operand as before and the first part, the
  // second one its part, from 128 elements further on. Fragments lie at the start of
  // their part.
  //
  // CHECK-LABEL: gpu.func @ring
  // CHECK:         %[[A:.+]] = kiln.alloc_shared : <3 x f32, <[16:8], [8:1]>>
  // CHECK:         %[[B:.+]] = kiln.alloc_shared : <2 x f32, <[16:8], [8:1]>>
  // CHECK:         scf.for
  // CHECK:           kiln.async_copy %{{.+}}[%[[ROW:.+]], %{{.+}}] to %[[A]][%{{.+}}] in_bounds [true, true] vector 4 flat
  // CHECK:           kiln.async_copy %{{.+}} to %[[B]]
  // CHECK-NEXT:      kiln.async_commit
  // CHECK-NEXT:      kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      kiln.local_load %[[A]][%{{.+}}] at [0, 0]
  // CHECK-NEXT:      kiln.local_load %[[B]][%{{.+}}] at [0, 0]
  // CHECK-NEXT:      kiln.dot
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      %[[PART:.+]] = arith.constant 128
  // CHECK-NEXT:      %[[SECOND:.+]] = arith.addi %{{.+}}, %[[PART]]
  // CHECK-NEXT:      kiln.async_copy %{{.+}}[%[[ROW]], %[[SECOND]]] to %[[A]][%{{.+}}] in_bounds [true, true] vector 4 flat
  // CHECK-NEXT:      kiln.async_commit
  // CHECK-NEXT:      kiln.async_wait 0
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      kiln.local_load %[[A]][%{{.+}}] at [0, 0]
  // CHECK-NEXT:      kiln.local_load %[[B]][%{{.+}}] at [8, 0]
  // CHECK-NEXT:      kiln.dot
  // CHECK-NEXT:      kiln.barrier
  // CHECK-NEXT:      scf.yield
  //
  // Pipelined, three parts are in front of the loop, two in groups of their own and the
  // third with the other operand's second chunk. Each segment has a sync that leaves one
  // group open. Parts turn through the three slots in 3/2 iterations, so that the slot
  // is carried; the other operand has its own.
  //
  // PIPELINED-LABEL: gpu.func @ring
  // PIPELINED:         %[[A:.+]] = kiln.alloc_shared : <3 x f32
  // PIPELINED:         %[[B:.+]] = kiln.alloc_shared : <2 x f32
  // PIPELINED:         kiln.async_copy {{.*}} to %[[A]]
  // PIPELINED-NEXT:    kiln.async_copy {{.*}} to %[[B]]
  // PIPELINED-NEXT:    kiln.async_commit
  // PIPELINED:         kiln.async_copy {{.*}} to %[[A]]
  // PIPELINED-NEXT:    kiln.async_commit
  // PIPELINED-NEXT:    kiln.async_wait 1
  // PIPELINED-NEXT:    kiln.barrier
  // PIPELINED-DAG:     kiln.async_copy {{.*}} to %[[A]]
  // PIPELINED-DAG:     kiln.async_copy {{.*}} to %[[B]]
  // PIPELINED:         kiln.async_commit
  // PIPELINED:         scf.for
  // PIPELINED-NEXT:      kiln.async_wait 1
  // PIPELINED-NEXT:      kiln.barrier
  // PIPELINED:           kiln.local_load %[[A]]
  // PIPELINED:           kiln.async_copy {{.*}} to %[[A]]
  // PIPELINED-NOT:       to %[[B]]
  // PIPELINED:           kiln.async_commit
  // PIPELINED-NEXT:      kiln.dot
  // PIPELINED-NEXT:      kiln.async_wait 1
  // PIPELINED-NEXT:      kiln.barrier
  // PIPELINED:           kiln.async_copy {{.*}} to %[[A]]
  // PIPELINED:           kiln.async_copy {{.*}} to %[[B]]
  // PIPELINED:           kiln.async_commit
  // PIPELINED-NEXT:      kiln.dot
  // PIPELINED-NEXT:      scf.yield
  gpu.func @ring(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #ring} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      %a1 = kiln.local_load %as[%0] at [0, 8] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b1 = kiln.local_load %bs[%0] at [8, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d1 = kiln.dot %a1, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d1 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Without a ring in the schedule nothing happens.
  //
  // CHECK-LABEL: gpu.func @whole
  // CHECK:         kiln.alloc_shared : <2 x f32, <[16:8], [8:1, 2:128]>>
  // CHECK-COUNT-1: kiln.async_commit
  // CHECK-NOT:     kiln.async_commit
  gpu.func @whole(%x: memref<4x256xf32>, %w: memref<64x8xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #none} {
    %as = kiln.alloc_shared : !a
    %bs = kiln.alloc_shared : !b
    %0 = arith.constant 0 : index
    %16 = arith.constant 16 : index
    %64 = arith.constant 64 : index
    %init = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %r = scf.for %k = %0 to %64 step %16 iter_args(%acc = %init) -> (tensor<16x8xf32, #acc>) {
      %row = arith.divui %k, %16 : index
      kiln.async_copy %x[%row, %0] to %as[%0] in_bounds [true, true] vector 4 flat : memref<4x256xf32> -> !a
      kiln.async_copy %w[%k, %0] to %bs[%0] in_bounds [true, true] vector 4 : memref<64x8xf32> -> !b
      kiln.async_commit
      kiln.async_wait 0
      kiln.barrier
      %a0 = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !a -> tensor<16x8xf32, #a>
      %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !b -> tensor<8x8xf32, #b>
      %d0 = kiln.dot %a0, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
      kiln.barrier
      scf.yield %d0 : tensor<16x8xf32, #acc>
    }
    kiln.store_tile %r, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}
