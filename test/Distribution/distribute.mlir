// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// The work of one thread: a tile becomes one scalar for each of its registers.
// Everything that depends on the thread's number only stands in the entry block
// (and is folded here, to be read more easily).
//
// CHECK: llvm.mlir.global external @dynamic_shared_memory() {addr_space = 3 : i32, alignment = 128 : i64}

#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1], paired_stores = true>
#pairs = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 16], chunk = 8, warps = [1, 1, 1], columns = even_odd>
#exact = #kiln.schedule<contraction = fma, tile = [4, 1, 8], chunk = 1, warps = [1, 1, 1]>
#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#a = #kiln.layout<register = [[8, 0], [0, 4]], lane = [[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]], warp = []>
#acc_pairs = #kiln.layout<register = [[0, 2], [8, 0], [0, 1]], lane = [[0, 4], [0, 8], [1, 0], [2, 0], [4, 0]], warp = []>
#b_pairs = #kiln.layout<register = [[4, 0], [0, 1]], lane = [[1, 0], [2, 0], [0, 2], [0, 4], [0, 8]], warp = []>
#b = #kiln.layout<register = [[4, 0]], lane = [[1, 0], [2, 0], [0, 1], [0, 2], [0, 4]], warp = []>
#ah = #kiln.layout<register = [[0, 1], [8, 0], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#bh = #kiln.layout<register = [[0, 1], [0, 8]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#row = #kiln.layout<register = [[0, 1]], lane = [[0, 2], [0, 4], [0, 0], [0, 0], [0, 0]], warp = []>
#copies = #kiln.layout<register = [[1]], lane = [[2], [4], [0], [0], [0]], warp = []>
#halved = #kiln.layout<register = [], lane = [[2], [4], [0], [0], [1]], warp = []>
#warps = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 8], [0, 16]], warp = [[1, 0], [0, 32]]>
#reduced_warps = #kiln.layout<register = [], lane = [[1], [2], [4], [8], [16]], warp = [[0], [32]]>
#channel = #kiln.layout<register = [[8]], lane = [[0], [0], [1], [2], [4]], warp = []>
#m_lanes = #kiln.layout<register = [], lane = [[0, 0], [0, 0], [0, 0], [1, 0], [2, 0]], warp = []>
#n_lanes = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [0, 0], [0, 0]], warp = []>
#mn_lanes = #kiln.layout<register = [], lane = [[0, 1], [0, 2], [0, 4], [1, 0], [2, 0]], warp = []>
#km = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
!as = !kiln.shared<1 x f32, #kiln.shared_layout<[16:12], [8:1]>>
!bs = !kiln.shared<2 x f32, #kiln.shared_layout<[8:24], [24:1]>>
!ash = !kiln.shared<1 x f16, #kiln.shared_layout<[16:24], [16:1]>>
!bsh = !kiln.shared<1 x f16, #kiln.shared_layout<[8:24], [16:1]>>
!rows = !kiln.shared<1 x f16, #kiln.shared_layout<[8:72], [3:16], [16:1]>>
!turned = !kiln.shared<1 x f16, #kiln.shared_layout<[8:1], [3:128], [16:8]>, tail = 256>

gpu.module @kernels {
  // A transposition: two warps, a line of two 8 by 8 matrices for each of 3 rows, so the
  // second round has one line too many. Its warp reads the first line and writes behind
  // the last, where the slot has a tail of a line's 256 bytes. Lane l points at row l % 8
  // of matrix l / 8, 144 bytes from channel to channel, and receives channels 2 (l % 4)
  // and the next one at position l / 4: word l of a matrix's 128 bytes.
  //
  // CHECK-LABEL: gpu.func @local_copy
  // CHECK:         %[[WARP:.+]] = arith.shrui %{{.+}}, %c5_i32
  // CHECK:         %[[ROW:.+]] = arith.muli %{{.+}}, %c144_i32
  // CHECK:         %[[MATRIX:.+]] = arith.muli %{{.+}}, %c16_i32
  // CHECK:         %[[LANE:.+]] = arith.addi %[[ROW]], %[[MATRIX]]
  // CHECK:         %[[LINE:.+]] = arith.muli %[[WARP]], %c32_i32
  // CHECK:         %[[FROM0:.+]] = arith.addi %[[LANE]], %[[LINE]]
  // CHECK:         %[[WORD:.+]] = arith.muli %{{.+}}, %c4_i32
  // CHECK:         %[[EXISTS:.+]] = arith.cmpi ult, %[[WARP]], %c1_i32
  // CHECK:         %[[NEXT:.+]] = arith.addi %[[FROM0]], %c64_i32
  // CHECK:         %[[FROM1:.+]] = arith.select %[[EXISTS]], %[[NEXT]], %[[LANE]]
  // CHECK:         %[[AT0:.+]] = llvm.getelementptr %{{.+}}[%[[FROM0]]]
  // CHECK:         %[[TO0:.+]] = llvm.getelementptr
  // CHECK-NEXT:    %[[M:.+]] = nvvm.ldmatrix %[[AT0]] {{.*}}layout = #nvvm.mma_layout<col>, num = 2
  // CHECK-NEXT:    %[[W0:.+]] = llvm.extractvalue %[[M]][0]
  // CHECK-NEXT:    llvm.store %[[W0]], %[[TO0]]
  // CHECK-NEXT:    %[[W1:.+]] = llvm.extractvalue %[[M]][1]
  // CHECK-NEXT:    %[[BEHIND:.+]] = llvm.getelementptr %[[TO0]][128]
  // CHECK-NEXT:    llvm.store %[[W1]], %[[BEHIND]]
  // CHECK:         %[[AT1:.+]] = llvm.getelementptr %{{.+}}[%[[FROM1]]]
  // CHECK:         nvvm.ldmatrix %[[AT1]]
  // CHECK-COUNT-2: llvm.store
  gpu.func @local_copy(%out: memref<8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 64, 1, 1>} {
    %rows = kiln.alloc_shared : !rows
    %turned = kiln.alloc_shared : !turned
    %0 = arith.constant 0 : index
    kiln.local_copy %rows[%0] to %turned[%0] : !rows -> !turned
    gpu.return
  }

  // One mma.m16n8k8. A thread holds four words of a, two of b and four sums. Four words
  // of a row of a are 16 bytes, so ldmatrix brings all of them: lane l points at row
  // l % 16 (48 bytes apart), at channel 4 * (l / 16). The columns of b lie apart and are
  // loaded word by word, those of channel k + 4 are 384 bytes away. Buffers lie one behind
  // the other, 768 bytes for a; slot 1 of b begins 768 bytes into b. Rounding to tf32 adds
  // half of what is cut off; the maximum keeps the canonical NaN, which would become -0.
  // Neighbouring columns leave in one store.
  //
  // CHECK-LABEL: gpu.func @tf32
  // CHECK-SAME:  (%[[OUT:.+]]: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias})
  // CHECK-DAG:     %[[HALF:.+]] = arith.constant 4096 : i32
  // CHECK-DAG:     %[[NONE:.+]] = arith.constant 0.000000e+00 : f32
  // CHECK-DAG:     %[[THREAD:.+]] = gpu.thread_id x
  // CHECK-DAG:     %[[SHARED:.+]] = llvm.mlir.addressof @dynamic_shared_memory
  // CHECK:         %[[ROWS:.+]] = arith.muli %{{.+}}, %c48_i32
  // CHECK:         %[[HALVES:.+]] = arith.muli %{{.+}}, %c16_i32
  // CHECK-NEXT:    %[[OFFSET:.+]] = arith.addi %[[ROWS]], %[[HALVES]]
  // CHECK:         %[[ROW:.+]] = llvm.getelementptr %[[SHARED]][%[[OFFSET]]]
  // CHECK-NEXT:    %[[A:.+]] = nvvm.ldmatrix %[[ROW]] {{.*}}num = 4
  // CHECK-NEXT:    %[[A0:.+]] = llvm.extractvalue %[[A]][0]
  // CHECK-NEXT:    %[[A1:.+]] = llvm.extractvalue %[[A]][1]
  // CHECK-NEXT:    %[[A2:.+]] = llvm.extractvalue %[[A]][2]
  // CHECK-NEXT:    %[[A3:.+]] = llvm.extractvalue %[[A]][3]
  // CHECK:         %[[B0:.+]] = llvm.load %[[AT:[0-9]+]]
  // CHECK-NEXT:    %[[AT1:.+]] = llvm.getelementptr %[[AT]][384]
  // CHECK-NEXT:    %[[B1:.+]] = llvm.load %[[AT1]]
  // CHECK:         %[[SUM0:.+]] = arith.addi %[[B0]], %[[HALF]]
  // CHECK-NEXT:    %[[ROUND0:.+]] = arith.maxsi %[[SUM0]], %[[B0]]
  // CHECK-NEXT:    %[[SUM1:.+]] = arith.addi %[[B1]], %[[HALF]]
  // CHECK-NEXT:    %[[ROUND1:.+]] = arith.maxsi %[[SUM1]], %[[B1]]
  // CHECK-NEXT:    %[[D:.+]] = nvvm.mma.sync A[%[[A0]], %[[A1]], %[[A2]], %[[A3]]] B[%[[ROUND0]], %[[ROUND1]]] C[%[[NONE]], %[[NONE]], %[[NONE]], %[[NONE]]] {{.*}}<m = 16, n = 8, k = 8>
  // CHECK-NEXT:    %[[D0:.+]] = llvm.extractvalue %[[D]][0]
  // CHECK-NEXT:    %[[D1:.+]] = llvm.extractvalue %[[D]][1]
  // CHECK:         %[[PAIR:.+]] = vector.from_elements %[[D0]], %[[D1]] : vector<2xf32>
  // CHECK-NEXT:    llvm.store %[[PAIR]], %{{.+}} {alignment = 8 : i64} : vector<2xf32>
  // CHECK:         llvm.store %{{.+}}, %{{.+}} {alignment = 8 : i64} : vector<2xf32>
  // CHECK-NOT:     llvm.store
  gpu.func @tf32(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs[%1] at [0, 0] step [1, 1] round_tf32 : !bs -> tensor<8x8xf32, #b>
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // 16 bits: rows of eight elements are 16 bytes, which ldmatrix brings, four matrices
  // of a and two of b at once.
  //
  // CHECK-LABEL: gpu.func @f16
  // CHECK:         %[[A:.+]] = nvvm.ldmatrix {{.*}}num = 4
  // CHECK:         llvm.extractvalue %[[A]][0]
  // CHECK:         %[[B:.+]] = nvvm.ldmatrix {{.*}}num = 2
  // CHECK:         llvm.bitcast %{{.+}} : i32 to vector<2xf16>
  // CHECK:         nvvm.mma.sync {{.*}}<m = 16, n = 8, k = 16>
  // CHECK-NOT:     nvvm.mma.sync
  // CHECK:         gpu.return
  gpu.func @f16(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !ash
    %bs = kiln.alloc_shared : !bsh
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ash -> tensor<16x16xf16, #ah>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bsh -> tensor<8x16xf16, #bh>
    %d = kiln.dot %a, %b, %acc maps [#km, #nk, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<8x16xf16, #bh>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // What a load computes, it computes of each element, before the word is rounded; a
  // word that two loads share is computed once.
  //
  // CHECK-LABEL: gpu.func @computed_tf32
  // CHECK:         %[[ABS0:.+]] = math.absf
  // CHECK-NEXT:    %[[B0:.+]] = arith.bitcast %[[ABS0]] : f32 to i32
  // CHECK-NEXT:    %[[SUM0:.+]] = arith.addi %[[B0]], %{{.+}} : i32
  // CHECK-NEXT:    arith.maxsi %[[SUM0]], %[[B0]]
  // CHECK:         math.absf
  // CHECK-NOT:     math.absf
  // CHECK:         gpu.return
  gpu.func @computed_tf32(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] round_tf32 : !bs -> tensor<8x8xf32, #b> computing {
    ^bb0(%e: f32):
      %abs = math.absf %e : f32
      kiln.compute_yield %abs : f32
    }
    %c = kiln.local_load %bs[%0] at [0, 0] step [1, 1] round_tf32 : !bs -> tensor<8x8xf32, #b> computing {
    ^bb0(%e: f32):
      %abs = math.absf %e : f32
      kiln.compute_yield %abs : f32
    }
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    %f = kiln.dot %a, %c, %d maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %f, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Two buffers, read alike.
  //
  // CHECK-LABEL: gpu.func @computed_with
  // CHECK:         arith.addf %{{.+}}, %{{.+}} : f32
  // CHECK:         arith.addf
  // CHECK-NOT:     arith.addf
  // CHECK:         nvvm.mma.sync
  gpu.func @computed_with(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %cs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs with %cs : !bs [%0] at [0, 0] step [1, 1] round_tf32 : !bs -> tensor<8x8xf32, #b> computing {
    ^bb0(%e: f32, %f: f32):
      %sum = arith.addf %e, %f : f32
      kiln.compute_yield %sum : f32
    }
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // The halves of two words.
  //
  // CHECK-LABEL: gpu.func @computed_f16
  // CHECK:         nvvm.ldmatrix
  // CHECK-COUNT-4: math.absf %{{.+}} : f16
  // CHECK-NOT:     math.absf
  // CHECK:         nvvm.mma.sync
  gpu.func @computed_f16(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !ash
    %bs = kiln.alloc_shared : !bsh
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !ash -> tensor<16x16xf16, #ah>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bsh -> tensor<8x16xf16, #bh> computing {
    ^bb0(%e: f16):
      %abs = math.absf %e : f16
      kiln.compute_yield %abs : f16
    }
    %d = kiln.dot %a, %b, %acc maps [#km, #nk, #mn] with mma_m16n8k16_f16 : tensor<16x16xf16, #ah>, tensor<8x16xf16, #bh>, tensor<16x8xf32, #acc>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Even and odd columns: the fragments of two neighbouring n-tiles take columns 2g and
  // 2g + 1, so that one 64-bit load brings both. Of three taps the second needs one
  // column more, which comes with the one after it, and the third nothing at all: four
  // loads, two for each half of k, instead of twelve.
  //
  // CHECK-LABEL: gpu.func @even_odd
  // CHECK-COUNT-4: llvm.load {{.*}} -> vector<2xi32>
  // CHECK-NOT:     llvm.load
  // CHECK:         gpu.return
  gpu.func @even_odd(%out: memref<16x16xf32>) kernel attributes {kiln.schedule = #pairs, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !kiln.shared<1 x f32, #kiln.shared_layout<[8:24], [20:1]>>
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x16xf32, #acc_pairs>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b0 = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !kiln.shared<1 x f32, #kiln.shared_layout<[8:24], [20:1]>> -> tensor<8x16xf32, #b_pairs>
    %d0 = kiln.dot %a, %b0, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b_pairs>, tensor<16x16xf32, #acc_pairs>
    %b1 = kiln.local_load %bs[%0] at [0, 1] step [1, 1] : !kiln.shared<1 x f32, #kiln.shared_layout<[8:24], [20:1]>> -> tensor<8x16xf32, #b_pairs>
    %d1 = kiln.dot %a, %b1, %d0 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b_pairs>, tensor<16x16xf32, #acc_pairs>
    %b2 = kiln.local_load %bs[%0] at [0, 2] step [1, 1] : !kiln.shared<1 x f32, #kiln.shared_layout<[8:24], [20:1]>> -> tensor<8x16xf32, #b_pairs>
    %d2 = kiln.dot %a, %b2, %d1 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x16xf32, #b_pairs>, tensor<16x16xf32, #acc_pairs>
    kiln.store_tile %d2, %out[%0, %0] in_bounds [true, true] : tensor<16x16xf32, #acc_pairs>, memref<16x16xf32>
    gpu.return
  }

  // What a thread has loaded it does not load again: the matrices of a, two words of b;
  // and two more of b behind the barrier, where the buffer may hold something else.
  //
  // CHECK-LABEL: gpu.func @shared_loads
  // CHECK:         nvvm.ldmatrix
  // CHECK-NOT:     nvvm.ldmatrix
  // CHECK-COUNT-2: llvm.load
  // CHECK-NOT:     llvm.load
  // CHECK:         nvvm.mma.sync A[{{.+}}] B[%[[B0:[a-z0-9]+]], %[[B1:[a-z0-9]+]]]
  // CHECK-NOT:     llvm.load
  // CHECK:         nvvm.mma.sync A[{{.+}}] B[%[[B0]], %[[B1]]]
  // CHECK:         gpu.barrier
  // CHECK-COUNT-2: llvm.load
  // CHECK-NOT:     llvm.load
  // CHECK:         nvvm.mma.sync
  gpu.func @shared_loads(%out: memref<16x8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !as
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<16x8xf32, #acc>
    %a = kiln.local_load %as[%0] at [0, 0] step [1, 1] : !as -> tensor<16x8xf32, #a>
    %b = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bs -> tensor<8x8xf32, #b>
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    %again = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bs -> tensor<8x8xf32, #b>
    %d1 = kiln.dot %a, %again, %d maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.barrier
    %anew = kiln.local_load %bs[%0] at [0, 0] step [1, 1] : !bs -> tensor<8x8xf32, #b>
    %d2 = kiln.dot %a, %anew, %d1 maps [#km, #kn, #mn] with mma_m16n8k8_tf32 : tensor<16x8xf32, #a>, tensor<8x8xf32, #b>, tensor<16x8xf32, #acc>
    kiln.store_tile %d2, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Eight rows of 24 elements are 48 units for 32 threads: a whole round and a part of
  // one. The image has 8 columns: a unit beyond them copies 0 of its 16 bytes, and the
  // hardware fills up with zeros.
  //
  // CHECK-LABEL: gpu.func @copies
  // CHECK-SAME:  (%[[X:[a-z0-9]+]]: !llvm.ptr<1> {{[{].*}}llvm.readonly}
  // CHECK-DAG:     %[[EIGHT:.+]] = arith.constant 8 : i32
  // CHECK-DAG:     %[[ALL:.+]] = arith.constant 16 : i32
  // CHECK-DAG:     %[[UNITS:.+]] = arith.constant 48 : i32
  // CHECK-DAG:     %[[NONE:.+]] = arith.constant 0 : i32
  // CHECK:         %[[LEFT:.+]] = arith.cmpi ult, %{{.+}}, %[[UNITS]]
  // CHECK:         %[[INSIDE:.+]] = arith.cmpi ult, %{{.+}}, %[[EIGHT]]
  // CHECK-NEXT:    %[[BYTES:.+]] = arith.select %[[INSIDE]], %[[ALL]], %[[NONE]]
  // CHECK-NEXT:    nvvm.cp.async.shared.global %{{.+}}, %{{.+}}, 16, cache = cg, %[[BYTES]]
  // CHECK-NEXT:    scf.if %[[LEFT]] {
  // CHECK:           nvvm.cp.async.shared.global
  // CHECK-NEXT:    }
  // CHECK-NEXT:    nvvm.cp.async.commit.group
  // CHECK-NEXT:    nvvm.cp.async.wait.group 0
  // CHECK-NEXT:    gpu.barrier
  gpu.func @copies(%x: memref<10x8xf32>, %out: memref<1xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %bs = kiln.alloc_shared : !bs
    %0 = arith.constant 0 : index
    kiln.async_copy %x[%0, %0] to %bs[%0] in_bounds [true, false] vector 4 : memref<10x8xf32> -> !bs
    kiln.async_commit
    kiln.async_wait 0
    kiln.barrier
    gpu.return
  }

  // Seven columns and a tile of eight: each element is tested by itself. What is
  // outside is read at the tensor's start and thrown away. Eight lanes hold copies of
  // each element, of which the first stores. Pairs would straddle the edge.
  //
  // CHECK-LABEL: gpu.func @guarded
  // CHECK-SAME:  (%[[X:[a-z0-9]+]]: !llvm.ptr<1>
  // CHECK-DAG:     %[[SEVEN:.+]] = arith.constant 7 : i32
  // CHECK-DAG:     %[[COPIES:.+]] = arith.constant 28 : i32
  // CHECK-DAG:     %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
  // CHECK:         %[[OTHERS:.+]] = arith.andi %{{.+}}, %[[COPIES]]
  // CHECK:         %[[FIRST:.+]] = arith.cmpi eq, %[[OTHERS]], %{{.+}}
  // CHECK:         %[[INSIDE:.+]] = arith.cmpi ult, %{{.+}}, %[[SEVEN]]
  // CHECK-NEXT:    %[[SAFE:.+]] = llvm.select %[[INSIDE]], %{{.+}}, %[[X]]
  // CHECK-NEXT:    %[[READ:.+]] = llvm.load %[[SAFE]]
  // CHECK-NEXT:    %[[VALUE:.+]] = arith.select %[[INSIDE]], %[[READ]], %[[ZERO]]
  // CHECK:         %[[BOTH:.+]] = arith.andi %[[FIRST]], %[[INSIDE]]
  // CHECK-NEXT:    scf.if %[[BOTH]] {
  // CHECK-NEXT:      llvm.store %[[VALUE]], %{{.+}} {alignment = 4 : i64} : f32
  gpu.func @guarded(%x: memref<3x7xf32>, %out: memref<3x7xf32>, %i: memref<1xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, false] : memref<3x7xf32> -> tensor<1x8xf32, #row>
    kiln.store_tile %t, %out[%0, %0] in_bounds [true, false] : tensor<1x8xf32, #row>, memref<3x7xf32>
    gpu.return
  }

  // Registers are folded first: rows r and r + 8. Then lanes 16, 8 and 4 apart
  // exchange both columns, and each ends with both results.
  //
  // CHECK-LABEL: gpu.func @reduce
  // CHECK-DAG:     %[[L16:.+]] = arith.constant 16 : i32
  // CHECK-DAG:     %[[L8:.+]] = arith.constant 8 : i32
  // CHECK-DAG:     %[[L4:.+]] = arith.constant 4 : i32
  // CHECK-COUNT-4: llvm.load
  // CHECK-NEXT:    %[[M0:.+]] = arith.maximumf
  // CHECK-NEXT:    %[[M1:.+]] = arith.maximumf
  // CHECK-NEXT:    %[[O0:.+]] = nvvm.shfl.sync bfly %{{.+}}, %[[M0]], %[[L16]], %{{.+}} : f32 -> f32
  // CHECK-NEXT:    arith.maximumf %[[M0]], %[[O0]]
  // CHECK-NEXT:    nvvm.shfl.sync bfly %{{.+}}, %[[M1]], %[[L16]],
  // CHECK-COUNT-2: nvvm.shfl.sync bfly %{{.+}}, %{{.+}}, %[[L8]],
  // CHECK-COUNT-2: nvvm.shfl.sync bfly %{{.+}}, %{{.+}}, %[[L4]],
  // CHECK-NOT:     nvvm.shfl.sync
  // CHECK:         scf.if
  // CHECK:           llvm.store %{{.+}} : vector<2xf32>
  gpu.func @reduce(%x: memref<16x8xf32>, %out: memref<8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    %s = kiln.reduce %t over [0] : tensor<16x8xf32, #acc> -> tensor<8xf32, #copies> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.maximumf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<8xf32, #copies>, memref<8xf32>
    gpu.return
  }

  // Halving: the upper lanes keep the second column and send the first, the lower
  // ones the other way round. Three shuffles instead of six.
  //
  // CHECK-LABEL: gpu.func @halving
  // CHECK:         %[[UPPER:.+]] = arith.cmpi ne
  // CHECK:         %[[S0:.+]] = arith.addf
  // CHECK-NEXT:    %[[S1:.+]] = arith.addf
  // CHECK-NEXT:    %[[KEEP:.+]] = arith.select %[[UPPER]], %[[S1]], %[[S0]]
  // CHECK-NEXT:    %[[SEND:.+]] = arith.select %[[UPPER]], %[[S0]], %[[S1]]
  // CHECK-NEXT:    %[[RECEIVED:.+]] = nvvm.shfl.sync bfly %{{.+}}, %[[SEND]],
  // CHECK-NEXT:    arith.addf %[[KEEP]], %[[RECEIVED]]
  // CHECK-COUNT-2: nvvm.shfl.sync
  // CHECK-NOT:     nvvm.shfl.sync
  // CHECK:         gpu.return
  gpu.func @halving(%x: memref<16x8xf32>, %out: memref<8xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    %s = kiln.reduce %t over [0] halving : tensor<16x8xf32, #acc> -> tensor<8xf32, #halved> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<8xf32, #halved>, memref<8xf32>
    gpu.return
  }

  // Rows in warps 0 and 1 (2 and 3 for the other columns): results meet in shared
  // memory, 128 bytes a warp. Only the 64 threads of two warps wait for each other, at
  // barrier 1 or 2; both add in the same order.
  //
  // CHECK-LABEL: gpu.func @across_warps
  // CHECK-DAG:     %[[PARTNERS:.+]] = arith.constant 64 : i32
  // CHECK:         %[[MINE:.+]] = llvm.load
  // CHECK:         llvm.store %[[MINE]], %{{.+}} : f32, !llvm.ptr<3>
  // CHECK:         nvvm.barrier id = %{{.+}} number_of_threads = %[[PARTNERS]]
  // CHECK:         %[[BOTH:.+]] = llvm.getelementptr
  // CHECK-NEXT:    %[[P0:.+]] = llvm.load %[[BOTH]]
  // CHECK-NEXT:    %[[SECOND:.+]] = llvm.getelementptr %[[BOTH]][128]
  // CHECK-NEXT:    %[[P1:.+]] = llvm.load %[[SECOND]]
  // CHECK-NEXT:    arith.addf %[[P0]], %[[P1]]
  gpu.func @across_warps(%x: memref<2x64xf32>, %out: memref<64xf32>) kernel attributes {kiln.schedule = #one, known_block_size = array<i32: 128, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<2x64xf32> -> tensor<2x64xf32, #warps>
    %s = kiln.reduce %t over [0] : tensor<2x64xf32, #warps> -> tensor<64xf32, #reduced_warps> {
    ^bb0(%l: f32, %r: f32):
      %m = arith.addf %l, %r : f32
      kiln.reduce_yield %m : f32
    }
    kiln.store_tile %s, %out[%0] in_bounds [true] : tensor<64xf32, #reduced_warps>, memref<64xf32>
    gpu.return
  }

  // Without tensor cores: one fused multiply-add for each register and channel.
  //
  // CHECK-LABEL: gpu.func @fma
  // CHECK:         %[[AW:.+]] = llvm.load
  // CHECK:         %[[BW:.+]] = llvm.load
  // CHECK:         %[[A:.+]] = arith.bitcast %[[AW]] : i32 to f32
  // CHECK:         %[[B:.+]] = arith.bitcast %[[BW]] : i32 to f32
  // CHECK:         %[[D:.+]] = math.fma %[[A]], %[[B]],
  // CHECK:         llvm.store %[[D]],
  gpu.func @fma(%out: memref<4x8xf32>) kernel attributes {kiln.schedule = #exact, known_block_size = array<i32: 32, 1, 1>} {
    %as = kiln.alloc_shared : !kiln.shared<1 x f32, #kiln.shared_layout<[4:2], [2:1]>>
    %bs = kiln.alloc_shared : !kiln.shared<1 x f32, #kiln.shared_layout<[2:8], [8:1]>>
    %0 = arith.constant 0 : index
    %acc = arith.constant dense<0.0> : tensor<4x8xf32, #mn_lanes>
    %a = kiln.local_load %as[%0] at [0, 1] step [1, 1] : !kiln.shared<1 x f32, #kiln.shared_layout<[4:2], [2:1]>> -> tensor<4x1xf32, #m_lanes>
    %b = kiln.local_load %bs[%0] at [1, 0] step [1, 1] : !kiln.shared<1 x f32, #kiln.shared_layout<[2:8], [8:1]>> -> tensor<1x8xf32, #n_lanes>
    %d = kiln.dot %a, %b, %acc maps [#km, #kn, #mn] with fma : tensor<4x1xf32, #m_lanes>, tensor<1x8xf32, #n_lanes>, tensor<4x8xf32, #mn_lanes>
    kiln.store_tile %d, %out[%0, %0] in_bounds [true, true] : tensor<4x8xf32, #mn_lanes>, memref<4x8xf32>
    gpu.return
  }

  // The body is repeated for each register. Its bias is loaded once for both columns,
  // and its index is the thread's row: l / 4, and 8 more in the upper registers.
  //
  // CHECK-LABEL: gpu.func @elementwise
  // CHECK-DAG:     %[[EIGHT:.+]] = arith.constant 8 : i32
  // CHECK:         arith.shrui
  // CHECK-NEXT:    %[[ROW:.+]] = arith.andi
  // CHECK:         %[[X0:.+]] = llvm.load
  // CHECK:         %[[X1:.+]] = llvm.load
  // CHECK:         %[[X2:.+]] = llvm.load
  // CHECK:         %[[X3:.+]] = llvm.load
  // CHECK:         %[[B0:.+]] = llvm.load
  // CHECK:         %[[B1:.+]] = llvm.load
  // CHECK:         arith.addf %[[X0]], %[[B0]]
  // CHECK:         arith.addf %[[X1]], %[[B0]]
  // CHECK:         arith.addi %[[ROW]], %[[EIGHT]]
  // CHECK:         arith.addf %[[X2]], %[[B1]]
  // CHECK:         arith.addf %[[X3]], %[[B1]]
  gpu.func @elementwise(%x: memref<16x8xf32>, %bias: memref<16xf32>, %out: memref<16x8xf32>) kernel attributes {kiln.schedule = #exact, known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x8xf32> -> tensor<16x8xf32, #acc>
    %v = kiln.extract_tile %bias[%0] in_bounds [true] : memref<16xf32> -> tensor<16xf32, #channel>
    %e = tensor.empty() : tensor<16x8xf32, #acc>
    %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%t, %v : tensor<16x8xf32, #acc>, tensor<16xf32, #channel>) outs(%e : tensor<16x8xf32, #acc>) {
    ^bb0(%in: f32, %b: f32, %o: f32):
      %1 = linalg.index 0 : index
      %2 = arith.index_cast %1 : index to i32
      %3 = arith.sitofp %2 : i32 to f32
      %4 = arith.addf %in, %b : f32
      %5 = arith.mulf %4, %3 : f32
      linalg.yield %5 : f32
    } -> tensor<16x8xf32, #acc>
    kiln.store_tile %s, %out[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }
}

// The launch is told how much dynamic shared memory the kernel takes: 768 bytes of
// a, and two slots of b.
//
// CHECK-LABEL: func.func @plan
// CHECK:         kiln.launch @kernels::@tf32({{.*}}) grid [1, 1, 1] block [32, 1, 1] shared 2304
// A reduction across four warps takes 128 bytes of each.
// CHECK:         kiln.launch @kernels::@across_warps({{.*}} shared 512
func.func @plan(%w: memref<16x8xf32>, %x: memref<2x64xf32>, %y: memref<64xf32>) {
  kiln.launch @kernels::@tf32(%w : memref<16x8xf32>) grid [1, 1, 1] block [32, 1, 1] shared 0
  kiln.launch @kernels::@across_warps(%x, %y : memref<2x64xf32>, memref<64xf32>) grid [1, 1, 1] block [128, 1, 1] shared 0
  return
}
