// RUN: kiln-opt %s --pass-pipeline='builtin.module(gpu.module(kiln-allocate-scratch,kiln-place-shared),kiln-distribute,canonicalize,cse)' --mlir-print-local-scope | FileCheck %s
//
// Where the elements of a tile lie more than 2^31 apart in memory, offsets within it
// are computed in 64 bits; in narrower tiles they stay in 32, however large the tensor
// is. A GEP's own constants have 29 bits.

#acc = #kiln.layout<register = [[0, 1], [8, 0]], lane = [[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]], warp = []>
#rows = #kiln.layout<register = [[1]], lane = [[2], [4], [8], [16], [32]], warp = []>
#s = #kiln.shared_layout<[4:64], [64:1]>
!s = !kiln.shared<1 x f32, #s>
#one = #kiln.schedule<contraction = mma_m16n8k8_tf32, tile = [16, 1, 8], chunk = 8, warps = [1, 1, 1]>

gpu.module @kernels {
  // Rows of 2^28 elements: row 8 is 2^31 behind the first, which 32 bits took for
  // -2^31.
  //
  // CHECK-LABEL: gpu.func @rows_apart(
  // CHECK-DAG:     %[[PITCH:.+]] = arith.constant 268435456 : i64
  // CHECK-DAG:     %[[EIGHT_ROWS:.+]] = arith.constant 2147483648 : i64
  // CHECK:         arith.extui %{{.+}} : i32 to i64
  // CHECK:         %[[AT_ROW:.+]] = arith.muli %{{.+}}, %[[PITCH]] : i64
  // CHECK:         %[[THREAD:.+]] = arith.addi %{{.+}}, %[[AT_ROW]] : i64
  // CHECK:         %[[FROM:.+]] = llvm.getelementptr %{{.+}}[%[[THREAD]]] : (!llvm.ptr<1>, i64)
  // CHECK:         llvm.load %[[FROM]] {{.*}} -> vector<2xf32>
  // CHECK:         %[[BELOW:.+]] = llvm.getelementptr %[[FROM]][%[[EIGHT_ROWS]]] : (!llvm.ptr<1>, i64)
  // CHECK:         llvm.load %[[BELOW]] {{.*}} -> vector<2xf32>
  // CHECK:         %[[TO:.+]] = llvm.getelementptr %{{.+}}[%[[THREAD]]] : (!llvm.ptr<1>, i64)
  // CHECK:         llvm.getelementptr %[[TO]][%[[EIGHT_ROWS]]] : (!llvm.ptr<1>, i64)
  gpu.func @rows_apart(%x: memref<16x268435456xf32>, %y: memref<16x268435456xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x268435456xf32> -> tensor<16x8xf32, #acc>
    kiln.store_tile %t, %y[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x268435456xf32>
    gpu.return
  }

  // Rows of 2^27: the tile spans less than 2^31, so a thread's offset has 32 bits; but
  // row 8 is 2^30 away, more than a GEP's constant holds.
  //
  // CHECK-LABEL: gpu.func @rows_near(
  // CHECK-DAG:     %[[PITCH:.+]] = arith.constant 134217728 : i32
  // CHECK-DAG:     %[[EIGHT_ROWS:.+]] = arith.constant 1073741824 : i64
  // CHECK:         %[[AT_ROW:.+]] = arith.muli %{{.+}}, %[[PITCH]] : i32
  // CHECK:         %[[THREAD:.+]] = arith.addi %{{.+}}, %[[AT_ROW]] : i32
  // CHECK:         %[[FROM:.+]] = llvm.getelementptr %{{.+}}[%[[THREAD]]] : (!llvm.ptr<1>, i32)
  // CHECK:         llvm.getelementptr %[[FROM]][%[[EIGHT_ROWS]]] : (!llvm.ptr<1>, i64)
  gpu.func @rows_near(%x: memref<16x134217728xf32>, %y: memref<16x8xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %t = kiln.extract_tile %x[%0, %0] in_bounds [true, true] : memref<16x134217728xf32> -> tensor<16x8xf32, #acc>
    kiln.store_tile %t, %y[%0, %0] in_bounds [true, true] : tensor<16x8xf32, #acc>, memref<16x8xf32>
    gpu.return
  }

  // Positions along a dimension of more than 2^31 are compared in 64 bits.
  //
  // CHECK-LABEL: gpu.func @long_dimension(
  // CHECK-DAG:     %[[END:.+]] = arith.constant 5000000000 : i64
  // CHECK:         %[[AT:.+]] = arith.addi %{{.+}}, %{{.+}} : i64
  // CHECK-NEXT:    arith.cmpi ult, %[[AT]], %[[END]] : i64
  gpu.func @long_dimension(%x: memref<5000000000xf32>, %y: memref<64xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %i = gpu.block_id x
    %t = kiln.extract_tile %x[%i] in_bounds [false] : memref<5000000000xf32> -> tensor<64xf32, #rows>
    kiln.store_tile %t, %y[%0] in_bounds [true] : tensor<64xf32, #rows>, memref<64xf32>
    gpu.return
  }

  // A patch of four rows of 2^30.
  //
  // CHECK-LABEL: gpu.func @patch(
  // CHECK-DAG:     %[[PITCH:.+]] = arith.constant 1073741824 : i64
  // CHECK:         arith.extui %{{.+}} : i32 to i64
  // CHECK:         %[[AT_ROW:.+]] = arith.muli %{{.+}}, %[[PITCH]] : i64
  // CHECK:         %[[UNIT:.+]] = arith.addi %[[AT_ROW]], %{{.+}} : i64
  // CHECK:         llvm.getelementptr %{{.+}}[%[[UNIT]]] : (!llvm.ptr<1>, i64)
  // CHECK:         nvvm.cp.async.shared.global
  gpu.func @patch(%x: memref<4x1073741824xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %s = kiln.alloc_shared : !s
    kiln.async_copy %x[%0, %0] to %s[%0] in_bounds [true, true] vector 4 : memref<4x1073741824xf32> -> !s
    gpu.return
  }

  // Loads through a map find each element in 64 bits: columns of two rows of 2^31, four
  // elements each, as a filter is packed.
  //
  // CHECK-LABEL: gpu.func @through_a_map(
  // CHECK-DAG:     %[[PITCH:.+]] = arith.constant 2147483648 : i64
  // CHECK:         %[[ROW:.+]] = arith.index_cast %{{.+}} : index to i64
  // CHECK:         %[[AT_ROW:.+]] = arith.muli %[[ROW]], %[[PITCH]] : i64
  // CHECK:         %[[AT:.+]] = arith.addi %[[AT_ROW]], %{{.+}} : i64
  // CHECK:         llvm.getelementptr %{{.+}}[%[[AT]]] : (!llvm.ptr<1>, i64)
  gpu.func @through_a_map(%w: memref<2x2147483648xf32>, %out: memref<64xf32>) kernel attributes {known_block_size = array<i32: 32, 1, 1>} {
    %0 = arith.constant 0 : index
    %i = gpu.block_id x
    %t = kiln.load_tile %w[%i] map affine_map<(d0) -> (d0 mod 2, d0 floordiv 2)> in_bounds [true, true] : memref<2x2147483648xf32> -> tensor<64xf32, #rows>
    kiln.store_tile %t, %out[%0] in_bounds [true] : tensor<64xf32, #rows>, memref<64xf32>
    gpu.return
  }
}
