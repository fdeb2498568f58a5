// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// f32 as three products of tf32: each word is its rounding to tf32 and what that
// leaves. The small products are summed from zero; where an operand is infinite they
// are NaN, and the largest negative number stands for them. The product of the high
// words comes last. Only then the sum is added to the accumulator.

#schedule = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>
#pairs = #kiln.schedule<contraction = mma_m16n8k8_tf32x3, tile = [16, 1, 16], chunk = 8, warps = [1, 1, 1], columns = even_odd>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#acc_pairs = #kiln.layout<register = [[0, 2], [8, 0], [0, 1]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [4, 0]], warp = []>
#b_pairs = #kiln.layout<register = [[4, 0], [0, 1]], lane = [[1, 0], [2, 0], [0, 2], [0, 4], [0, 8]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
!as = !kiln.shared<1 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!bs = !kiln.shared<1 x f32, #kiln.shared_layout<[8:24], [24:1]>>

gpu.module @kernels {
  // CHECK-LABEL: gpu.func @one
  // CHECK-DAG:     %[[HALF:.+]] = arith.constant 4096 : i32
  // CHECK-DAG:     %[[UPPER:.+]] = arith.constant -8192 : i32
  // CHECK-DAG:     %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
  // CHECK-DAG:     %[[LEAST:.+]] = arith.constant -3.40282347E+38 : f32
  // CHECK-DAG:     %[[START:.+]] = arith.constant 1.000000e+00 : f32
  // CHECK:         %[[A0:.+]] = llvm.extractvalue %{{.+}}[0]
  // CHECK:         %[[SUM:.+]] = arith.addi %[[A0]], %[[HALF]]
  // CHECK-NEXT:    %[[ROUND:.+]] = arith.maxsi %[[SUM]], %[[A0]]
  // CHECK-NEXT:    %[[HIGH:.+]] = arith.andi %[[ROUND]], %[[UPPER]]
  // CHECK-NEXT:    %[[FLOAT:.+]] = arith.bitcast %[[A0]] : i32 to f32
  // CHECK-NEXT:    %[[TAKEN:.+]] = arith.bitcast %[[HIGH]] : i32 to f32
  // CHECK-NEXT:    %[[REST:.+]] = arith.subf %[[FLOAT]], %[[TAKEN]] : f32
  // CHECK-NEXT:    %[[LOW:.+]] = arith.bitcast %[[REST]] : f32 to i32
  // CHECK:         %[[P0:.+]] = nvvm.mma.sync A[%[[LOW]], %[[LOW1:.+]], %[[LOW2:.+]], %[[LOW3:.+]]] B[%[[BHIGH0:.+]], %[[BHIGH1:.+]]] C[%[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]]]
  // CHECK-NEXT:    %[[P00:.+]] = llvm.extractvalue %[[P0]][0]
  // CHECK:         %[[P1:.+]] = nvvm.mma.sync A[%[[HIGH]], %[[HIGH1:.+]], %[[HIGH2:.+]], %[[HIGH3:.+]]] B[%{{.+}}, %{{.+}}] C[%[[P00]],
  // CHECK-NEXT:    %[[P10:.+]] = llvm.extractvalue %[[P1]][0]
  // CHECK:         %[[CLEAN:.+]] = arith.maxnumf %[[P10]], %[[LEAST]] : f32
  // CHECK-COUNT-3: arith.maxnumf
  // CHECK:         %[[P2:.+]] = nvvm.mma.sync A[%[[HIGH]], %[[HIGH1]], %[[HIGH2]], %[[HIGH3]]] B[%[[BHIGH0]], %[[BHIGH1]]] C[%[[CLEAN]],
  // CHECK-NEXT:    %[[P20:.+]] = llvm.extractvalue %[[P2]][0]
  // CHECK:         arith.addf %[[P20]], %[[START]] : f32
  // CHECK-COUNT-3: arith.addf
  // CHECK-NOT:     nvvm.mma.sync
  gpu.func @one(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #schedule, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<1.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bs -> tensor<8x8xf32, #b>
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32x3 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Two fragments beside each other: a product of each before the next of either. The
  // words of a are split once.
  //
  // CHECK-LABEL: gpu.func @two
  // CHECK-COUNT-8: arith.subf
  // CHECK-NOT:     arith.subf
  // CHECK:         %[[P:.+]] = nvvm.mma.sync {{.*}} C[%[[ZERO:.+]], %[[ZERO]], %[[ZERO]], %[[ZERO]]]
  // CHECK:         %[[Q:.+]] = nvvm.mma.sync {{.*}} C[%[[ZERO]], %[[ZERO]], %[[ZERO]], %[[ZERO]]]
  // CHECK:         nvvm.mma.sync
  // CHECK:         nvvm.mma.sync
  // CHECK-COUNT-8: arith.maxnumf
  // CHECK:         nvvm.mma.sync
  // CHECK:         nvvm.mma.sync
  // CHECK-COUNT-8: arith.addf
  gpu.func @two(%out: memref<16x16xf32>) kernel attributes {kiln.schedule = #pairs, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<1.0> : tensor<16x16xf32, #acc_pairs>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bs -> tensor<8x16xf32, #b_pairs>
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32x3 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b_pairs>, tensor<16x16xf32, #acc_pairs>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x16xf32, #acc_pairs>, memref<16x16xf32>
    gpu.return
  }
}
